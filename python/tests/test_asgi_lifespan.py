"""Startup before requests, shutdown after the last one, and applications without either."""

import asyncio
import time

import pytest

from asgi_edge import asgi_edge, reply
from fake_edge import until
from portico_worker import lanes
from portico_worker.asgi import worker

COMPLETE, DONE = {'type': 'lifespan.startup.complete'}, {'type': 'lifespan.shutdown.complete'}


class Site:
    """An application that notes what happens; `life` is what its lifespan does."""

    def __init__(self, life):
        self.life, self.events = life, []

    async def __call__(self, scope, receive, send):
        if scope['type'] == 'lifespan':
            self.events.append('scope')
            await self.life(self, scope, receive, send)
        else:
            self.events.append('request')
            await asyncio.sleep(0.01)
            await reply(send, b'hello')
            await asyncio.sleep(0.01)
            self.events.append('request has ended')

    async def start(self, receive):
        message = await receive()
        assert message == {'type': 'lifespan.startup'}
        self.events.append('startup')

    async def stop(self, receive):
        message = await receive()
        assert message == {'type': 'lifespan.shutdown'}
        self.events.append('shutdown')


async def good(site, scope, receive, send):
    assert scope == {'type': 'lifespan', 'asgi': {'version': '3.0', 'spec_version': '2.0'}, 'state': {}}
    await site.start(receive)
    await asyncio.sleep(0.02)
    site.events.append('complete')
    await send(COMPLETE)
    await site.stop(receive)
    await send(DONE)


def run(life, requests=1, **settings):
    """Runs a whole life of the worker; returns what the application has noted, and the exit code."""
    site = Site(life)
    with asgi_edge(site, **settings) as edge:
        for stream in range(1, requests + 1):
            assert edge.ask(stream).body == b'hello'
        edge.drain()
        return site.events, edge.ended(), edge.worker.said


ORDER = ['scope', 'startup', 'complete', 'request', 'request has ended', 'shutdown']


@pytest.mark.parametrize('mode', ['auto', 'on'])
def test_the_order_of_things(mode):
    assert run(good, lifespan=mode) == (ORDER, 0, [('ready', {'app': {'interface': 'asgi'}})])


def test_off_asks_nothing():
    assert run(good, lifespan='off')[:2] == (['request', 'request has ended'], 0)


def test_term_waits_for_what_runs_before_it_shuts_down():
    site = Site(good)
    with asgi_edge(site) as edge:
        edge.begin()
        until(lambda: 'request' in site.events)
        edge.worker.terminate()
        assert edge.answer().body == b'hello'
        assert edge.ended() == 0
    assert site.events == ORDER


async def refuses(site, scope, receive, send):
    raise NotImplementedError


async def refuses_in_words(site, scope, receive, send):
    raise ValueError('lifespan is none of ours')


async def returns(site, scope, receive, send):
    pass


async def raises(site, scope, receive, send):
    await site.start(receive)
    scope['state']['half'] = 'done'
    raise ValueError('no database')


async def trips(site, scope, receive, send):
    raise KeyError('headers')


WITHOUT = {
    refuses: '',
    refuses_in_words: '',
    returns: '',
    raises: 'ValueError: no database',
    trips: "KeyError: 'headers'",
}


@pytest.mark.parametrize('life', WITHOUT, ids=lambda life: life.__name__)
def test_an_application_without_a_lifespan_is_served(life, log):
    events, code, _ = run(life)
    assert events[-2:] == ['request', 'request has ended']
    assert code == 0
    text = log.take()
    assert WITHOUT[life] in text
    assert bool(text) == bool(WITHOUT[life])


async def fails(site, scope, receive, send):
    await site.start(receive)
    await send({'type': 'lifespan.startup.failed', 'message': 'Traceback:\n  …\nthe cupboard is bare\n'})


async def exits(site, scope, receive, send):
    raise SystemExit(1)


FAILING = [
    (fails, 'auto', 'the cupboard is bare', '  …'),
    (fails, 'on', 'the cupboard is bare', '  …'),
    (exits, 'auto', 'SystemExit: 1', 'Traceback'),
    (refuses, 'on', 'has no lifespan: NotImplementedError', 'Traceback'),
    (raises, 'on', 'ValueError: no database', 'Traceback'),
    (returns, 'on', 'has no lifespan: it returned', ''),
]


@pytest.mark.parametrize(('life', 'mode', 'words', 'more'), FAILING)
def test_an_application_that_cannot_start(life, mode, words, more):
    with asgi_edge(Site(life), accepts=False, lifespan=mode) as edge:
        assert edge.ended() == 3
        ((kind, values),) = edge.worker.said
    assert kind == 'worker-load-failed'
    assert words in values['error']
    assert '\n' not in values['error']
    assert more in values['traceback']


async def hangs(site, scope, receive, send):
    await site.start(receive)
    try:
        await asyncio.sleep(3600)
    finally:
        site.events.append('cancelled')


def test_term_ends_a_startup_that_hangs():
    site = Site(hangs)
    with asgi_edge(site, accepts=False) as edge:
        until(lambda: 'startup' in site.events)
        began = time.monotonic()
        edge.worker.terminate()
        assert edge.ended() == 0
        assert time.monotonic() - began < 2
        assert edge.worker.said == []
    assert site.events == ['scope', 'startup', 'cancelled']


def ending(end):
    async def life(site, scope, receive, send):
        await site.start(receive)
        await send(COMPLETE)
        await site.stop(receive)
        await end(send)

    return life


async def stop_fails(send):
    await send({'type': 'lifespan.shutdown.failed', 'message': 'the door is stuck'})


async def stop_raises(send):
    raise ValueError('shutdown went wrong')


async def stop_returns(send):
    pass


async def stop_goes_on(send):
    await send(DONE)
    await asyncio.sleep(3600)


ENDS = {
    stop_fails: 'the door is stuck',
    stop_raises: 'ValueError: shutdown went wrong',
    stop_returns: '',
    stop_goes_on: '',
}


@pytest.mark.parametrize('end', ENDS, ids=lambda end: end.__name__)
def test_shutdowns(end, log):
    events, code, _ = run(ending(end))
    assert (events[-1], code) == ('shutdown', 0)
    text = log.take()
    assert ENDS[end] in text
    assert bool(text) == bool(ENDS[end])


def test_a_shutdown_that_hangs_is_left(monkeypatch, log):
    async def hang(send):
        await asyncio.sleep(3600)

    monkeypatch.setattr(worker, 'SHUTDOWN_LEAST_S', 0.05)
    assert run(ending(hang), graceful_s=0.05)[:2][1] == 0
    assert "the application's shutdown was not done within" in log.take()


def test_a_lifespan_that_fails_while_requests_are_served(log):
    async def life(site, scope, receive, send):
        await site.start(receive)
        await send(COMPLETE)
        raise ValueError('in the middle')

    assert run(life)[1] == 0
    assert "the application's lifespan failed: ValueError: in the middle" in log.take()


def test_tasks_that_are_left_get_to_their_end(log):
    async def life(site, scope, receive, send):
        await site.start(receive)
        tasks.append(asyncio.get_running_loop().create_task(background(site)))
        await send(COMPLETE)
        await site.stop(receive)
        await send(DONE)

    async def background(site):
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            site.events.append('cleaned up')

    tasks = []
    assert run(life)[0][-2:] == ['shutdown', 'cleaned up']


@pytest.mark.parametrize(
    'message',
    [
        DONE,
        {'type': 'http.response.start'},
        {},
        'lifespan.startup.complete',
    ],
    ids=str,
)
def test_messages_at_the_wrong_time(message):
    async def life(site, scope, receive, send):
        await site.start(receive)
        with pytest.raises((RuntimeError, TypeError, ValueError)):
            await send(message)
        await send(COMPLETE)
        with pytest.raises(RuntimeError):
            await send(COMPLETE)
        with pytest.raises(RuntimeError):
            await send(DONE)
        await site.stop(receive)
        await send(DONE)
        site.events.append('all as it should be')

    assert run(life)[0][-1] == 'all as it should be'


def test_ready_is_said_after_startup():
    async def life(site, scope, receive, send):
        await site.start(receive)
        assert edges[0].worker.said == []
        await good_end(site, receive, send)

    async def good_end(site, receive, send):
        await send(COMPLETE)
        await site.stop(receive)
        await send(DONE)

    edges = []
    site = Site(life)

    async def application(scope, receive, send):
        while not edges:
            await asyncio.sleep(0.001)
        await site(scope, receive, send)

    with asgi_edge(application, accepts=False) as edge:
        edges.append(edge)
        edge.requests.append(edge.accept(0))
        until(lambda: edge.worker.said)
        assert edge.worker.said[0][0] == 'ready'
        edge.lane.send(lanes.render(lanes.DRAIN, 0))
        assert edge.ended() == 0
    assert site.events[-1] == 'shutdown'


def test_a_stream_that_does_not_end_in_time_does_not_cost_the_shutdown():
    async def application(scope, receive, send):
        if scope['type'] == 'lifespan':
            await receive()
            await send(COMPLETE)
            await receive()
            events.append('shutdown')
            await send(DONE)
            return
        events.append('request')
        try:
            await asyncio.sleep(3600)
        finally:
            events.append('cancelled')

    events = []
    with asgi_edge(application) as edge:
        edge.begin()
        until(lambda: events)
        edge.worker.loop.call_soon_threadsafe(edge.worker.finish, 0.05, 'stopping')
        assert edge.worker.has_left.wait(5)
    assert (edge.worker.code, events) == (0, ['request', 'cancelled', 'shutdown'])


def test_a_lane_that_an_ended_edge_will_never_close_does_not_hold_the_worker():
    """The edge has gone while the rest of a request runs, and a worker that dials meets a socket from which nobody
    accepts."""

    async def application(scope, receive, send):
        assert scope['type'] == 'http'
        await reply(send, b'')
        await asyncio.sleep(0.5)
        events.append('done')

    events = []
    with asgi_edge(application) as edge:
        assert edge.ask().is_whole
        edge.lane.socket.close()
        until(lambda: edge.worker.lost and not edge.worker.lanes[0].is_lost)
        began = time.monotonic()
        edge.worker.terminate()
        assert edge.worker.has_left.wait(5)
        assert time.monotonic() - began < 4
    assert (edge.worker.code, events) == (0, ['done'])
