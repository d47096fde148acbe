"""Applications that misbehave: each fails alone, and the log says why."""

import asyncio
import contextvars

import pytest

from asgi_edge import asgi_edge, ask, http_only, part, reply, start
from fake_edge import until
from portico_worker import lanes

FAILED, RESPONSE = lanes.FAILED, lanes.RESPONSE


async def before_start(send):
    raise ValueError('boom')


async def after_start(send):
    await send(start())
    raise ValueError('boom')


async def in_the_body(send):
    await send(start())
    await send(part(b'half', True))
    await asyncio.sleep(0)
    raise ValueError('boom')


async def nothing(send):
    pass


async def only_a_start(send):
    await send(start())


async def half(send):
    await send(start())
    await send(part(b'half', True))


async def exits(send):
    raise SystemExit(3)


async def interrupts(send):
    raise KeyboardInterrupt


async def is_cancelled(send):
    raise asyncio.CancelledError


async def cancels_itself(send):
    asyncio.current_task().cancel()
    await asyncio.sleep(1)


CASES = {
    before_start: ([FAILED], 'ValueError: boom'),
    after_start: ([FAILED], 'ValueError: boom'),
    in_the_body: ([RESPONSE, FAILED], 'ValueError: boom'),
    nothing: ([FAILED], 'returned without having sent a response'),
    only_a_start: ([FAILED], 'returned before its response was complete'),
    half: ([RESPONSE, FAILED], 'returned before its response was complete'),
    exits: ([FAILED], 'SystemExit: 3'),
    interrupts: ([FAILED], 'KeyboardInterrupt'),
    is_cancelled: ([FAILED], 'CancelledError'),
    cancels_itself: ([FAILED], 'CancelledError'),
}


@pytest.mark.parametrize('case', CASES, ids=lambda case: case.__name__)
def test_the_request_fails_and_the_worker_goes_on(case, log):
    async def application(scope, receive, send):
        if scope['path'] == '/good':
            await reply(send, b'good')
        else:
            await case(send)

    kinds, words = CASES[case]
    with asgi_edge(http_only(application)) as edge:
        answer = edge.ask(1, path='/bad', query='secret=1', request_id='abc')
        assert edge.ask(2, path='/good').body == b'good'
    assert answer.kinds == kinds
    assert words in answer.failure
    text = log.take()
    assert text.startswith('request abc GET /bad: ')
    assert words in text
    assert 'secret' not in text


def test_what_fails_after_the_response_is_logged(log):
    async def application(scope, receive, send):
        await reply(send, b'done')
        raise ValueError('in the background')

    assert ask(application).kinds == [lanes.RESPONSE_WHOLE]
    assert 'ValueError: in the background' in log.take()


def test_a_task_of_the_application_that_exits_does_not_end_the_worker(log):
    async def exit_now():
        raise SystemExit(5)

    async def application(scope, receive, send):
        tasks.append(asyncio.get_running_loop().create_task(exit_now()))
        await asyncio.sleep(0.01)
        await reply(send, b'alive')

    tasks = []
    with asgi_edge(http_only(application)) as edge:
        assert edge.ask(1).body == b'alive'
        assert edge.ask(2).body == b'alive'
    assert 'SystemExit: 5' in log.take()


def test_an_application_that_stops_the_loop_does_not_end_the_worker():
    async def application(scope, receive, send):
        asyncio.get_running_loop().stop()
        await asyncio.sleep(0.01)
        await reply(send, b'alive')

    with asgi_edge(http_only(application)) as edge:
        assert edge.ask(1).body == b'alive'
        assert edge.ask(2).body == b'alive'


@pytest.mark.parametrize('raises', [False, True])
def test_a_task_that_is_left_cannot_send_on_a_stream_that_has_ended(raises, log):
    async def flood(send):
        try:
            while True:
                await send(part(bytes(65536), True))
        except OSError as error:
            errors.append(error)

    async def application(scope, receive, send):
        await send(start())
        tasks.append(asyncio.create_task(flood(send)))
        for _ in range(5):
            await asyncio.sleep(0)
        if raises:
            raise ValueError('boom')

    tasks, errors = [], []
    with asgi_edge(http_only(application)) as edge:
        assert edge.ask().kinds[-1] == FAILED
        until(lambda: errors)
        edge.credit(1 << 20)
        edge.ping()
        assert edge.lane.is_quiet()


def test_two_that_send_at_once_do_not_send_after_the_end():
    async def large(send):
        try:
            await send(part(bytes(1 << 20), True))
        except OSError as error:
            errors.append(error)

    async def application(scope, receive, send):
        await send(start())
        await send(part(bytes(lanes.CREDIT_BYTES), True))
        task = asyncio.create_task(large(send))
        await asyncio.sleep(0)
        await send(part())
        await task

    errors = []
    with asgi_edge(http_only(application)) as edge:
        assert edge.ask().kinds[-1] == lanes.END
        until(lambda: errors)
        edge.ping()
        assert edge.lane.is_quiet()


def test_what_cannot_be_awaited(log):
    def application(scope, receive, send):
        return 5

    with asgi_edge(application) as edge:
        assert 'TypeError' in edge.ask().failure
    assert "can't be" in log.take()


VARIABLE = contextvars.ContextVar('VARIABLE', default='unset')


@pytest.mark.parametrize('loop', ['asyncio', 'factory'])
def test_each_request_has_a_copy_of_the_context_of_startup(loop):
    async def application(scope, receive, send):
        if scope['type'] == 'lifespan':
            await receive()
            VARIABLE.set('from startup')
            if loop == 'factory':
                asyncio.get_running_loop().set_task_factory(make_task)
            await send({'type': 'lifespan.startup.complete'})
            await receive()
            return
        seen.append(VARIABLE.get())
        VARIABLE.set('from a request')
        await reply(send, asyncio.current_task().__class__.__name__.encode())

    class Made(asyncio.Task):
        pass

    def make_task(loop, coroutine, **options):
        return Made(coroutine, loop=loop, **options)

    seen = []
    with asgi_edge(application) as edge:
        for stream in (1, 2, 3):
            assert edge.ask(stream).body == (b'Made' if loop == 'factory' else b'Task')
        edge.requests[0].socket.close()
        edge.requests[0] = edge.accept(0)
        edge.ask(1)
    assert seen == ['from startup'] * 4


def test_hundreds_run_at_the_same_time():
    async def application(scope, receive, send):
        nonlocal running
        running += 1
        while running < 300:
            await asyncio.sleep(0.001)
        await reply(send, scope['path'].encode())

    running = 0
    with asgi_edge(http_only(application)) as edge:
        for stream in range(1, 301):
            edge.begin(stream, path=f'/{stream}')
        for stream in range(300, 0, -1):
            assert edge.answer(stream).body == b'/%d' % stream


def test_tasks_that_only_the_event_loop_knows_are_kept():
    async def application(scope, receive, send):
        import gc

        gc.collect()
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, future.set_result, None)
        gc.collect()
        await future
        await reply(send, b'kept')

    assert ask(application).body == b'kept'


def test_development_has_the_debug_mode_of_asyncio():
    async def application(scope, receive, send):
        await reply(send, str(asyncio.get_running_loop().get_debug()).encode())

    for development in (True, False):
        with asgi_edge(http_only(application), development=development) as edge:
            assert edge.ask().body == str(development).encode()


def test_nothing_of_a_request_is_left():
    async def application(scope, receive, send):
        scope['thing'] = Thing()
        await receive()
        await reply(send, b'')

    class Thing:
        def __del__(self):
            freed.append(True)

    freed = []
    with asgi_edge(http_only(application)) as edge:
        edge.ask()
        until(lambda: freed)
        assert not edge.worker.lanes[0].streams
