"""receive() of an HTTP request: the body as it comes, and the end of the client."""

import asyncio
import threading

import pytest

from asgi_edge import asgi_edge, ask, http_only, part, reply, start
from fake_edge import until
from portico_worker import lanes

MORE, EXPECT = lanes.FLAG_MORE, lanes.FLAG_MORE | lanes.FLAG_EXPECT


class Receiver:
    """An application that notes the messages that it receives, as often as the test lets it."""

    def __init__(self, count):
        self.count, self.messages = count, []

    async def __call__(self, scope, receive, send):
        for _ in range(self.count):
            self.messages.append(await receive())
        await reply(send, b'done')

    def parts(self):
        return [(message.get('body'), message.get('more_body')) for message in self.messages]


async def read_body(receive):
    body, more = b'', True
    while more:
        message = await receive()
        body, more = body + message['body'], message['more_body']
    return body


DISCONNECT = {'type': 'http.disconnect'}


def test_without_a_body_there_is_one_empty_message():
    receiver = Receiver(1)
    assert ask(receiver).body == b'done'
    assert receiver.messages == [{'type': 'http.request', 'body': b'', 'more_body': False}]


@pytest.mark.parametrize(
    ('sent', 'received'),
    [
        ([(b'ab', False), (b'cd', True)], [(b'ab', True), (b'cd', False)]),
        ([(b'ab', False), (b'', True)], [(b'ab', True), (b'', False)]),
        ([(b'', True)], [(b'', False)]),
        ([(b'ab', True)], [(b'ab', False)]),
        ([(b'', False), (b'ab', True)], [(b'ab', False)]),
    ],
)
def test_a_body_comes_in_the_parts_in_which_it_was_sent(sent, received):
    receiver = Receiver(len(received))
    with asgi_edge(http_only(receiver)) as edge:
        edge.begin(flags=MORE)
        for at, (data, is_last) in enumerate(sent, 1):
            edge.body(data, is_last=is_last)
            if not is_last and data:
                until(lambda at=at: len(receiver.messages) == at)
        assert edge.answer().body == b'done'
    assert receiver.parts() == received


def test_what_has_come_before_it_is_received_is_one_part():
    gate = asyncio.Event
    receiver = Receiver(1)

    async def late(scope, receive, send):
        nonlocal gate
        gate = asyncio.Event()
        entered.append(asyncio.get_running_loop())
        await gate.wait()
        await receiver(scope, receive, send)

    entered = []
    with asgi_edge(http_only(late)) as edge:
        edge.begin(flags=MORE)
        until(lambda: entered)
        edge.body(b'ab')
        edge.body(b'cd')
        edge.body(b'', is_last=True)
        edge.ping()
        entered[0].call_soon_threadsafe(gate.set)
        assert edge.answer().body == b'done'
    assert receiver.parts() == [(b'abcd', False)]


def test_a_loop_that_receives_lets_others_run():
    async def application(scope, receive, send):
        entered.append(asyncio.get_running_loop().create_future())
        await entered[0]
        received = 0
        asyncio.get_running_loop().call_soon(other_ran.set)
        while not other_ran.is_set():
            await receive()
            received += 1
        await reply(send, b'%d' % received)

    entered, other_ran = [], threading.Event()
    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=MORE)
        for _ in range(3000):
            edge.body(b'x')
        edge.ping()
        edge.worker.loop.call_soon_threadsafe(entered[0].set_result, None)
        # By then the application waits for more, and without an end would wait for ever.
        assert other_ran.wait(10)
        edge.body(b'y')
        assert edge.answer().body in (b'1', b'2')


def test_it_waits_at_the_end_of_the_body_until_the_client_goes():
    receiver = Receiver(4)
    with asgi_edge(http_only(receiver)) as edge:
        edge.begin()
        edge.ping()
        assert len(receiver.messages) == 1
        edge.abort()
        assert not edge.answer().failure
    assert receiver.messages[1:] == [DISCONNECT] * 3


def test_what_was_not_received_when_the_client_goes_is_not_received():
    async def application(scope, receive, send):
        entered.append(asyncio.get_running_loop().create_future())
        await entered[0]
        messages.append(await receive())

    entered, messages = [], []
    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=MORE)
        edge.body(b'half')
        edge.abort()
        edge.ping()
        edge.worker.loop.call_soon_threadsafe(entered[0].set_result, None)
        edge.answer()
    assert messages == [DISCONNECT]


def test_after_the_response_it_gives_the_end():
    async def application(scope, receive, send):
        await reply(send, b'done')
        messages.extend([await receive(), await receive()])

    messages = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=MORE)
        assert edge.answer().body == b'done'
        edge.body(b'ignored')
        edge.ping()
    assert messages == [DISCONNECT] * 2


def test_a_receive_that_waits_hears_of_the_end_of_the_response():
    async def application(scope, receive, send):
        await receive()
        waiting = asyncio.create_task(receive())
        await asyncio.sleep(0)
        for message in sent[scope['path']]:
            await send(message)
        messages.append(await waiting)

    sent = {
        '/whole': [start(), part(b'x')],
        '/blocks': [start(), part(b'x', True), part()],
        '/large': [start(), part(b'x' * 100_000)],
    }
    messages = []
    with asgi_edge(http_only(application)) as edge:
        for stream, path in enumerate(sent, 1):
            assert edge.ask(stream, path=path).is_whole
            edge.ping()
            assert messages == [DISCONNECT] * stream


@pytest.mark.parametrize('flags', [0, MORE])
def test_a_client_that_has_ended_its_side_is_gone_for_receive_and_not_for_send(flags):
    async def application(scope, receive, send):
        gates.append(asyncio.get_running_loop().create_future())
        await gates[0]
        messages.extend([await receive() for _ in range(3)])
        await send(start())
        await send(part(b'still ', True))
        await send(part(b'here'))

    gates, messages = [], []
    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=flags)
        if flags:
            edge.body(b'body', is_last=True)
        edge.lane.send(lanes.render(lanes.CLIENT_END, 1))
        edge.ping()
        edge.worker.loop.call_soon_threadsafe(gates[0].set_result, None)
        assert edge.answer().body == b'still here'
    first = {'type': 'http.request', 'body': b'body' if flags else b'', 'more_body': False}
    assert messages == [first, DISCONNECT, DISCONNECT]


def test_a_receive_that_waits_hears_that_the_client_has_ended_its_side():
    receiver = Receiver(2)
    with asgi_edge(http_only(receiver)) as edge:
        edge.begin()
        edge.ping()
        edge.lane.send(lanes.render(lanes.CLIENT_END, 1))
        assert edge.answer().body == b'done'
    assert receiver.messages[1] == DISCONNECT


def test_a_receive_that_is_cancelled_loses_nothing_and_leaves_nothing():
    async def application(scope, receive, send):
        for _ in range(20):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(receive(), 0.001)
        (stream,) = edge.worker.lanes[0].streams.values()
        left.append(len(stream.waiters._futures))
        await reply(send, await read_body(receive))

    left = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=MORE)
        until(lambda: left)
        edge.body(b'bo')
        edge.body(b'dy', is_last=True)
        assert edge.answer().body == b'body'
    assert left == [0]


def test_several_may_wait_for_the_end():
    async def application(scope, receive, send):
        await receive()
        messages.extend(await asyncio.gather(receive(), receive()))

    messages = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.ping()
        edge.abort()
        edge.answer()
    assert messages == [DISCONNECT] * 2


def test_it_is_a_coroutine_function():
    async def application(scope, receive, send):
        message = await asyncio.create_task(receive())
        await asyncio.create_task(send(start()))
        await asyncio.gather(send(part(message['body'])))

    assert ask(application).status == '200'


def test_the_body_is_asked_for_when_the_application_receives():
    async def application(scope, receive, send):
        entered.append(asyncio.get_running_loop().create_future())
        await entered[0]
        await reply(send, await read_body(receive))

    entered = []
    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=EXPECT)
        edge.ping()
        edge.worker.loop.call_soon_threadsafe(entered[0].set_result, None)
        frame = edge.next()
        assert (frame.type, list(lanes.read_words(frame.payload))) == (lanes.WORKER_CREDIT, [0])
        edge.body(b'bo')
        edge.body(b'dy', is_last=True)
        answer = edge.answer()
        assert (answer.kinds, answer.body) == ([lanes.RESPONSE_WHOLE], b'body')


def test_a_body_that_nobody_wants_is_not_asked_for():
    async def application(scope, receive, send):
        await reply(send, b'too large', 413)

    assert ask(application, flags=EXPECT).kinds == [lanes.RESPONSE_WHOLE]


def test_credit_is_given_for_what_was_received():
    async def application(scope, receive, send):
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message['body']), message['more_body']
        await reply(send, b'%d' % size)

    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=MORE)
        left, given, sent, cost = lanes.CREDIT_BYTES, 0, 0, 0
        while sent < 3_000_000:
            while left <= 0:
                frame = edge.next()
                assert frame.type == lanes.WORKER_CREDIT
                left += lanes.read_words(frame.payload)[0]
                given += lanes.read_words(frame.payload)[0]
            edge.body(bytes(100_000))
            left, sent, cost = left - 100_064, sent + 100_000, cost + 100_064
        edge.body(b'', is_last=True)
        assert edge.answer().body == b'3000000'
    assert cost - 2 * lanes.CREDIT_BYTES <= given <= cost


def test_each_part_costs_credit_beside_its_bytes():
    async def application(scope, receive, send):
        await asyncio.sleep(60)

    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=MORE)
        for _ in range(lanes.CREDIT_BYTES // (1 + lanes.PIECE_COST_BYTES)):
            edge.body(b'x')
        edge.ping()
        edge.body(b'x')
        edge.ping()
        edge.body(b'x')
        assert edge.lane.ended()
        edge.worker.loop.call_soon_threadsafe(cancel_all, edge)


def test_an_edge_that_sends_more_than_it_may_loses_the_lane():
    async def application(scope, receive, send):
        await asyncio.sleep(60)

    with asgi_edge(http_only(application)) as edge:
        edge.begin(flags=MORE)
        edge.body(bytes(lanes.CREDIT_BYTES))
        edge.ping()
        edge.body(b'x')
        assert edge.lane.ended()
        edge.worker.loop.call_soon_threadsafe(cancel_all, edge)


def cancel_all(edge):
    for lane in (*edge.worker.lanes.values(), *edge.worker.lost):
        for stream in lane.streams.values():
            stream.task.cancel()


def test_a_body_without_more_is_a_fault():
    with asgi_edge(http_only(Receiver(2))) as edge:
        edge.begin()
        edge.body(b'x')
        assert edge.lane.ended()
