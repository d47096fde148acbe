"""Requests with large bodies, whose bytes are received into the memory that the application reads from."""

import io
import threading
import time
import tracemalloc

import pytest

from fake_edge import edge_for, read_words, request_frame
from portico_worker import lanes
from portico_worker.large_request import LARGE_MISSING, LargeRequest, large_request
from sample_apps import Gate

BODY = bytes(range(251)) * 5000
assert len(BODY) > 1 << 20


def checks(environ, start):
    """Answers how the body was read, and whether it was the whole one."""
    body = environ['wsgi.input']
    if environ['PATH_INFO'] == '/read':
        data = body.read(int(environ['CONTENT_LENGTH']))
    elif environ['PATH_INFO'] == '/pieces':
        data = b''.join(iter(lambda: body.read(1000), b''))
    elif environ['PATH_INFO'] == '/lines':
        data = b''.join(body)
    else:
        data = body.readline() + body.read()
    rest = body.read() + body.read(1) + body.readline()
    start('200 OK', [])
    return [b'%d' % len(data) if data == BODY and not rest else b'another body: %d' % len(data)]


def post(stream, path='/read', body=BODY):
    return request_frame(stream, method='POST', path=path, body=body, pairs={'CONTENT_LENGTH': str(len(body))})


def in_background(function, *arguments):
    thread = threading.Thread(target=function, args=arguments, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize('path', ['/read', '/pieces', '/lines', '/line'])
@pytest.mark.parametrize('edges', [1, 2])
def test_a_large_body_is_read_as_any_other(path, edges):
    with edge_for(checks, edges=edges) as edge:
        edge.lane.send(post(1, path), post(2, path), request_frame(3, path='/read', pairs={'CONTENT_LENGTH': '0'}))
        assert edge.lane.answer().body == b'%d' % len(BODY)
        assert edge.lane.answer().body == b'%d' % len(BODY)
        assert edge.lane.answer().body == b'another body: 0'


@pytest.mark.parametrize('size', [20, 60, 200, 65_000, 66_000, 400_000])
def test_a_large_body_comes_in_pieces_of_any_size(size):
    frame = post(1)
    with edge_for(checks) as edge:
        edge.lane.send(frame[:size])
        time.sleep(0.01)
        edge.lane.send(frame[size:-7])
        time.sleep(0.01)
        edge.lane.send(frame[-7:] + post(2, '/pieces'))
        assert edge.lane.answer().body == b'%d' % len(BODY)
        assert edge.lane.answer().body == b'%d' % len(BODY)


def test_a_large_body_that_comes_slowly_holds_no_other_edge_thread_up():
    frame = post(1)
    with edge_for(checks, edges=2) as edge:
        edge.lane.send(frame[:100_000])
        time.sleep(0.02)
        other = edge.requests[0, 1]
        other.send(post(2))
        assert other.answer().body == b'%d' % len(BODY)
        edge.lane.send(frame[100_000:])
        assert edge.lane.answer().body == b'%d' % len(BODY)


def test_nothing_of_a_large_body_is_in_the_input_of_a_request_with_an_empty_one():
    seen = []

    def application(environ, start):
        seen.append(environ['wsgi.input'].read())
        start('200 OK', [])
        return [b'']

    with edge_for(application) as edge:
        for stream, body in enumerate([BODY, b'', b'x', BODY, b''], 1):
            edge.ask(stream, method='POST', body=body)
    assert seen == [BODY, b'', b'x', BODY, b'']


def test_a_recall_gives_back_a_request_that_is_larger_than_the_buffer_of_the_socket():
    gate = Gate()
    with edge_for(gate) as edge:
        edge.lane.send(request_frame(1, path='/wait'))
        assert gate.entered.wait(5)
        sending = in_background(edge.lane.send, post(2) + post(3) + request_frame(4))
        recalled = []
        deadline = time.monotonic() + 5
        while len(recalled) < 3 and time.monotonic() < deadline:
            edge.recall()
            recalled += read_words(edge.lane.next())
        sending.join(5)
        assert sorted(recalled) == [2, 3, 4]
        gate.go.set()
        assert edge.lane.answer().body == b'/wait'
        assert edge.ask(5).is_whole
    assert gate.called == ['/wait', '/']


def test_a_recall_leaves_a_large_request_that_has_not_come_whole_and_does_not_lose_its_place():
    gate = Gate()
    with edge_for(gate) as edge:
        frame = post(2, '/large')
        edge.lane.send(frame[:70_000])
        time.sleep(0.02)  # The unit waits for the rest.
        edge.recall()
        assert edge.lane.next().payload == b''
        edge.lane.send(frame[70_000:], request_frame(3, path='/wait'))
        assert edge.lane.answer().body == b'/large'
        assert gate.entered.wait(5)
        edge.lane.send(frame[:70_000])
        edge.recall()
        assert edge.lane.next().payload == b''
        gate.go.set()
        assert edge.lane.answer().body == b'/wait'
        edge.lane.send(frame[70_000:])
        assert edge.lane.answer().body == b'/large'


def test_an_edge_that_goes_away_in_a_large_body_is_dialled_again():
    with edge_for(checks) as edge:
        edge.lane.send(post(1)[:200_000])
        time.sleep(0.01)
        edge.lane.socket.close()
        lane = edge.accept(0)
        lane.send(post(2))
        assert lane.answer().body == b'%d' % len(BODY)


def test_a_large_body_is_not_copied():
    size = 8 << 20
    head = (lanes.HEADER.size + 12 + size - 8, lanes.REQUEST | 1 << 8, lanes.FLAG_BODY, 0, 0)
    tracemalloc.start()
    try:
        large = LargeRequest(head, bytes(20), 20)
        while not large.fill(min(len(large.room), 1 << 20)):
            pass
        body = large.take_body()
        data = io.BytesIO(body).read(size)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(data) == size
    assert data is body
    assert peak < size + (1 << 20)


def test_only_a_request_with_a_body_much_of_which_is_missing_is_large():
    frame = post(1)
    head_size = frame.index(BODY)
    assert large_request(frame[: head_size - 1]) is None, 'its head is not whole'
    assert large_request(frame[:head_size]) is not None
    assert large_request(frame[:-LARGE_MISSING]) is not None
    assert large_request(frame[: 1 - LARGE_MISSING]) is None
    assert large_request(lanes.render(lanes.BODY, 1, BODY)[:100]) is None, 'another frame'
    assert large_request(frame[:8] + bytes(4) + frame[12 : head_size + 1]) is None, 'its flags know of no body'
    assert large_request(post(1, body=bytes(lanes.REQUEST_MAX))[:-LARGE_MISSING]) is None, 'more than a frame may have'
