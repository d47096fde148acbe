"""Zygote and workers as processes."""

import os
import signal
import textwrap

import pytest

from fake_edge import request_frame, until
from portico_worker import lanes
from site_under_zygote import Site, is_alive, kill

APP = """
import os, signal, subprocess, sys, threading, time
IMPORTED = os.getpid()

def application(environ, start):
    name = environ['PATH_INFO'][1:]
    if name:
        globals()[name](environ)
    start('200 OK', [('X-Pid', str(os.getpid())), ('X-Imported', str(IMPORTED)), ('X-Worker', os.environ.get('PORTICO_WORKER', ''))])
    return [threading.current_thread().name.encode()]

def prints(environ):
    print('printed', 'words \\udcff \\u20ac')
    print('no end of line', end='')
    os.write(1, b' fd1 ')
    os.write(2, b'fd2\\n')
    environ['wsgi.errors'].write('to errors \\udcff\\n')
    subprocess.run(['echo', 'from a child'])

def dies(environ):
    os._exit(7)

def crashes(environ):
    import ctypes
    ctypes.string_at(0)

def sleeps(environ):
    time.sleep(60)

def forks(environ):
    pid = os.fork()
    if pid == 0:
        return
    os.waitpid(pid, 0)

def closes(environ):
    os.closerange(0, 512)

def leaves_thread(environ):
    threading.Thread(target=time.sleep, args=(300,)).start()

def at_exit(environ):
    import atexit
    atexit.register(lambda: print('the exit handler ran'))

def clears(environ):
    os.environ.clear()
    os.chdir('/')
    sys.path[:] = []

def raises(environ):
    raise ValueError('boom')

def raises_after_closing(environ):
    os.closerange(0, 3)
    for _ in range(3):
        os.open('/dev/null', os.O_RDWR)
    raise ValueError('boom')
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / 'app.py').write_text(APP)
    site = Site(tmp_path)
    yield site
    site.close()


def write_app(site, source, name='other'):
    with open(os.path.join(site.site, name + '.py'), 'w') as file:
        file.write(textwrap.dedent(source))


def ask(lane, path='/', stream=1):
    lane.send(request_frame(stream, path=path))
    return lane.answer()


def wait_for_start(site, slot=0, stream=9):
    until(lambda: site.started(slot) == stream)


def fields(answer):
    return dict(answer.fields)


@pytest.mark.parametrize('preload', ['auto', 'always', 'never'])
def test_from_start_to_drain(site, preload):
    site.start('app:application', preload=preload)
    loaded = site.hear('loaded')
    assert loaded['preloaded'] is (preload != 'never')
    assert ('app' in loaded) is loaded['preloaded']
    (lane,) = site.spawn_ready().values()
    assert site.facts['app']['app'] == 'app:application'
    assert site.facts['pid'] == site.pids[1]
    answer = ask(lane)
    imported_by = site.process.pid if preload != 'never' else site.pids[1]
    assert fields(answer) == {'X-Pid': str(site.pids[1]), 'X-Imported': str(imported_by), 'X-Worker': 'w1'}
    assert answer.body == b'MainThread'
    lane.send(lanes.render(lanes.DRAIN, 0))
    exited = site.hear('exited')
    assert {key: exited[key] for key in ('worker', 'pid', 'code', 'signal')} == {
        'worker': 1,
        'pid': site.pids[1],
        'code': 0,
        'signal': None,
    }
    site.say('stop')
    assert site.exit_code() == 0
    assert site.zygote_output() == ''


def test_threads_and_several_workers(site):
    site.start('app:application', threads=2, multiprocess=True)
    site.hear('loaded')
    first, second = site.spawn_ready(1, 0), site.spawn_ready(2, 2)
    assert [lane.hello['slot'] for lane in (*first.values(), *second.values())] == [0, 1, 2, 3]
    bodies = {ask(lane).body for lane in first.values()}
    assert bodies == {b'portico-0', b'portico-1'}
    assert site.started(slot=1) == site.started(slot=0) == 1
    assert site.started(slot=2) == 0


@pytest.mark.parametrize('source', ['import nowhere_to_be_found', 'def broken(:', 'import sys; sys.exit("no")'])
def test_an_application_that_cannot_be_loaded(site, source):
    write_app(site, source)
    site.start('other:application')
    failed = site.hear('load-failed')
    assert failed['error'].startswith(('ModuleNotFoundError', 'SyntaxError', 'SystemExit'))
    assert 'Traceback' in failed['traceback']
    assert 'other.py' in failed['traceback']
    assert site.exit_code() == 3


def test_a_worker_that_cannot_load_the_application(site):
    write_app(site, 'raise ValueError("not today")')
    site.start('other:application', preload='never')
    site.hear('loaded')
    site.spawn()
    failed = site.hear('worker-load-failed')
    assert (failed['worker'], failed['error']) == (1, 'ValueError: not today')
    assert 'other.py' in failed['traceback']
    exited = site.hear('exited')
    assert (exited['code'], exited['signal']) == (3, None)


UNSAFE = {
    'import threading, time; threading.Thread(target=time.sleep, args=(99,), daemon=True, name="ticker").start()': 'ticker',
    'import socket; pair = socket.socketpair()': 'socket',
    'import select; loop = select.epoll()': 'event loop',
}


@pytest.mark.parametrize('source', UNSAFE)
def test_what_cannot_be_forked_is_said(site, source):
    write_app(site, f'{source}\ndef application(environ, start): pass\n')
    site.start('other:application')
    reasons = site.hear('unsafe-preload')['reasons']
    assert any(UNSAFE[source] in reason for reason in reasons)
    assert site.exit_code() == 4


def test_unsafe_preload_is_the_users_choice_with_always(site):
    write_app(site, next(iter(UNSAFE)) + '\nfrom app import application\n')
    site.start('other:application', preload='always')
    assert site.hear('loaded')['preloaded']
    (lane,) = site.spawn_ready().values()
    assert ask(lane).is_whole


def test_all_output_reaches_the_log(site):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    assert ask(lane, '/prints').is_whole
    text = site.log(until='no end of line')
    for words in ('printed words \\udcff \u20ac\n', 'fd1', 'fd2', 'to errors \\udcff\n', 'from a child\n'):
        assert words in text


def test_deaths_are_told(site):
    site.start('app:application')
    site.hear('loaded')
    for worker, (path, code, number, words) in enumerate(
        [('/dies', 7, None, ''), ('/crashes', None, 'SIGSEGV', 'in crashes'), ('/sleeps', None, 'SIGKILL', '')], 1
    ):
        (lane,) = site.spawn_ready(worker, worker).values()
        lane.send(request_frame(9, path=path))
        wait_for_start(site, worker)
        if path == '/sleeps':
            site.say('signal', worker=worker, signal=int(signal.SIGKILL))
        exited = site.hear('exited')
        assert (exited['worker'], exited['code'], exited['signal']) == (worker, code, number)
        assert words in site.log(worker, until=words)


def test_the_tracebacks_of_a_stuck_worker(site):
    site.start('app:application', threads=2)
    site.hear('loaded')
    lane = site.spawn_ready()[0, 0]
    lane.send(request_frame(9, path='/sleeps'))
    wait_for_start(site)
    site.say('signal', worker=1, signal=int(signal.SIGUSR2))
    assert ' in sleeps' in site.log(until=' in sleeps')
    assert is_alive(site.pids[1])


def test_term_finishes_and_exits_0(site):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    ask(lane, '/at_exit')
    ask(lane, '/leaves_thread')
    site.say('signal', worker=1, signal=int(signal.SIGTERM))
    exited = site.hear('exited')
    assert (exited['code'], exited['signal']) == (0, None)
    assert 'the exit handler ran' in site.log()


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_signals_that_are_the_supervisors_business(site, number):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    kill(site.process.pid, number)
    kill(site.process.pid, signal.SIGTERM)
    kill(site.pids[1], number)
    assert ask(lane).is_whole
    site.say('stop')
    assert site.exit_code() == 0


def test_a_process_that_the_application_forks_cannot_answer(site):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    lane.send(request_frame(1, path='/forks'), request_frame(2))
    for stream in (1, 2):
        answer = lane.answer()
        assert answer.frames[-1].stream == stream
        assert fields(answer)['X-Pid'] == str(site.pids[1])
    assert lane.is_quiet()


@pytest.mark.parametrize('path', ['/closes', '/clears', '/leaves_thread'])
def test_disturbances_are_survived(site, path):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    assert ask(lane, path).is_whole
    assert ask(lane, '/raises', 2).failure
    assert ask(lane, '/', 3).is_whole
    lane.send(lanes.render(lanes.DRAIN, 0))
    assert site.hear('exited')['code'] == 0
    (lane,) = site.spawn_ready(2, 1).values()
    assert ask(lane).is_whole


def test_a_failure_is_logged_after_the_streams_were_closed(site):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    assert 'boom' in ask(lane, '/raises_after_closing').failure
    assert 'request id1 GET /raises_after_closing: ValueError: boom\nTraceback' in site.log(until='boom\n')


def test_workers_end_with_their_zygote(site):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    site.spawn_ready(2, 1)
    lane.send(request_frame(9, path='/sleeps'))
    wait_for_start(site)
    kill(site.process.pid)
    until(lambda: not any(is_alive(pid) for pid in site.pids.values()))


def test_everything_ends_with_the_supervisor(site):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    lane.send(request_frame(9, path='/sleeps'))
    wait_for_start(site)
    site.control.shutdown(2)
    until(lambda: not any(is_alive(pid) for pid in site.pids.values()))
    assert site.exit_code() == 0


def test_a_worker_asks_to_be_replaced(site):
    site.start('app:application', maxRequests=2)
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    for stream in (1, 2, 3):
        assert ask(lane, stream=stream).is_whole
    assert site.hear('retire')['reason'] == 'max-requests'


def test_the_folders_of_the_worker_are_not_on_the_applications_path(site):
    write_app(site, "name = 'mine'", 'lanes')
    write_app(
        site,
        """
        import json, os, sys
        import lanes
        def application(environ, start):
            start('200 OK', [])
            return [json.dumps([sys.path, lanes.name, sys.argv]).encode()]
        """,
    )
    site.start('other', pythonPath=['/further'])
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    path, name, _ = __import__('json').loads(ask(lane).body)
    assert path[:2] == [site.site, '/further']
    assert not any(entry.endswith(('portico_worker', '/python')) for entry in path)
    assert name == 'mine'
