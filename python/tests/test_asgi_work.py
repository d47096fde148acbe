"""Tasks that live beside requests when the worker ends: which of them are waited for."""

import asyncio
import time

import pytest

from asgi_edge import asgi_edge, reply
from portico_worker.asgi import work

COMPLETE, DONE = {'type': 'lifespan.startup.complete'}, {'type': 'lifespan.shutdown.complete'}


class Site:
    def __init__(self, at_request, at_startup=None):
        self.at_request, self.at_startup, self.events, self.tasks = at_request, at_startup, [], []

    def begin(self, coroutine):
        self.tasks.append(asyncio.get_running_loop().create_task(coroutine))

    async def __call__(self, scope, receive, send):
        if scope['type'] == 'lifespan':
            await receive()
            if self.at_startup:
                self.begin(self.at_startup(self))
            await send(COMPLETE)
            await receive()
            self.events.append('shutdown')
            await send(DONE)
            return
        self.begin(self.at_request(self))
        await reply(send, b'')


async def finite(site):
    await asyncio.sleep(0.2)
    site.events.append('done')


async def endless(site):
    while True:
        await asyncio.sleep(0.01)


async def beginning_another(site):
    await asyncio.sleep(0.05)
    site.begin(finite(site))


def run(site, **settings):
    """Runs a life with one request; returns what it has noted, and how long its end took."""
    with asgi_edge(site, **settings) as edge:
        assert edge.ask().is_whole
        edge.drain()
        began = time.monotonic()
        assert edge.ended() == 0
        return site.events, time.monotonic() - began


@pytest.mark.parametrize('at_request', [finite, beginning_another, lambda site: asyncio.wait_for(finite(site), 5)])
def test_work_that_a_request_has_begun_is_waited_for(at_request):
    assert run(Site(at_request))[0] == ['done', 'shutdown']


def test_what_startup_has_begun_is_not():
    events, took = run(Site(finite, endless))
    assert events == ['done', 'shutdown']
    assert took < 3


def test_what_a_library_has_begun_is_not(monkeypatch):
    monkeypatch.setattr(work, 'is_of_application', lambda path: False)
    events, took = run(Site(endless))
    assert events == ['shutdown']
    assert took < 3


def test_what_is_not_done_in_time_is_named(log):
    events, _ = run(Site(endless), graceful_s=0.1)
    assert events == ['shutdown']
    assert 'tasks of requests are cancelled that were not done in time (--graceful-timeout): endless (' in log.take()


@pytest.mark.parametrize(
    'waits', [lambda: asyncio.Event().wait(), lambda: asyncio.Queue().get(), lambda: asyncio.sleep(60)]
)
def test_waiting_alone_is_no_work(waits):
    """Such are the tasks that a consumer gives to asyncio.wait."""
    events, took = run(Site(lambda site: waits()))
    assert events == ['shutdown']
    assert took < 3
