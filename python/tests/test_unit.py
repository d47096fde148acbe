import threading

import pytest

from fake_edge import edge_for, request_frame, until
from portico_worker import lanes
from sample_apps import Gate, echo


def hello(environ, start):
    start('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', '5')])
    return [b'hello']


def streams(frames):
    return [frame.stream for frame in frames]


def test_answers_come_in_the_order_of_the_requests():
    with edge_for(echo) as edge:
        edge.lane.send(*(request_frame(stream, path=f'/{stream}') for stream in range(1, 65)))
        frames = [edge.lane.next() for _ in range(64)]
    assert streams(frames) == list(range(1, 65))
    assert {frame.type for frame in frames} == {lanes.RESPONSE_WHOLE}
    assert all(frame.payload.endswith(b'/%d' % frame.stream) for frame in frames)


@pytest.mark.parametrize('wrap', [lambda body: [body], lambda body: iter([body])], ids=['list', 'iterator'])
def test_answers_of_all_sizes_come_whole_and_in_order(wrap):
    sizes = [10, 4 << 10, 5000, 10 << 10, 10 << 10, 0, 70_000, 10 << 10, 1, 300_000, 9000, 1 << 20, 3] * 4

    def application(environ, start):
        stream = int(environ['PATH_INFO'][1:])
        start('200 OK', [('Content-Length', str(sizes[stream - 1]))])
        return wrap(bytes([stream]) * sizes[stream - 1])

    with edge_for(application) as edge:
        edge.lane.send(*(request_frame(stream, path=f'/{stream}') for stream in range(1, len(sizes) + 1)))
        for stream, size in enumerate(sizes, 1):
            answer = edge.lane.answer()
            assert {frame.stream for frame in answer.frames} == {stream}
            assert answer.body == bytes([stream]) * size
            assert answer.is_whole


def test_a_request_in_many_pieces_is_one_request():
    with edge_for(echo) as edge:
        for byte in request_frame(7, path='/pieces'):
            edge.lane.send(bytes([byte]))
        assert edge.lane.answer().body == b'/pieces'


def test_a_request_of_two_megabytes_arrives_whole():
    def application(environ, start):
        start('200 OK', [])
        return [b'%d' % len(environ['wsgi.input'].read())]

    body = bytes(lanes.REQUEST_MAX - 1000)
    with edge_for(application) as edge:
        edge.lane.send(request_frame(1, method='POST', body=body), request_frame(2, method='POST', body=b'x'))
        assert edge.lane.answer().body == b'%d' % len(body)
        assert edge.lane.answer().body == b'1'


def test_the_hello_names_the_lane():
    with edge_for(hello, threads=2, edges=2) as edge:
        for (unit, _), lane in edge.requests.items():
            assert {
                key: lane.hello[key] for key in ('secret', 'role', 'worker', 'name', 'unit', 'slot', 'kind', 'capacity')
            } == {
                'secret': 'secret',
                'role': 'requests',
                'worker': 1,
                'name': 'w1',
                'unit': unit,
                'slot': unit,
                'kind': 'wsgi',
                'capacity': 1,
            }
        assert [edge.control[n].hello['role'] for n in (0, 1)] == ['control', 'control']


def test_every_lane_of_every_unit_answers():
    with edge_for(echo, threads=3, edges=2) as edge:
        for (unit, thread), lane in edge.requests.items():
            lane.send(request_frame(5, path=f'/{unit}/{thread}'))
        for (unit, thread), lane in edge.requests.items():
            assert lane.answer().body == b'/%d/%d' % (unit, thread)


def test_the_board_names_the_request_that_was_started_last():
    gate = Gate()
    with edge_for(gate, threads=1, edges=2) as edge:
        lane = edge.requests[0, 1]
        lane.send(request_frame(3), request_frame(0xABCDEF, path='/wait'), request_frame(9))
        assert gate.entered.wait(5)
        assert (edge.started(edge=0), edge.started(edge=1)) == (0, 0xABCDEF)
        gate.go.set()
        until(lambda: edge.started(edge=1) == 9)


def test_a_slow_answer_does_not_wait_for_the_next_request():
    gate = Gate()

    def application(environ, start):
        if environ['PATH_INFO'] == '/slow':
            threading.Event().wait(0.002)
        return gate(environ, start)

    with edge_for(application) as edge:
        edge.lane.send(request_frame(1, path='/slow'), request_frame(2, path='/wait'))
        assert edge.lane.answer().body == b'/slow'
        gate.go.set()
        assert edge.lane.answer().body == b'/wait'


def test_an_answer_to_an_unsafe_method_leaves_at_once():
    gate = Gate()
    with edge_for(gate) as edge:
        edge.lane.send(request_frame(1, method='POST', path='/post'), request_frame(2, path='/wait'))
        assert edge.lane.answer().body == b'/post'
        gate.go.set()


def test_drain_finishes_what_was_received_and_closes():
    with edge_for(echo) as edge:
        edge.lane.send(request_frame(1), request_frame(2), lanes.render(lanes.DRAIN, 0))
        assert streams([edge.lane.next(), edge.lane.next()]) == [1, 2]
        assert edge.lane.ended()
        assert edge.worker.has_left.wait(5)
    assert edge.worker.code == 0


def test_the_worker_leaves_when_every_lane_is_drained():
    with edge_for(echo, threads=2, edges=2) as edge:
        first, *others = edge.requests.values()
        for lane in others:
            lane.send(lanes.render(lanes.DRAIN, 0))
        for lane in others:
            assert lane.ended()
        first.send(request_frame(1))
        assert first.answer().is_whole
        assert not edge.worker.has_left.is_set()
        first.send(lanes.render(lanes.DRAIN, 0))
        assert edge.worker.has_left.wait(5)


@pytest.mark.parametrize('edges', [1, 2])
def test_a_lost_lane_is_dialled_again(edges):
    with edge_for(echo, edges=edges) as edge:
        assert edge.ask(1).is_whole
        edge.lane.socket.close()
        lane = edge.accept(0)
        assert lane.hello['role'] == 'requests'
        assert edge.started() == 0
        lane.send(request_frame(1, path='/again'))
        assert lane.answer().body == b'/again'


def test_a_lost_control_lane_is_dialled_again():
    gate = Gate()
    with edge_for(gate) as edge:
        edge.control[0].socket.close()
        lane = edge.accept(0)
        assert lane.hello['role'] == 'control'
        lane.send(lanes.render_words(lanes.RECALL, 0, 0))
        assert edge.lane.next().type == lanes.RECALLED


@pytest.mark.parametrize(
    'frame',
    [
        lanes.render(lanes.FILE_OPENED, 1),
        lanes.render(99, 1),
        (lanes.REQUEST_MAX + 1).to_bytes(4, 'little') + b'\1\1\0\0',
        (lanes.PAYLOAD_MAX + 1).to_bytes(4, 'little') + bytes([lanes.DRAIN, 0, 0, 0]),
        lanes.render(lanes.REQUEST, 1, bytes(4)),
        lanes.render(lanes.REQUEST, 1, bytes(4) + b'\xff\xff\0\0' * 2 + b'x'),
    ],
    ids=['file answer', 'unknown', 'too long', 'too long, another', 'too short', 'head beyond the frame'],
)
def test_a_fault_of_the_edge_closes_the_lane(frame):
    with edge_for(echo) as edge:
        edge.lane.send(frame)
        assert edge.lane.ended()


def test_it_asks_to_be_replaced_after_so_many_requests():
    with edge_for(echo, max_requests=3) as edge:
        for stream in (1, 2):
            edge.ask(stream)
        assert edge.worker.said == []
        for stream in (3, 4, 5):
            edge.ask(stream)
        assert edge.worker.said == [('retire', {'reason': 'max-requests'})]


def test_term_finishes_what_runs_and_leaves_the_rest():
    gate = Gate()
    with edge_for(gate) as edge:
        edge.lane.send(request_frame(1, path='/wait'), request_frame(2, path='/never'))
        assert gate.entered.wait(5)
        edge.worker.control_lanes.wake(b'T')
        until(lambda: edge.worker.is_stopping)
        gate.go.set()
        assert edge.lane.answer().body == b'/wait'
        assert edge.worker.has_left.wait(5)
    assert (edge.worker.code, gate.called) == (0, ['/wait'])


def test_what_a_request_leaves_behind_is_freed_before_the_next_comes():
    freed = threading.Event()

    class Thing:
        def __del__(self):
            freed.set()

    def application(environ, start):
        environ['thing'] = Thing()
        return echo(environ, start)

    with edge_for(application) as edge:
        edge.ask()
        assert freed.wait(5)


def test_a_unit_whose_lanes_are_all_lost_ends_when_the_worker_is_to_stop():
    with edge_for(hello, edges=2) as edge:
        unit = edge.worker.units[0]
        for listener in edge.sockets:
            listener.close()
        for lane in edge.lanes:
            lane.socket.close()
        until(lambda: all(lane.is_lost for lane in unit.lanes))
        edge.worker.is_stopping = True
        until(lambda: unit.has_ended)
