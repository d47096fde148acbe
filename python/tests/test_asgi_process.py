"""The asynchronous worker as a process, forked by a zygote."""

import os
import shutil
import signal

import pytest

from asgi_edge import request_frame
from fake_edge import request_frame as wsgi_request_frame
from fake_edge import until
from portico_worker import lanes
from site_under_zygote import fields, is_alive, kill, wait_for_start, write_app


@pytest.fixture
def asgi_site(site):
    shutil.copy(os.path.join(os.path.dirname(__file__), 'asgi_process_app.py'), os.path.join(site.site, 'asgi_app.py'))
    write_app(site, 'raise ImportError("not here")', 'uvloop')
    return site


def begin(site, app='asgi_app:application', **values):
    site.start(app, **values)
    return site.hear('loaded')


def ready(site, worker=1, slot=0):
    """The lane of a worker that is ready."""
    site.spawn(worker, slot)
    lane = site.accept(0)
    site.facts = site.hear('ready')
    return lane


def ask(lane, path='/', stream=1):
    lane.send(request_frame(stream, path=path))
    return lane.answer()


@pytest.mark.parametrize('preload', ['auto', 'always', 'never'])
def test_from_start_to_drain(asgi_site, preload):
    site = asgi_site
    loaded = begin(site, preload=preload)
    assert loaded['preloaded'] is (preload != 'never')
    lane = ready(site)
    assert (site.facts['app']['app'], site.facts['app']['interface']) == ('asgi_app:application', 'asgi')
    answer = ask(lane)
    imported_by = site.process.pid if preload != 'never' else site.pids[1]
    assert fields(answer) == {'x-pid': str(site.pids[1]), 'x-imported': str(imported_by), 'x-worker': 'w1'}
    lane.send(lanes.render(lanes.DRAIN, 0))
    lane.close_after_rest()
    exited = site.hear('exited')
    assert (exited['code'], exited['signal']) == (0, None)
    assert 'the lifespan was shut down' in site.log(until='shut down')
    site.say('stop')
    assert site.exit_code() == 0
    assert site.zygote_output() == ''


def test_term_finishes_what_runs(asgi_site):
    begin(asgi_site)
    lane = ready(asgi_site)
    assert ask(lane, '/at_exit', 1).is_whole
    lane.send(request_frame(9, path='/naps'))
    wait_for_start(asgi_site)
    asgi_site.say('signal', worker=1, signal=int(signal.SIGTERM))
    assert lane.answer().is_whole
    asgi_site.hear('retire')
    assert asgi_site.hear('exited')['code'] == 0
    text = asgi_site.log(until='the exit handler ran')
    assert text.index('the lifespan was shut down') < text.index('the exit handler ran')


def test_term_is_heard_while_the_application_is_idle(asgi_site):
    begin(asgi_site)
    ready(asgi_site)
    kill(asgi_site.pids[1], signal.SIGTERM)
    asgi_site.hear('retire')
    assert asgi_site.hear('exited')['code'] == 0


STARTS = {
    'fails': """
        async def application(scope, receive, send):
            await receive()
            await send({'type': 'lifespan.startup.failed', 'message': 'the cupboard is bare'})
    """,
    'hangs': """
        import asyncio, atexit
        async def application(scope, receive, send):
            await receive()
            print('hanging')
            await asyncio.sleep(60)
    """,
    'imports slowly': """
        import time
        print('importing')
        time.sleep(0.5)
        from asgi_app import application
    """,
}


def test_a_startup_that_fails(asgi_site):
    write_app(asgi_site, STARTS['fails'])
    begin(asgi_site, 'other:application')
    asgi_site.spawn()
    failed = asgi_site.hear('worker-load-failed')
    assert (failed['worker'], failed['error']) == (1, "the application's startup failed: the cupboard is bare")
    assert asgi_site.hear('exited')['code'] == 3


@pytest.mark.parametrize(('name', 'words'), [('hangs', 'hanging'), ('imports slowly', 'importing')])
def test_term_before_the_worker_is_ready(asgi_site, name, words):
    write_app(asgi_site, STARTS[name])
    begin(asgi_site, 'other:application', preload='never')
    asgi_site.spawn()
    asgi_site.log(until=words)
    kill(asgi_site.pids[1], signal.SIGTERM)
    assert asgi_site.hear('exited')['code'] == 0


@pytest.mark.parametrize('path', ['/sleeps', '/blocks'])
def test_it_ends_with_its_zygote(asgi_site, path):
    begin(asgi_site)
    lane = ready(asgi_site)
    lane.send(request_frame(9, path=path))
    wait_for_start(asgi_site)
    kill(asgi_site.process.pid)
    until(lambda: not is_alive(asgi_site.pids[1]))


def test_deaths_are_told(asgi_site):
    begin(asgi_site)
    for worker, (path, code, number, words) in enumerate(
        [('/dies', 7, None, ''), ('/crashes', None, 'SIGSEGV', 'in crashes')], 1
    ):
        lane = ready(asgi_site, worker, worker)
        lane.send(request_frame(9, path=path))
        wait_for_start(asgi_site, worker)
        exited = asgi_site.hear('exited')
        assert (exited['code'], exited['signal']) == (code, number)
        assert words in asgi_site.log(worker, until=words)


def test_the_traceback_of_a_stuck_worker(asgi_site):
    begin(asgi_site)
    lane = ready(asgi_site)
    lane.send(request_frame(9, path='/blocks'))
    wait_for_start(asgi_site)
    kill(asgi_site.pids[1], signal.SIGUSR2)
    assert 'in blocks' in asgi_site.log(until='in blocks')


def test_all_output_reaches_the_log(asgi_site):
    begin(asgi_site)
    assert ask(ready(asgi_site), '/prints').is_whole
    assert 'printed words \\udcff \u20ac\n' in asgi_site.log(until='no end of line')


def test_programs_can_be_run(asgi_site):
    begin(asgi_site)
    assert ask(ready(asgi_site), '/runs_a_program').body == b'from a child\n'


def test_a_child_that_comes_back_does_not_serve(asgi_site):
    begin(asgi_site)
    lane = ready(asgi_site)
    assert ask(lane, '/forks').body == b'0'
    assert lane.is_quiet()
    assert ask(lane, stream=2).is_whole


def test_a_child_does_not_hold_the_lanes_of_a_dead_worker(asgi_site):
    begin(asgi_site)
    lane = ready(asgi_site)
    child = int(ask(lane, '/leaves_child').body)
    kill(asgi_site.pids[1])
    assert lane.ended()
    assert is_alive(child)
    kill(child)


def test_the_event_loop_that_the_import_has_made_is_used(asgi_site):
    source = """
        import asyncio
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        async def work():
            await asyncio.sleep(0)
            return b'done'
        task = loop.create_task(work())
        async def application(scope, receive, send):
            assert scope['type'] == 'http'
            await send({'type': 'http.response.start', 'status': 200})
            await send({'type': 'http.response.body', 'body': await task})
    """
    write_app(asgi_site, source)
    begin(asgi_site, 'other', preload='never')
    assert ask(ready(asgi_site)).body == b'done'


def test_uvloop_is_used_where_it_is_installed(asgi_site):
    source = """
        import asyncio
        class Loop(asyncio.SelectorEventLoop): pass
        def new_event_loop(): return Loop()
    """
    write_app(asgi_site, source, 'uvloop')
    begin(asgi_site)
    assert ask(ready(asgi_site), '/loop_name').body == b'uvloop.Loop'


@pytest.mark.parametrize('loop', ['auto', 'asyncio'])
def test_asyncio_is_used_where_it_is_not(asgi_site, loop):
    if loop == 'asyncio':
        write_app(asgi_site, 'def new_event_loop(): raise AssertionError', 'uvloop')
    begin(asgi_site, loop=loop)
    assert ask(ready(asgi_site), '/loop_name').body.startswith(b'asyncio.')


def test_uvloop_that_was_asked_for_and_is_missing(asgi_site):
    begin(asgi_site, loop='uvloop')
    asgi_site.spawn()
    assert 'uvloop is not installed' in asgi_site.hear('worker-load-failed')['error']
    assert asgi_site.hear('exited')['code'] == 3


def test_two_workers_each_have_a_lifespan(asgi_site):
    begin(asgi_site)
    first, second = ready(asgi_site, 1, 0), ready(asgi_site, 2, 1)
    assert [lane.hello['slot'] for lane in (first, second)] == [0, 1]
    for lane in (first, second):
        lane.send(lanes.render(lanes.DRAIN, 0))
        lane.close_after_rest()
    assert {asgi_site.hear('exited')['code'] for _ in range(2)} == {0}
    for worker in (1, 2):
        assert 'the lifespan was shut down' in asgi_site.log(worker, until='shut down')


def test_a_wsgi_site_imports_no_asyncio(site):
    source = """
        import sys
        def application(environ, start):
            start('200 OK', [])
            return [str('asyncio' in sys.modules).encode()]
    """
    write_app(site, source)
    site.start('other')
    site.hear('loaded')
    ((_, lane),) = site.spawn_ready().items()
    lane.send(wsgi_request_frame(1))
    assert lane.answer().body == b'False'
