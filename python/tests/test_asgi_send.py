"""send() of an HTTP request: what leaves, when, and what is refused."""

import asyncio

import pytest

from asgi_edge import asgi_edge, ask, http_only, part, reply, start
from fake_edge import until
from portico_worker import lanes
from portico_worker.asgi.head import HEAD_MAX, find_head
from portico_worker.asgi.response import IGNORED_BYTES_MAX, WHOLE_BYTES_MAX
from portico_worker.asgi.stream import Turns
from portico_worker.failures import ClientGone

WHOLE, RESPONSE, DATA, END, FAILED = (
    lanes.RESPONSE_WHOLE,
    lanes.RESPONSE,
    lanes.DATA,
    lanes.END,
    lanes.FAILED,
)


def sending(*messages):
    async def application(scope, receive, send):
        for message in messages:
            await send(message)

    return application


def length(number):
    return [(b'content-length', b'%d' % number)]


@pytest.mark.parametrize('fields', [(), length(5)])
def test_the_commonest_answer_is_one_frame(fields):
    answer = ask(sending(start(200, fields), part(b'hello')))
    assert (answer.kinds, answer.status, answer.body) == ([WHOLE], '200', b'hello')
    assert answer.fields == [(name.decode(), value.decode()) for name, value in fields]


def test_keys_that_may_be_missing():
    answer = ask(sending({'type': 'http.response.start', 'status': 204}, {'type': 'http.response.body'}))
    assert (answer.kinds, answer.status, answer.body) == ([WHOLE], '204', b'')
    answer = ask(sending({'type': 'http.response.start', 'status': 200}, {'type': 'http.response.body'}))
    assert (answer.kinds, answer.body) == ([WHOLE], b'')


def test_keys_that_nobody_knows_do_no_harm():
    answer = ask(sending({**start(), 'x-extra': 1}, {**part(b'ok'), 'x-extra': [1]}))
    assert answer.body == b'ok'


@pytest.mark.parametrize('size', [WHOLE_BYTES_MAX, lanes.BODY_MAX, lanes.BODY_MAX + 1, 3 * lanes.BODY_MAX + 5])
@pytest.mark.parametrize('kind', [bytes, bytearray, memoryview])
def test_large_bodies_are_cut_into_frames(size, kind):
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]
    with asgi_edge(http_only(sending(start(200, length(size)), part(kind(data))))) as edge:
        edge.begin()
        edge.credit(4 * lanes.BODY_MAX)
        answer = edge.answer()
    assert answer.body == data
    assert all(len(frame.payload) <= lanes.BODY_MAX + 100 for frame in answer.frames)
    assert answer.is_whole


def test_every_block_leaves_at_once():
    async def application(scope, receive, send):
        await send(start())
        for number in range(3):
            await send(part(b'%d' % number, True))
            gates.append(asyncio.get_running_loop().create_future())
            await gates[-1]
        await send(part())

    gates = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        kinds = []
        for number in range(3):
            frame = edge.next()
            kinds.append(frame.type)
            assert frame.payload.endswith(b'%d' % number)
            until(lambda number=number: len(gates) > number)
            edge.worker.loop.call_soon_threadsafe(gates[number].set_result, None)
        assert edge.answer().kinds == [END]
    assert kinds == [RESPONSE, DATA, DATA]


def test_an_empty_first_block_sends_the_head():
    async def application(scope, receive, send):
        await send(start(200, [(b'content-type', b'text/event-stream')]))
        await send(part(b'', True))
        await receive()
        await receive()

    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        assert edge.next().type == RESPONSE
        edge.abort()
        assert edge.answer().kinds == [END]


@pytest.mark.parametrize(('method', 'status'), [('HEAD', 200), ('GET', 204), ('GET', 205), ('GET', 304), ('HEAD', 404)])
def test_bodies_that_are_not_sent(method, status):
    streamed = [part(b'one', True), part(b'two', True), part()]
    for bodies in ([part(b'hello')], streamed, [part(b'x' * 100_000)]):
        answer = ask(sending(start(status, length(5)), *bodies), method=method)
        assert (answer.kinds, answer.status, answer.body) == ([WHOLE], str(status), b'')
        assert answer.fields == [('content-length', '5')]


WRONG = {
    'body first': ([part(b'x')], RuntimeError, 'before http.response.start'),
    'two starts': ([start(), start(201)], RuntimeError, 'sent twice'),
    'start after a block': ([start(), part(b'x', True), start()], RuntimeError, 'sent twice'),
    'unknown': ([{'type': 'http.response.nonsense'}], ValueError, 'no message that an application can send'),
    'of a websocket': ([{'type': 'websocket.send', 'text': ''}], ValueError, 'no message that an application can send'),
    'without a type': ([{'status': 200}], TypeError, 'under the key "type"'),
    'of a wrong type': ([{'type': 5}], TypeError, 'under the key "type"'),
    'no dict': (['http.response.start'], TypeError, 'must be a dict'),
    'none': ([None], TypeError, 'must be a dict'),
    'status': ([start('200')], TypeError, 'must be an int'),
    'no status': ([{'type': 'http.response.start'}], TypeError, 'must be an int'),
    'headers': ([start(headers=[('a', 'b')])], TypeError, 'must be bytes'),
    'injected': ([start(headers=[(b'a', b'1\r\nb: 2')])], ValueError, 'control character'),
    'text': ([start(), part('text')], TypeError, '"body" must be bytes'),
    'none for a body': ([start(), part(None)], TypeError, '"body" must be bytes'),
    'trailers that were not announced': (
        [start(), part(b'x', True), {'type': 'http.response.trailers', 'headers': []}],
        RuntimeError,
        'its body was expected',
    ),
    'too little': ([start(200, length(10)), part(b'four')], Exception, 'fewer than its Content-Length of 10'),
    'too little, in blocks': (
        [start(200, length(10)), part(b'four', True), part(b'five')],
        Exception,
        'gave 8 bytes, fewer than its Content-Length of 10',
    ),
}


@pytest.mark.parametrize('name', WRONG)
def test_what_is_wrong_is_raised_in_the_application(name, log):
    messages, kind, words = WRONG[name]

    async def application(scope, receive, send):
        for message in messages[:-1]:
            await send(message)
        with pytest.raises(kind, match=words):
            await send(messages[-1])
        seen.append(True)
        await send(messages[-1])

    seen = []
    answer = ask(application)
    assert seen
    assert answer.kinds[-1] == FAILED
    assert words in answer.failure
    assert 'request id1 GET /' in log.take()


def test_an_application_that_mends_its_mistake_is_answered():
    async def application(scope, receive, send):
        for wrong in (part(b'x'), start('200'), {'type': 'nonsense'}):
            with pytest.raises((RuntimeError, TypeError, ValueError)):
                await send(wrong)
        await reply(send, b'mended')

    assert ask(application).body == b'mended'


def test_more_than_the_declared_length_is_cut_off(log):
    for bodies in (
        [part(b'bodyHTTP/1.1 200 OK')],
        [part(b'bo', True), part(b'dyHTTP', True), part(b'/1.1', True), part()],
    ):
        answer = ask(sending(start(200, length(4)), *bodies))
        assert (answer.body, answer.is_whole) == (b'body', True)
    text = log.take()
    assert text.count('more bytes than its Content-Length of 4') == 2
    assert 'Traceback' not in text


def test_blocks_up_to_the_declared_length():
    answer = ask(sending(start(200, length(4)), part(b'bo', True), part(b'dy', True), part()))
    assert (answer.body, answer.kinds[-1]) == (b'body', END)


def test_a_stream_waits_for_credit():
    async def application(scope, receive, send):
        await send(start())
        for _ in range(12):
            await send(part(bytes(65536), True))
            sent.append(65536)
        await send(part())

    sent = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.ping()
        assert sum(sent) == lanes.CREDIT_BYTES
        edge.credit(1 + 4 * lanes.PIECE_COST_BYTES)
        edge.ping()
        assert sum(sent) == lanes.CREDIT_BYTES + 65536
        edge.credit(65536 + lanes.PIECE_COST_BYTES)
        edge.ping()
        assert sum(sent) == lanes.CREDIT_BYTES + 2 * 65536
        edge.credit(1 << 20)
        answer = edge.answer()
    assert (len(answer.body), answer.kinds[-1]) == (12 * 65536, END)


def test_a_body_of_many_frames_waits_for_credit_too():
    with asgi_edge(http_only(sending(start(), part(bytes(1 << 20))))) as edge:
        edge.begin()
        edge.ping()
        assert len(edge.next().payload) == lanes.BODY_MAX + 7
        assert edge.lane.is_quiet()
        edge.credit(lanes.BODY_MAX)
        assert len(edge.next().payload) == lanes.BODY_MAX
        edge.credit(2 * lanes.BODY_MAX)
        assert len(edge.answer().body) == 2 * lanes.BODY_MAX


def test_large_bodies_of_many_requests_leave_whole():
    bodies = {stream: bytes([stream]) * (3 * lanes.BODY_MAX + stream) for stream in range(1, 21)}

    async def application(scope, receive, send):
        await send(start())
        await send(part(bodies[int(scope['path'][1:])]))

    with asgi_edge(http_only(application)) as edge:
        for stream in bodies:
            edge.begin(stream, path=f'/{stream}')
            edge.credit(4 * lanes.BODY_MAX, stream)
        for stream, body in reversed(bodies.items()):
            answer = edge.answer(stream)
            assert answer.body == body
            assert answer.kinds == [RESPONSE, DATA, DATA, DATA, END]


def test_who_waits_for_the_lane_has_its_turn_one_after_another():
    done, turns = [], Turns()

    async def take(name, times):
        for count in range(times):
            await turns.wait(is_first=count > 0)
            done.append(name)
            if count < times - 1:
                continue  # The lane was full again, so that the turn is not passed on.
            turns.pass_on()

    async def main():
        tasks = [asyncio.ensure_future(take(*one)) for one in (('a', 2), ('b', 1), ('c', 1), ('d', 1))]
        await asyncio.sleep(0)
        turns.pass_on()
        await asyncio.sleep(0)
        assert done == ['a']
        await asyncio.sleep(0)
        turns.pass_on()
        tasks[0].cancel()  # Before it has run: the turn is the next one's.
        tasks[2].cancel()
        await asyncio.sleep(0.01)
        assert [task.done() for task in tasks] == [True] * 4
        turns.pass_on()

    asyncio.run(main())
    assert done == ['a', 'b', 'd']


def wrapped(error):
    group = type('Group', (Exception,), {})('of tasks')
    group.exceptions = (error, error)
    return group


def raised_from(error):
    try:
        raise ValueError('disconnected') from error
    except ValueError as caught:
        return caught


RAISES = {
    'it leaves': lambda error: error,
    'as a cause': raised_from,
    'in a group': wrapped,
    'in a group of groups': lambda error: wrapped(wrapped(error)),
}


@pytest.mark.parametrize('name', RAISES)
def test_when_the_client_has_gone_send_raises_what_is_not_logged(name, log):
    async def application(scope, receive, send):
        await send(start())
        try:
            while True:
                await send(part(bytes(65536), True))
        except OSError as error:
            errors.append(error)
            with pytest.raises(ClientGone):
                await send(part(b'more', True))
        raise RAISES[name](errors[0])

    errors = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.ping()
        edge.abort()
        answer = edge.answer()
    assert answer.kinds[-1] in (END, FAILED)
    assert not answer.failure
    assert isinstance(errors[0], ClientGone)
    assert log.take() == ''


def test_a_fault_of_the_application_is_logged_though_the_client_has_gone(log):
    async def application(scope, receive, send):
        await receive()
        await receive()
        raise wrapped(KeyError('of its own'))

    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.ping()
        edge.abort()
        edge.answer()
    assert 'of its own' in log.take()


class ClientDisconnect(Exception):
    """Has the name by which frameworks call this exception."""


DEPARTURES = {
    'a return': lambda: None,
    'a cancellation': asyncio.CancelledError,
    "a framework's word": ClientDisconnect,
    'one that came of it': lambda: raised_from(ClientDisconnect()),
    'a group of them': lambda: wrapped(ClientDisconnect()),
}


@pytest.mark.parametrize('head', ['nothing', 'a head', 'a block'])
@pytest.mark.parametrize('how', ['aborted', 'half closed'])
@pytest.mark.parametrize('name', DEPARTURES)
def test_an_application_that_ends_because_its_client_has_left_is_not_logged(name, how, head, log):
    async def application(scope, receive, send):
        if head != 'nothing':
            await send(start())
        if head == 'a block':
            await send(part(b'x', True))
        while (await receive())['type'] != 'http.disconnect':
            pass
        error = DEPARTURES[name]()
        if error is not None:
            raise error

    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.ping()
        if how == 'aborted':
            edge.abort()
        else:
            edge.lane.send(lanes.render(lanes.CLIENT_END, 1))
        answer = edge.answer()
    assert answer.kinds[-1] in (END, FAILED)
    assert how == 'aborted' or answer.kinds[-1] == FAILED
    assert not answer.failure
    assert log.take() == ''


@pytest.mark.parametrize('error', [ClientDisconnect, asyncio.CancelledError])
def test_what_frameworks_raise_for_a_client_that_has_left_is_a_fault_while_it_is_there(error, log):
    async def application(scope, receive, send):
        raise error

    assert 'raise error' in ask(application).failure
    assert error.__name__ in log.take()


def test_a_fault_in_what_handles_the_departure_is_logged(log):
    async def application(scope, receive, send):
        await receive()
        await receive()
        try:
            await send(start())
        except OSError:
            {}['listener']

    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.ping()
        edge.abort()
        edge.answer()
    assert "KeyError: 'listener'" in log.take()


def test_a_response_to_nobody_raises_from_its_start():
    async def application(scope, receive, send):
        await receive()
        await receive()
        for message in (start(), part(b'x')):
            with pytest.raises(ClientGone):
                await send(message)
        seen.append(True)

    seen = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.ping()
        edge.abort()
        assert edge.answer().kinds == [END]
    assert seen


def test_what_follows_the_end_is_ignored(log):
    answer = ask(sending(*[start(), part(b'first'), part(b'SECOND', True), part(b'SECOND'), start(500), {'type': 'x'}]))
    assert (answer.kinds, answer.body) == ([WHOLE], b'first')
    assert log.take() == ''


def test_a_stream_that_does_not_end_with_its_response_is_told(log):
    async def application(scope, receive, send):
        await send(start())
        while True:
            await send(part(bytes(1000), True))
            sent.append(1000)

    sent = []
    with asgi_edge(http_only(application)) as edge:
        assert edge.ask(method='HEAD').kinds == [WHOLE]
        until(lambda: not edge.worker.lanes[0].streams)
    assert sum(sent) <= IGNORED_BYTES_MAX + 1000
    assert log.take() == ''


def test_hints_leave_before_the_response():
    links = [b'</a.css>; rel=preload', b'</b.js>; rel=preload']
    hint = {'type': 'http.response.early_hint', 'links': links}
    answer = ask(sending(start(), hint, part(b'ok', True), hint, part()))
    assert answer.kinds == [lanes.HINTS, RESPONSE, END]
    assert answer.frames[0].payload == b'link\0' + links[0] + b'\0link\0' + links[1]


def test_trailers_follow_the_body():
    fields = {'type': 'http.response.trailers', 'headers': [(b'x-sum', b'42')], 'more_trailers': True}
    last = {'type': 'http.response.trailers', 'headers': [(b'x-more', b'1')]}
    answer = ask(sending(start(trailers=True), part(b'body'), fields, last))
    assert answer.kinds == [RESPONSE, lanes.TRAILERS, END]
    assert answer.frames[1].payload == b'x-sum\x0042\0x-more\x001'
    answer = ask(sending(start(trailers=True), part(b'body'), {'type': 'http.response.trailers'}))
    assert answer.kinds == [RESPONSE, END]


def test_trailers_that_do_not_come(log):
    answer = ask(sending(start(trailers=True), part(b'body')))
    assert answer.kinds == [RESPONSE, FAILED]
    assert 'returned before its response was complete' in log.take()
    answer = ask(sending(start(trailers=True), part(b'body'), part(b'more')))
    assert 'only trailers may follow' in answer.failure


@pytest.mark.parametrize('development', [True, False])
def test_debug_and_push_do_not_disturb_the_response(development, log):
    debug = {'type': 'http.response.debug', 'info': {'template': 'a.html'}}
    push = {'type': 'http.response.push', 'path': '/', 'headers': []}
    application = http_only(sending(debug, start(), push, part(b'ok')))
    with asgi_edge(application, development=development) as edge:
        assert edge.ask().body == b'ok'
    assert ('a.html' in log.take()) is development


MANY = 80
"""Answers of 60 KB, more than twice what a socket takes that the worker asks of the kernel."""


@pytest.mark.parametrize('pieces', [1, 3])
def test_send_returns_when_the_kernel_has_the_answer(pieces):
    """An answer that is only in the memory of the worker would be lost with it, although the application believes that
    it was sent."""
    returned = []

    async def application(scope, receive, send):
        await send(start(200, length(60_000 * pieces)))
        for number in range(pieces):
            await send(part(b'x' * 60_000, number < pieces - 1))
        returned.append(scope['path'])

    with asgi_edge(http_only(application)) as edge:
        for number in range(1, MANY + 1):
            edge.begin(number, path=f'/{number}')
        until(lambda: edge.worker.lanes[0].is_paused)
        waiting = MANY - len(returned)
        for number in range(1, MANY + 1):
            assert len(edge.answer(number).body) == 60_000 * pieces
        until(lambda: len(returned) == MANY)
        assert waiting > MANY / 2


def test_who_waits_for_the_kernel_is_let_go_when_the_lane_is_lost():
    returned = []

    async def application(scope, receive, send):
        try:
            await reply(send, b'x' * 60_000)
        finally:
            returned.append(scope['path'])

    with asgi_edge(http_only(application)) as edge:
        for number in range(1, MANY + 1):
            edge.begin(number, path=f'/{number}')
        until(lambda: edge.worker.lanes[0].is_paused)
        assert len(returned) < MANY / 2
        edge.lane.socket.close()
        until(lambda: len(returned) == MANY)
        edge.requests = [edge.accept(0)]


def test_hints_wait_for_credit_as_bodies_do():
    async def application(scope, receive, send):
        for _ in range(2 * lanes.CREDIT_BYTES // lanes.PIECE_COST_BYTES):
            await send({'type': 'http.response.early_hint', 'links': [b'</a.css>']})
            sent.append(1)
        await send(start())
        await send(part(b'x'))

    sent = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.ping()
        assert len(sent) < lanes.CREDIT_BYTES // lanes.PIECE_COST_BYTES
        for _ in range(len(sent)):
            assert edge.next().type == lanes.HINTS
        edge.abort()
        edge.ping()


@pytest.mark.parametrize(
    'message',
    [
        part(b'', True),
        {'type': 'http.response.early_hint', 'links': []},
        {'type': 'http.response.trailers', 'headers': [], 'more_trailers': True},
    ],
)
def test_messages_that_send_nothing_let_others_run(message):
    async def application(scope, receive, send):
        gone = asyncio.Event()
        asyncio.get_running_loop().call_soon(gone.set)
        if 'hint' not in message['type']:
            await send({**start(), 'trailers': 'trailers' in message['type']})
            await send(part(b'x', 'body' in message['type']))
        while not gone.is_set():
            await send(message)
        if 'trailers' in message['type']:
            await send({'type': 'http.response.trailers'})
        elif 'hint' in message['type']:
            await send(start())
            await send(part(b'x'))
        else:
            await send(part())

    assert ask(http_only(application)).body == b'x'


def test_the_largest_head_leaves_room_for_a_piece_of_the_body_in_its_frame():
    headers = [(b'a', b'x' * (HEAD_MAX - 10))]
    with asgi_edge(http_only(sending(start(headers=headers), part(bytes(lanes.BODY_MAX))))) as edge:
        edge.begin()
        assert HEAD_MAX < len(edge.next().payload) <= lanes.PAYLOAD_MAX
    with pytest.raises(ValueError, match='is the most'):
        find_head(200, [(b'a', b'x' * HEAD_MAX)])
