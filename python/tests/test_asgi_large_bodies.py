"""Parts of bodies, and messages, that come in several reads."""

import random
import threading
import time

import pytest

from asgi_edge import asgi_edge, http_only, reply, request_frame, websocket_frame
from fake_edge import until
from portico_worker import lanes
from portico_worker.asgi.lane import LARGE_MISSING, RECEIVE_BYTES

MORE = lanes.FLAG_MORE
PART = bytes(range(250)) * 800
"""Below the credit that a stream has."""


async def echo(scope, receive, send):
    body, more, count = b'', True, 0
    while more:
        message = await receive()
        body, more, count = body + message['body'], message['more_body'], count + 1
    await reply(send, b'%d %d %d' % (len(body), body == PART, count))


def frames_of(stream, kind=lanes.BODY_END):
    return request_frame(stream, flags=MORE) + lanes.render(kind, stream, PART)


def test_a_body_that_has_come_with_its_request_is_received_at_once():
    received = []

    async def application(scope, receive, send):
        coroutine = receive()
        try:
            coroutine.send(None)
        except StopIteration as ended:
            received.append(ended.value)
        await reply(send, b'done')

    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(request_frame(1, flags=MORE), lanes.render(lanes.BODY_END, 1, b'all of it'))
        assert edge.answer().body == b'done'
    assert received == [{'type': 'http.request', 'body': b'all of it', 'more_body': False}]


@pytest.mark.parametrize('seed', range(4))
def test_a_body_is_whole_however_its_frames_are_cut(seed):
    generator = random.Random(seed)
    data = b''.join(frames_of(stream) for stream in range(1, 9)) + lanes.render(lanes.PING, 0)
    with asgi_edge(http_only(echo)) as edge:
        edge.lane.send_cut(data, generator, (1000, 20_000, 100_000, 300_000)[seed])
        for stream in range(1, 9):
            assert edge.answer(stream).body.startswith(b'%d 1 ' % len(PART))


@pytest.mark.parametrize('missing', [1, LARGE_MISSING - 1, LARGE_MISSING, 100_000])
def test_a_part_is_one_message_in_how_many_reads_ever_it_comes(missing):
    with asgi_edge(http_only(echo)) as edge:
        data = frames_of(1)
        edge.lane.send(data[:-missing])
        until(lambda: edge.worker.lanes and edge.worker.lanes[0].filled > len(PART) - missing)
        edge.lane.send(data[-missing:] + frames_of(2))
        for stream in (1, 2):
            assert edge.answer(stream).body == b'%d 1 1' % len(PART)


@pytest.mark.parametrize(
    'size', [RECEIVE_BYTES - 8, RECEIVE_BYTES - 7, lanes.BODY_MAX, lanes.BODY_MAX + 1, lanes.PAYLOAD_MAX]
)
def test_a_message_may_be_as_large_as_a_frame(size):
    async def application(scope, receive, send):
        await receive()
        await send({'type': 'websocket.accept'})
        text = (await receive())['bytes']
        await send({'type': 'websocket.send', 'text': f'{len(text)} {text == bytes(size)}'})

    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame(1))
        assert edge.next().type == lanes.WS_ACCEPT
        frame = lanes.render(lanes.WS_BINARY, 1, bytes(size))
        for at in range(0, len(frame), 50_000):
            edge.lane.send(frame[at : at + 50_000])
        frame = edge.next()
        while frame.type == lanes.WORKER_CREDIT:
            frame = edge.next()
        assert frame.payload == b'%d True' % size
        edge.ping()


def test_a_head_may_be_as_large_as_a_frame():
    async def application(scope, receive, send):
        await reply(send, b'%d' % len(scope['path']))

    with asgi_edge(http_only(application)) as edge:
        edge.begin(path='/' + 'x' * 300_000)
        assert edge.answer().body == b'300001'


def test_a_frame_that_is_larger_than_any_may_be_is_a_fault():
    with asgi_edge(http_only(echo)) as edge:
        edge.lane.send((lanes.PAYLOAD_MAX + 1).to_bytes(4, 'little') + lanes.BODY.to_bytes(4, 'little'))
        until(edge.lane.ended)


def test_a_part_costs_its_credit_once_in_how_many_pieces_ever_it_comes():
    with asgi_edge(http_only(echo)) as edge:
        data = frames_of(1, lanes.BODY)
        for at in range(0, len(data), 40_000):
            edge.lane.send(data[at : at + 40_000])
            time.sleep(0.002)
        edge.body(b'', is_last=True)
        given = 0
        frames = edge.answer().frames
        for frame in frames:
            if frame.type == lanes.WORKER_CREDIT:
                given += lanes.read_words(frame.payload)[0]
    assert len(PART) < given + lanes.CREDIT_BYTES // 4
    assert given <= len(PART) + lanes.PIECE_COST_BYTES


def test_a_part_goes_to_nobody_when_its_stream_has_ended_meanwhile():
    async def application(scope, receive, send):
        await reply(send, b'enough')

    with asgi_edge(http_only(application)) as edge:
        data = frames_of(1)
        edge.lane.send(data[:100_000])
        assert edge.answer().body == b'enough'
        edge.lane.send(data[100_000:] + request_frame(2, flags=MORE) + lanes.render(lanes.BODY_END, 2, b'x'))
        assert edge.answer(2).body == b'enough'


def test_a_part_for_a_stream_without_a_body_is_a_fault():
    entered = threading.Event()

    async def application(scope, receive, send):
        entered.set()
        while (await receive())['type'] != 'http.disconnect':
            pass

    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        assert entered.wait(5)
        edge.lane.send(lanes.render(lanes.BODY, 1, PART))
        until(edge.lane.ended)
