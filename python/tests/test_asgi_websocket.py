"""WebSockets: the handshake, messages both ways, and every way in which they end."""

import asyncio

import pytest

from asgi_edge import asgi_edge, http_only, websocket_frame
from fake_edge import until
from portico_worker import lanes
from portico_worker.asgi import websocket
from portico_worker.failures import ClientGone

TEXT, BINARY, MORE, CLOSE = lanes.WS_TEXT, lanes.WS_BINARY, lanes.WS_MORE, lanes.WS_CLOSE
ACCEPT, END, FAILED = lanes.WS_ACCEPT, lanes.END, lanes.FAILED
SENT_CLOSE = lanes.WORKER_WS_CLOSE

ACCEPTS = {'type': 'websocket.accept'}


def text(value):
    return {'type': 'websocket.send', 'text': value}


def close_frame(code, reason='', stream=1):
    return lanes.render(CLOSE, stream, code.to_bytes(2, 'little') + reason.encode())


def read_close(frame):
    assert frame.type == SENT_CLOSE
    return int.from_bytes(frame.payload[:2], 'little'), frame.payload[2:].decode()


def accepting(handler):
    """An application that accepts, then does what the handler does."""

    async def application(scope, receive, send):
        assert await receive() == {'type': 'websocket.connect'}
        await send(ACCEPTS)
        await handler(receive, send)

    return http_only(application)


async def sending_for_ever(send, message):
    while True:
        await send(message)


def notes(messages):
    """A handler that takes what comes, up to the end."""

    async def handler(receive, send):
        while not messages or messages[-1]['type'] != 'websocket.disconnect':
            messages.append(await receive())

    return handler


def opened(edge, **options):
    edge.lane.send(websocket_frame(**options))
    frame = edge.next()
    assert frame.type == ACCEPT
    return frame.payload


def test_messages_both_ways():
    async def echo(receive, send):
        while True:
            message = await receive()
            if message['type'] == 'websocket.disconnect':
                messages.append(message)
                return
            messages.append(message)
            await send({**message, 'type': 'websocket.send'})

    messages = []
    with asgi_edge(accepting(echo)) as edge:
        assert opened(edge) == b''
        for kind, sent, payload in (
            (TEXT, lanes.WORKER_WS_TEXT, 'Zażółć €'.encode()),
            (BINARY, lanes.WORKER_WS_BINARY, b'\0\xff'),
            (TEXT, lanes.WORKER_WS_TEXT, b''),
            (BINARY, lanes.WORKER_WS_BINARY, b''),
        ):
            edge.lane.send(lanes.render(kind, 1, payload))
            assert edge.next()[:] == (sent, 1, payload)
        edge.lane.send(close_frame(4000, 'fertig ✓'))
        assert edge.answer().kinds == [END]
    assert messages == [
        {'type': 'websocket.receive', 'text': 'Zażółć €'},
        {'type': 'websocket.receive', 'bytes': b'\0\xff'},
        {'type': 'websocket.receive', 'text': ''},
        {'type': 'websocket.receive', 'bytes': b''},
        {'type': 'websocket.disconnect', 'code': 4000, 'reason': 'fertig ✓'},
    ]


@pytest.mark.parametrize('size', [lanes.BODY_MAX, lanes.BODY_MAX + 1, 2 * lanes.BODY_MAX, 1_000_000])
def test_long_messages_are_sent_in_pieces(size):
    async def handler(receive, send):
        await send({'type': 'websocket.send', 'bytes': data})

    data = (bytes(range(251)) * 5000)[:size]
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        frames = edge.answer().frames
    assert b''.join(frame.payload for frame in frames) == data
    count = -(-size // lanes.BODY_MAX)
    assert [frame.type for frame in frames] == [
        *[lanes.WORKER_WS_MORE] * (count - 1),
        lanes.WORKER_WS_BINARY,
        END,
    ]


def test_long_messages_are_received_whole():
    messages = []
    with asgi_edge(accepting(notes(messages))) as edge:
        opened(edge)
        data = 'é' * 300_000
        pieces = [data.encode()[at : at + 100_001] for at in range(0, 600_000, 100_001)]
        edge.lane.send(*(lanes.render(MORE, 1, piece) for piece in pieces[:-1]), lanes.render(TEXT, 1, pieces[-1]))
        edge.lane.send(close_frame(1000))
        answer = edge.answer()
    assert [message.get('text') for message in messages] == [data, None]
    assert sum(lanes.read_words(frame.payload)[0] for frame in answer.frames[:-1]) == 600_000 + lanes.PIECE_COST_BYTES


def test_a_loop_that_receives_what_lies_there_lets_others_run():
    async def handler(receive, send):
        while not gate:
            await asyncio.sleep(0.001)
        turns, received = [], 0
        asyncio.get_running_loop().call_soon(turns.append, 'other')
        while not turns:
            await receive()
            received += 1
        await send({'type': 'websocket.send', 'text': str(received)})

    gate = []
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.lane.send(*[lanes.render(TEXT, 1, b'x')] * 1000)
        edge.ping()
        gate.append(1)
        assert int(edge.answer().frames[0].payload) <= 20


def test_messages_that_came_before_the_end_are_received_before_it():
    async def handler(receive, send):
        entered.append(asyncio.get_running_loop().create_future())
        await entered[0]
        with pytest.raises(ClientGone):
            await send(text('late'))
        await notes(messages)(receive, send)
        messages.append(await receive())

    entered, messages = [], []
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.lane.send(lanes.render(TEXT, 1, b'one'), lanes.render(TEXT, 1, b'two'), close_frame(1001))
        edge.ping()
        edge.worker.loop.call_soon_threadsafe(entered[0].set_result, None)
        assert edge.answer().kinds == [END]
    assert [message.get('text') or message.get('code') for message in messages] == ['one', 'two', 1001, 1001]


def test_the_handshake_waits_for_its_answer():
    async def application(scope, receive, send):
        await receive()
        entered.append(asyncio.get_running_loop().create_future())
        await entered[0]
        await send({**ACCEPTS, 'subprotocol': 'v2', 'headers': [(b'set-cookie', b'a=1'), [b'x-extra', b'yes']]})

    entered = []
    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame(fields=['sec-websocket-protocol', 'chat, v2']))
        edge.ping()
        assert edge.lane.is_quiet()
        edge.worker.loop.call_soon_threadsafe(entered[0].set_result, None)
        assert edge.next()[:] == (ACCEPT, 1, b'v2\0set-cookie\0a=1\0x-extra\0yes')


def test_a_refusal_is_a_close():
    async def application(scope, receive, send):
        await receive()
        await send({'type': 'websocket.close', 'code': 4001, 'reason': 'no'})
        messages.append(await receive())
        await send({'type': 'websocket.close'})

    messages = []
    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame())
        assert edge.answer().kinds == [SENT_CLOSE, END]
    assert messages == [{'type': 'websocket.disconnect', 'code': 1006, 'reason': ''}]


@pytest.mark.parametrize('blocks', [[b'log in first'], [b'log ', b'in', b' first'], [bytes(1 << 20)]])
def test_a_refusal_may_be_a_response(blocks):
    async def application(scope, receive, send):
        await receive()
        await send({'type': 'websocket.http.response.start', 'status': 401, 'headers': [(b'x-a', b'b')]})
        for at, block in enumerate(blocks, 1):
            more = at < len(blocks)
            await send({'type': 'websocket.http.response.body', 'body': block, 'more_body': more})
        messages.append(await receive())

    messages = []
    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame())
        edge.credit(1 << 20)
        answer = edge.answer()
        edge.ping()
    assert (answer.status, answer.fields, answer.body) == ('401', [('x-a', 'b')], b''.join(blocks))
    assert answer.is_whole
    assert messages[0]['type'] == 'websocket.disconnect'


def test_a_refusal_that_is_wrong_can_be_mended():
    async def application(scope, receive, send):
        with pytest.raises(TypeError):
            await send({'type': 'websocket.http.response.start', 'status': '401'})
        with pytest.raises(RuntimeError):
            await send({'type': 'websocket.http.response.body', 'body': b''})
        await send(ACCEPTS)
        await send(text('x' * 200_000))
        await send(text('x' * 200_000))
        await send(text('last'))

    with asgi_edge(http_only(application)) as edge:
        assert opened(edge) == b''
        edge.credit(1 << 20)
        assert edge.answer().frames[-2].payload == b'last'


@pytest.mark.parametrize('code', [1000, 1001, 1003, 1011, 3000, 4321, 4999, None])
def test_codes_of_the_application(code):
    async def handler(receive, send):
        await send(
            {'type': 'websocket.close', 'code': code, 'reason': 'später'} if code else {'type': 'websocket.close'}
        )
        messages.append(await receive())
        await send({'type': 'websocket.close'})
        with pytest.raises(OSError, match='has closed'):
            await send(text('late'))

    messages = []
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        answer = edge.answer()
    assert answer.kinds == [SENT_CLOSE, END]
    said = (code, 'später') if code else (1000, '')
    assert read_close(answer.frames[0]) == said
    assert (messages[0]['type'], messages[0]['code'], messages[0]['reason']) == ('websocket.disconnect', *said)


def test_long_reasons_are_cut_at_a_character():
    async def handler(receive, send):
        await send({'type': 'websocket.close', 'code': 1000, 'reason': 'x' + 'é' * 100})

    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        assert read_close(edge.next()) == (1000, 'x' + 'é' * 61)


WRONG = {
    'accept twice': (ACCEPTS, RuntimeError, 'had been answered'),
    'text of bytes': (text(b'bytes'), TypeError, '"text" must be a str'),
    'bytes of text': ({'type': 'websocket.send', 'bytes': 'text'}, TypeError, '"bytes" must be bytes'),
    'neither': ({'type': 'websocket.send'}, ValueError, 'either "text" or "bytes"'),
    'both': ({'type': 'websocket.send', 'text': '', 'bytes': b''}, ValueError, 'either "text" or "bytes"'),
    'surrogates': (text('\ud800'), UnicodeEncodeError, 'surrogates'),
    'nonsense': ({'type': 'websocket.nonsense'}, ValueError, 'no message that an application can send'),
    'of http': ({'type': 'http.response.start', 'status': 200}, ValueError, 'no message that an application can send'),
    'typeless': ({'text': 'x'}, TypeError, 'under the key "type"'),
    'code 1006': ({'type': 'websocket.close', 'code': 1006}, ValueError, 'no code that a WebSocket'),
    'code 1005': ({'type': 'websocket.close', 'code': 1005}, ValueError, 'no code that a WebSocket'),
    'code 999': ({'type': 'websocket.close', 'code': 999}, ValueError, 'no code that a WebSocket'),
    'code 5000': ({'type': 'websocket.close', 'code': 5000}, ValueError, 'no code that a WebSocket'),
    'code of text': ({'type': 'websocket.close', 'code': '1000'}, TypeError, '"code" must be an int'),
    'reason': ({'type': 'websocket.close', 'reason': b'no'}, TypeError, '"reason" must be a str'),
    'late refusal': (
        {'type': 'websocket.http.response.start', 'status': 401},
        RuntimeError,
        'had been answered',
    ),
}


@pytest.mark.parametrize('name', WRONG)
def test_what_is_wrong_is_raised_in_the_application(name, log):
    message, kind, words = WRONG[name]

    async def handler(receive, send):
        with pytest.raises(kind, match=words):
            await send(message)
        await send(text('still open'))
        await send(message)

    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        answer = edge.answer()
    assert answer.kinds == [lanes.WORKER_WS_TEXT, FAILED]
    assert words in answer.failure
    assert 'request id1 GET /' in log.take()


WRONG_ANSWERS = {
    'send': (text('early'), RuntimeError, 'before websocket.accept'),
    'not offered': ({**ACCEPTS, 'subprotocol': 'v3'}, ValueError, 'did not offer the subprotocol'),
    'no str': ({**ACCEPTS, 'subprotocol': b'v2'}, TypeError, '"subprotocol" must be a str'),
    'in the headers': ({**ACCEPTS, 'headers': [(b'Sec-WebSocket-Protocol', b'v2')]}, ValueError, 'under the key'),
    'injected': ({**ACCEPTS, 'headers': [(b'a', b'1\r\nb: 2')]}, ValueError, 'control character'),
}


@pytest.mark.parametrize('name', WRONG_ANSWERS)
def test_a_wrong_answer_to_the_handshake(name):
    message, kind, words = WRONG_ANSWERS[name]

    async def application(scope, receive, send):
        with pytest.raises(kind, match=words):
            await send(message)
        await send(message)

    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame(fields=['sec-websocket-protocol', 'v2']))
        answer = edge.answer()
    assert (answer.kinds, words in answer.failure) == ([FAILED], True)


def test_who_returns_without_an_answer_has_failed(log):
    async def application(scope, receive, send):
        await receive()

    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame())
        assert edge.answer().kinds == [FAILED]
    assert 'without having accepted or refused' in log.take()


def test_who_begins_a_refusal_and_returns_has_failed(log):
    async def application(scope, receive, send):
        await send({'type': 'websocket.http.response.start', 'status': 401})
        with pytest.raises(RuntimeError, match='had been answered'):
            await send(ACCEPTS)
        with pytest.raises(RuntimeError, match=r'after websocket\.http'):
            await send({'type': 'websocket.close'})

    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame())
        assert edge.answer().kinds == [FAILED]
    assert 'returned before its response was complete' in log.take()


def test_the_client_goes_before_the_answer(log):
    async def application(scope, receive, send):
        await receive()
        messages.append(await receive())
        with pytest.raises(ClientGone):
            await send({'type': 'websocket.http.response.start', 'status': 401})
        await send({'type': 'websocket.close'})
        await send(ACCEPTS)

    messages = []
    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame())
        edge.ping()
        edge.abort()
        assert edge.answer().kinds == [END]
    assert messages == [{'type': 'websocket.disconnect', 'code': 1006, 'reason': ''}]
    assert log.take() == ''


@pytest.mark.parametrize('how', ['close', 'abort', 'lane'])
def test_who_only_sends_learns_of_the_end(how, log):
    async def handler(receive, send):
        try:
            while True:
                await send({'type': 'websocket.send', 'bytes': b'x' * 10_000})
                await asyncio.sleep(0.001)
        except OSError as error:
            errors.append(error)
            raise

    errors = []
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        assert edge.next().type == lanes.WORKER_WS_BINARY
        if how == 'lane':
            edge.lane.socket.close()
        else:
            edge.lane.send(close_frame(1005) if how == 'close' else lanes.render(lanes.ABORT, 1))
            assert edge.answer().kinds[-1] == END
        until(lambda: errors)
    assert isinstance(errors[0], ClientGone)
    assert log.take() == ''


class WebSocketDisconnect(Exception):
    """Has the name by which frameworks call this exception."""


@pytest.mark.parametrize('error', [WebSocketDisconnect, asyncio.CancelledError])
@pytest.mark.parametrize('how', ['close', 'abort', 'half closed'])
def test_an_application_that_raises_because_its_client_has_left_is_not_logged(how, error, log):
    async def handler(receive, send):
        while (await receive())['type'] != 'websocket.disconnect':
            pass
        raise error

    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        kind = lanes.ABORT if how == 'abort' else lanes.CLIENT_END
        edge.lane.send(close_frame(1001) if how == 'close' else lanes.render(kind, 1))
        assert edge.answer().kinds == [END]
    assert log.take() == ''


def test_a_close_behind_the_departure_is_nothing_whatever_its_code(log):
    async def handler(receive, send):
        code = (await receive())['code']
        await send({'type': 'websocket.close', 'code': code, 'reason': None})

    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.abort()
        assert edge.answer().kinds == [END]
    assert log.take() == ''


def test_a_fault_in_what_handles_the_departure_is_logged(log):
    async def handler(receive, send):
        await receive()
        try:
            raise WebSocketDisconnect
        except WebSocketDisconnect:
            [].remove('listener')

    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.lane.send(close_frame(1001))
        assert edge.answer().kinds == [END]
    assert 'ValueError' in log.take()


def test_sending_waits_for_credit():
    async def handler(receive, send):
        for number in range(10):
            await send({'type': 'websocket.send', 'bytes': bytes(100_000)})
            sent.append(number)

    sent = []
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.ping()
        assert len(sent) == 3
        edge.credit(lanes.CREDIT_BYTES)
        edge.ping()
        assert len(sent) == 6
        edge.credit(1 << 20)
        assert edge.answer().kinds[-1] == END


def test_an_edge_that_sends_more_than_it_may_loses_the_lane():
    async def handler(receive, send):
        while True:
            await asyncio.sleep(1)

    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.lane.send(lanes.render(MORE, 1, bytes(lanes.CREDIT_BYTES)), lanes.render(BINARY, 1, bytes(1000)))
        edge.ping()
        edge.lane.send(lanes.render(TEXT, 1, b'x'))
        assert edge.lane.ended()

        def cancel():
            # In the worker's thread, which changes these as lanes end.
            for lane in list(edge.worker.lost):
                for stream in list(lane.streams.values()):
                    stream.task.cancel()

        edge.worker.loop.call_soon_threadsafe(cancel)


def test_messages_that_cross_the_close_are_dropped():
    async def handler(receive, send):
        await send({'type': 'websocket.close'})
        entered.append(asyncio.get_running_loop().create_future())
        await entered[0]
        messages.append(await receive())

    entered, messages = [], []
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        assert read_close(edge.next()) == (1000, '')
        edge.lane.send(*[lanes.render(TEXT, 1, bytes(100_000))] * 10)
        edge.lane.send(close_frame(1000))
        edge.ping()
        edge.worker.loop.call_soon_threadsafe(entered[0].set_result, None)
        assert edge.answer().kinds == [END]
    assert messages == [{'type': 'websocket.disconnect', 'code': 1000, 'reason': ''}]


@pytest.mark.parametrize('raises', [False, True])
def test_a_task_that_is_left_cannot_send_on_a_stream_that_has_ended(raises, log):
    async def flood(send):
        with pytest.raises(OSError, match='has ended'):
            await sending_for_ever(send, {'type': 'websocket.send', 'bytes': bytes(65536)})
        await send({'type': 'websocket.close'})
        with pytest.raises(RuntimeError):
            await send(ACCEPTS)

    async def handler(receive, send):
        tasks.extend([asyncio.create_task(flood(send)), asyncio.create_task(receive())])
        for _ in range(5):
            await asyncio.sleep(0)
        if raises:
            raise ValueError('boom')

    tasks = []
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        assert edge.answer().kinds[-1] == (FAILED if raises else END)
        until(lambda: all(task.done() for task in tasks))
        edge.ping()
        assert edge.lane.is_quiet()
    assert tasks[0].exception() is None
    assert tasks[1].result() == {'type': 'websocket.disconnect', 'code': 1006, 'reason': ''}


@pytest.mark.parametrize('raises', [False, True])
def test_a_task_that_is_left_cannot_go_on_with_a_refusal(raises):
    async def flood(send):
        await send({'type': 'websocket.http.response.start', 'status': 401})
        body = {'type': 'websocket.http.response.body', 'body': bytes(65536), 'more_body': True}
        with pytest.raises((OSError, RuntimeError)):
            await sending_for_ever(send, body)

    async def application(scope, receive, send):
        tasks.append(asyncio.create_task(flood(send)))
        for _ in range(5):
            await asyncio.sleep(0)
        if raises:
            raise ValueError('boom')

    tasks = []
    with asgi_edge(http_only(application)) as edge:
        edge.lane.send(websocket_frame())
        assert edge.answer().kinds[-1] == FAILED
        until(tasks[0].done)
        edge.ping()
        assert edge.lane.is_quiet()
    assert tasks[0].exception() is None


def test_messages_longer_than_the_edge_takes(monkeypatch):
    async def handler(receive, send):
        with pytest.raises(ValueError, match='is the most'):
            await send(text('x' * 101))
        await send(text('x' * 100))

    monkeypatch.setattr(websocket, 'MESSAGE_BYTES_MAX', 100)
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        assert edge.next().payload == b'x' * 100


def test_half_a_connection_is_none():
    messages = []
    with asgi_edge(accepting(notes(messages))) as edge:
        opened(edge)
        edge.lane.send(lanes.render(lanes.CLIENT_END, 1))
        assert edge.answer().kinds == [END]
    assert messages == [{'type': 'websocket.disconnect', 'code': 1006, 'reason': ''}]


def test_an_application_that_raises_has_failed(log):
    async def handler(receive, send):
        await receive()
        raise ValueError('boom')

    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.lane.send(lanes.render(TEXT, 1, b'x'))
        assert 'ValueError: boom' in edge.answer().failure
    assert 'request id1 GET /: ValueError: boom' in log.take()


@pytest.mark.parametrize(
    'frame', [lanes.render(lanes.BODY, 1, b'x'), lanes.render(CLOSE, 1, b'x')], ids=['body', 'short']
)
def test_frames_that_a_websocket_does_not_have(frame):
    with asgi_edge(accepting(notes([]))) as edge:
        opened(edge)
        edge.lane.send(frame)
        assert edge.lane.ended()


def test_a_large_message_is_wanted_when_the_application_waits_and_has_received_all():
    async def handler(receive, send):
        entered.append(asyncio.get_running_loop().create_future())
        await entered[0]
        while True:
            message = await receive()
            if message['type'] == 'websocket.disconnect':
                return
            await send({'type': 'websocket.send', 'text': f'{len(message["text"])}'})

    entered = []
    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.lane.send(lanes.render(TEXT, 1, b'small'), lanes.render(lanes.WS_LARGE, 1))
        edge.ping()
        assert edge.lane.is_quiet()
        edge.worker.loop.call_soon_threadsafe(entered[0].set_result, None)
        assert edge.next().payload == b'5'
        assert edge.next().type == lanes.WS_WANTED
        edge.ping()
        assert edge.lane.is_quiet()
        # A receive() that waits already is asked for the message at once.
        edge.lane.send(lanes.render(lanes.WS_LARGE, 1))
        assert edge.next().type == lanes.WS_WANTED
        edge.lane.send(close_frame(1000))
        edge.answer()


def test_an_application_that_waits_has_given_credit_for_all_that_matters():
    async def handler(receive, send):
        while (await receive())['type'] != 'websocket.disconnect':
            pass

    with asgi_edge(accepting(handler)) as edge:
        opened(edge)
        edge.lane.send(lanes.render(TEXT, 1, b'x' * 5000))
        frame = edge.next()
        assert (frame.type, lanes.read_words(frame.payload)) == (lanes.WORKER_CREDIT, (5000 + lanes.PIECE_COST_BYTES,))
        edge.lane.send(lanes.render(TEXT, 1, b'x'))
        edge.ping()
        assert edge.lane.is_quiet()
        edge.lane.send(close_frame(1000))
        edge.answer()
