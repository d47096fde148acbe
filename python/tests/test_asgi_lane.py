"""Concurrent lanes: frames in any order and any split, the board, and every way in which a lane ends."""

import asyncio
import os
import random
import time

import pytest

from asgi_edge import (
    IS_EAGER,
    asgi_edge,
    http_only,
    part,
    reply,
    request_frame,
    request_payload,
    start,
    websocket_frame,
)
from fake_edge import read_words, until
from portico_worker import lanes
from portico_worker.asgi.worker import AsgiWorker


async def echo(scope, receive, send):
    await reply(send, scope['path'].encode())


class Gate:
    """An application that waits in /wait until it is let go."""

    def __init__(self):
        self.waiting, self.begun, self.ended = {}, [], []

    async def __call__(self, scope, receive, send):
        path = scope['path']
        self.begun.append(path)
        if path.startswith('/after'):
            await reply(send, path.encode())
        if path != '/':
            self.waiting[path] = asyncio.get_running_loop().create_future()
            await self.waiting[path]
        if not path.startswith('/after'):
            await reply(send, path.encode())
        self.ended.append(path)

    def open(self, edge, path):
        until(lambda: path in self.waiting)
        edge.worker.loop.call_soon_threadsafe(self.waiting[path].set_result, None)


def test_the_hello_says_how_many_streams_there_may_be():
    for setting, capacity in ((0, 65535), (100, 100)):
        with asgi_edge(http_only(echo), edges=2, worker_connections=setting) as edge:
            for lane in edge.requests:
                said = {key: lane.hello[key] for key in ('app', 'role', 'unit', 'slot', 'kind', 'capacity', 'secret')}
                assert said == {
                    'app': 'site',
                    'role': 'requests',
                    'unit': 0,
                    'slot': 0,
                    'kind': 'asgi',
                    'capacity': capacity,
                    'secret': 'secret',
                }


def test_every_lane_answers():
    with asgi_edge(http_only(echo), edges=3) as edge:
        for number, lane in enumerate(edge.requests):
            lane.send(request_frame(5, path=f'/{number}'))
        for number, lane in enumerate(edge.requests):
            assert lane.answer().body == b'/%d' % number


def test_answers_come_when_they_are_ready():
    gate = Gate()
    with asgi_edge(http_only(gate)) as edge:
        edge.lane.send(request_frame(1, path='/a'), request_frame(2, path='/b'), request_frame(3))
        assert edge.lane.next().stream == 3
        gate.open(edge, '/b')
        assert edge.lane.next().stream == 2
        gate.open(edge, '/a')
        assert edge.lane.next().stream == 1


@pytest.mark.parametrize('seed', range(4))
def test_frames_in_any_split(seed):
    async def application(scope, receive, send):
        body, more = b'', True
        while more:
            message = await receive()
            body, more = body + message['body'], message['more_body']
        await reply(send, scope['path'].encode() + body)

    generator = random.Random(seed)
    frames, expected = [], {}
    for stream in range(1, 60):
        path = f'/{stream}' + 'x' * generator.randrange(300)
        expected[stream] = path.encode()
        if generator.random() < 0.5:
            frames.append(request_frame(stream, path=path))
            continue
        frames.append(request_frame(stream, path=path, flags=lanes.FLAG_MORE))
        for _ in range(generator.randrange(3)):
            data = bytes(generator.randrange(2000))
            frames.append(lanes.render(lanes.BODY, stream, data))
            expected[stream] += data
        frames.append(lanes.render(lanes.BODY_END, stream, b'end'))
        expected[stream] += b'end'
        if generator.random() < 0.3:
            frames.append(lanes.render(lanes.PING, 0))
    data = b''.join(frames)
    with asgi_edge(http_only(application)) as edge:
        edge.lane.send_cut(data, generator, (1, 50, 5000, 100_000)[seed])
        for stream, body in expected.items():
            assert edge.answer(stream).body == body


class Socket:
    """Notes what is sent."""

    def __init__(self, connection, sent):
        self.connection, self.sent = connection, sent

    def send(self, data):
        self.sent.append(data)
        return self.connection.send(data)

    def __getattr__(self, name):
        return getattr(self.connection, name)


def writes(took_s, count, application=None):
    """How many writes so many answers make that take so long each and were asked for in one."""

    async def replies(scope, receive, send):
        time.sleep(took_s)
        await reply(send, b'x')

    application = application or replies
    with asgi_edge(http_only(application)) as edge:
        edge.ping()
        sent = []
        lane = edge.worker.lanes[0]
        lane.socket = Socket(lane.socket, sent)
        edge.lane.send(*(request_frame(stream) for stream in range(1, count + 1)))
        for stream in range(1, count + 1):
            edge.answer(stream)
        return len(sent)


def test_what_one_turn_brings_leaves_in_one_write(monkeypatch):
    monkeypatch.setattr('portico_worker.asgi.lane.HELD_S', 5)
    assert writes(0, 64) == 1


def test_answers_that_take_long_to_make_do_not_wait_for_each_other():
    assert writes(0.002, 8) == 8


def test_pieces_that_take_long_to_make_do_not_wait_for_each_other():
    async def streams(scope, receive, send):
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        for _ in range(5):
            time.sleep(0.002)
            await send({'type': 'http.response.body', 'body': b'x', 'more_body': True})
        await send({'type': 'http.response.body', 'body': b''})

    assert writes(0, 1, streams) >= 5


def test_who_has_waited_is_answered_at_once():
    async def waits(scope, receive, send):
        await asyncio.sleep(0.05)
        await reply(send, b'x')

    assert writes(0, 8, waits) == 8


def test_the_board_names_the_request_that_was_begun_last():
    gate = Gate()
    with asgi_edge(http_only(gate), edges=2) as edge:
        lane = edge.requests[1]
        lane.send(request_frame(3, path='/a'), request_frame(0xABCDEF, path='/b'))
        until(lambda: gate.begun == ['/a', '/b'])
        assert (edge.started(edge=0), edge.started(edge=1)) == (0, 0xABCDEF)
        gate.open(edge, '/a')
        gate.open(edge, '/b')


def test_a_ping_is_answered_while_requests_run():
    gate = Gate()
    with asgi_edge(http_only(gate)) as edge:
        edge.begin(1, path='/a')
        edge.ping()
        assert gate.ended == []
        gate.open(edge, '/a')
        assert edge.answer().body == b'/a'


@pytest.mark.parametrize('path', ['/a', '/after'])
def test_drain_waits_for_the_applications_tasks(path):
    gate = Gate()
    with asgi_edge(http_only(gate), edges=2) as edge:
        edge.begin(1, path=path)
        until(lambda: gate.begun)
        edge.drain()
        assert edge.requests[1].ended()
        edge.ping()
        gate.open(edge, path)
        assert edge.answer().body == path.encode()
        assert edge.lane.ended()
        assert edge.ended() == 0
    assert gate.ended == [path]


def test_what_was_answered_leaves_before_the_lane_is_closed():
    with asgi_edge(http_only(echo)) as edge:
        edge.lane.send(*(request_frame(n, path=f'/{n}') for n in range(1, 100)), lanes.render(lanes.DRAIN, 0))
        for number in range(1, 100):
            assert edge.answer(number).body == b'/%d' % number
        assert edge.lane.ended()
        assert edge.ended() == 0


def test_a_large_answer_leaves_before_the_process_ends():
    async def application(scope, receive, send):
        await reply(send, bytes(lanes.CREDIT_BYTES))
        await asyncio.sleep(0)

    with asgi_edge(http_only(application)) as edge:
        for stream in range(1, 9):
            edge.begin(stream)
        edge.drain()
        time.sleep(0.05)
        assert not edge.worker.has_left.is_set()
        for stream in range(1, 9):
            assert len(edge.answer(stream).body) == lanes.CREDIT_BYTES
        assert edge.ended() == 0


def test_term_finishes_what_runs_and_leaves_the_rest():
    gate = Gate()
    with asgi_edge(http_only(gate), edges=2) as edge:
        edge.begin(1, path='/a')
        until(lambda: gate.begun)
        edge.worker.terminate()
        until(lambda: edge.worker.is_stopping)
        edge.begin(2)
        frame = edge.next(0)
        assert (frame.type, read_words(frame)) == (lanes.RECALLED, [2])
        gate.open(edge, '/a')
        assert edge.answer(1).body == b'/a'
        assert edge.ended() == 0
        assert edge.started() == 1
    assert gate.begun == ['/a']


@pytest.mark.parametrize('appears', [False, True])
def test_term_while_lanes_are_still_dialled_finishes_what_runs(monkeypatch, appears):
    dial, tried, is_there, gate = AsgiWorker.dial, [], [], Gate()

    def dial_when_there(self, edge, *rest):
        if edge == 0:
            return dial(self, edge, *rest)
        if not gate.begun:
            return None
        tried.append(edge)
        if not appears:
            return None
        until(lambda: is_there)
        return dial(self, edge, *rest)

    monkeypatch.setattr(AsgiWorker, 'dial', dial_when_there)
    with asgi_edge(http_only(gate), edges=2, accepts=False) as edge:
        edge.requests = [edge.accept(0)]
        edge.begin(1, path='/a')
        until(lambda: gate.begun and tried)
        edge.worker.terminate()
        is_there.append(True)
        until(lambda: edge.worker.is_stopping)
        if appears:
            edge.requests.append(edge.accept(1))
        until(lambda: not edge.worker.dialling)
        edge.ping()
        gate.open(edge, '/a')
        assert edge.answer(1).body == b'/a'
        assert edge.ended() == 0
    assert not edge.worker.is_ready


@pytest.mark.parametrize('edges', [1, 2])
def test_a_lost_lane_is_dialled_again_and_its_clients_have_gone(edges, log):
    async def application(scope, receive, send):
        if scope['path'] == '/wait':
            await receive()
            messages.append(await receive())
        await echo(scope, receive, send)

    messages = []
    with asgi_edge(http_only(application), edges=edges) as edge:
        edge.begin(7, path='/wait')
        edge.ping()
        edge.lane.socket.close()
        edge.requests[0] = edge.accept(0)
        assert edge.lane.hello['role'] == 'requests'
        assert edge.started() == 0
        assert edge.ask(7, path='/again').body == b'/again'
        until(lambda: messages)
        edge.drain()
        assert edge.ended() == 0
    assert messages == [{'type': 'http.disconnect'}]
    assert log.take() == ''


def test_a_lost_lane_holds_the_end_until_its_applications_have_returned():
    gate = Gate()
    with asgi_edge(http_only(gate)) as edge:
        edge.begin(1, path='/a')
        until(lambda: gate.begun)
        edge.lane.socket.close()
        edge.requests[0] = edge.accept(0)
        edge.drain()
        assert edge.lane.ended()
        assert not edge.worker.has_left.wait(0.05)
        gate.open(edge, '/a')
        assert edge.ended() == 0


def test_an_edge_that_does_not_come_back_ends_the_worker(monkeypatch):
    monkeypatch.setattr('portico_worker.asgi.worker.DIAL_S', 0.1)
    with asgi_edge(http_only(echo)) as edge:
        edge.sockets[0].close()
        os.unlink(edge.paths[0])
        edge.lane.socket.close()
        assert edge.ended() == 1
        assert edge.worker.said[-1] == ('leaving', {'reason': 'the edge is gone'})


FAULTS = {
    'unknown on the lane': lanes.render(99, 0),
    'unknown on a stream': lanes.render(99, 1),
    'too long': (lanes.PAYLOAD_MAX + 1).to_bytes(4, 'little') + b'\1\1\0\0',
    'too long, another': (lanes.PAYLOAD_MAX + 1).to_bytes(4, 'little') + b'\2\1\0\0',
    'too short': lanes.render(lanes.REQUEST, 2, bytes(4)),
    'beyond the frame': lanes.render(lanes.REQUEST, 2, bytes(4) + b'\xff\xff\0\0' * 2 + b'x'),
    'a body in the frame': lanes.render(lanes.REQUEST, 2, bytes(12) + b'body'),
    'a slot that holds nothing': lanes.render(lanes.REQUEST, 2, bytes(11) + b'\7'),
    'no slot': lanes.render(lanes.REQUEST, 2, bytes(11) + b'\xff'),
    'no parts': lanes.render(lanes.REQUEST, 2, b'\0\0\0\0\1\0\0\0\1\0\0\0aa'),
    'a port that is none': request_frame(2, client='::1 x'),
    'half a triple': request_frame(2, triples=('0', 'cookie')),
    'credit of three bytes': lanes.render(lanes.CREDIT, 1, b'abc'),
    'a stream that is open': request_frame(1),
}


@pytest.mark.parametrize('name', FAULTS)
def test_a_fault_of_the_edge_closes_the_lane(name, log):
    gate = Gate()
    with asgi_edge(http_only(gate)) as edge:
        edge.begin(1, path='/a')
        until(lambda: gate.begun)
        lane = edge.worker.lanes[0]
        edge.lane.send(FAULTS[name])
        assert edge.lane.ended()
        gate.open(edge, '/a')
        until(lambda: not lane.streams)
    assert 'lane to edge thread 0: lanes.' in log.take()


@pytest.mark.parametrize('kind', [lanes.ABORT, lanes.CREDIT, lanes.BODY, lanes.FILE_OPENED, lanes.WS_TEXT, 99])
def test_what_comes_for_a_stream_that_has_ended_is_ignored(kind):
    gate = Gate()
    with asgi_edge(http_only(gate)) as edge:
        assert edge.ask(1).body == b'/'
        edge.begin(2, path='/after')
        assert edge.answer(2).body == b'/after'
        edge.lane.send(*(lanes.render(kind, stream, b'x') for stream in (1, 2, 3)))
        edge.ping()
        gate.open(edge, '/after')
        assert edge.ask(1).body == b'/'


def test_numbers_come_round_again():
    gate = Gate()
    with asgi_edge(http_only(gate)) as edge:
        for turn in range(3):
            edge.begin(1, path=f'/after{turn}')
            assert edge.answer(1).body == b'/after%d' % turn
        edge.ping()
        assert len(edge.worker.lanes[0].streams) == 3
        edge.drain()
        for turn in (1, 0, 2):
            gate.open(edge, f'/after{turn}')
        assert edge.ended() == 0
    assert sorted(gate.ended) == ['/after0', '/after1', '/after2']


def test_it_asks_to_be_replaced_after_so_many_requests():
    with asgi_edge(http_only(echo), max_requests=3) as edge:
        until(lambda: edge.worker.said)
        edge.worker.said.clear()
        edge.ask(1)
        edge.lane.send(websocket_frame(2))
        edge.answer(2)
        assert edge.worker.said == []
        edge.lane.send(*(request_frame(stream) for stream in (3, 4, 5, 6)))
        for stream in (3, 4, 5, 6):
            assert edge.answer(stream).is_whole
        assert edge.worker.said == [('retire', {'reason': 'max-requests'})]


def test_applications_wait_when_the_edge_does_not_read():
    async def application(scope, receive, send):
        nonlocal answered
        await send(start())
        for _ in range(4):
            await send(part(bytes(60_000), True))
        answered += 1
        await send(part())

    answered = 0
    with asgi_edge(http_only(application)) as edge:
        for stream in range(1, 101):
            edge.begin(stream)
        time.sleep(0.2)
        assert answered < 20
        for stream in range(1, 101):
            assert len(edge.answer(stream).body) == 240_000
    assert answered == 100


def test_whole_answers_wait_too():
    async def application(scope, receive, send):
        nonlocal answered
        await reply(send, bytes(60_000))
        answered += 1

    answered = 0
    with asgi_edge(http_only(application)) as edge:
        for stream in range(1, 201):
            edge.begin(stream)
            edge.worker.loop.call_soon_threadsafe(lambda: None)
        time.sleep(0.2)
        assert answered < 100
        for stream in range(1, 201):
            assert len(edge.answer(stream).body) == 60_000
    assert answered == 200


def test_tasks_take_their_first_step_at_once_where_python_can():
    with asgi_edge(http_only(echo)) as edge:
        assert edge.ask().body == b'/'
        assert edge.worker.starts_eagerly is IS_EAGER


@pytest.mark.filterwarnings('ignore:This process:DeprecationWarning')
def test_a_child_that_the_application_forks_does_not_serve(log):
    async def application(scope, receive, send):
        if scope['path'] == '/fork':
            child = os.fork()
            if child:
                children.append(os.waitpid(child, 0)[1])
        await echo(scope, receive, send)

    children = []
    with asgi_edge(http_only(application)) as edge:
        os.register_at_fork(after_in_child=edge.worker.forked)
        edge.lane.send(request_frame(1, path='/fork'), request_frame(2))
        assert edge.answer(1).body == b'/fork'
        assert edge.answer(2).body == b'/'
        assert edge.ask(3).body == b'/'
        assert edge.lane.is_quiet()
    assert children == [0]


def test_block_parts_are_kept_by_their_slot():
    def request(stream, slot, *fields):
        block = ['http', '1.1', 'localhost', '8000', '', '', *fields] if fields else []
        payload = bytearray(request_payload(path=f'/{stream}', block=block))
        payload[11] = slot
        return lanes.render(lanes.REQUEST, stream, bytes(payload))

    async def tell(scope, receive, send):
        await reply(
            send, b' '.join([scope['path'].encode(), *(value for name, value in scope['headers'] if name == b'x')])
        )

    with asgi_edge(http_only(tell)) as edge:
        sent = [(0, 'x', 'zero'), (254, 'x', 'last'), (0,), (255, 'x', 'not kept'), (254,), (0, 'x', 'another'), (0,)]
        edge.lane.send(b''.join(request(stream, *rest) for stream, rest in enumerate(sent, 1)))
        told = [edge.answer(stream).body for stream in range(1, len(sent) + 1)]
    assert told == [b'/1 zero', b'/2 last', b'/3 zero', b'/4 not kept', b'/5 last', b'/6 another', b'/7 another']
