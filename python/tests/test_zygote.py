"""Zygote and workers as processes: loading, forking, and who ends with whom."""

import json
import os
import signal

import pytest

from fake_edge import request_frame, until
from portico_worker import lanes
from site_under_zygote import ask, fields, is_alive, kill, wait_for_start, write_app


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
    # A fault of syntax is in no frame: the traceback has nothing but its file and line.
    assert ('Traceback' in failed['traceback']) == ('def' not in source)
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
    'import zipfile; zipfile.ZipFile("a.zip", "w").close(); archive = zipfile.ZipFile("a.zip")': 'a.zip open',
    'import pydoc; text = open(pydoc.__file__); text.readline()': 'pydoc.py open',
    'import os; raw = os.open("other.py", os.O_RDONLY)': 'other.py open',
    'import sqlite3; db = sqlite3.connect("a.sqlite3"); db.execute("create table t (c)")': 'a.sqlite3 open',
    'import fcntl; lock = open("lock", "a"); fcntl.flock(lock, fcntl.LOCK_EX)': 'holds a lock on',
    'import fcntl; lock = open("lock", "a"); fcntl.lockf(lock, fcntl.LOCK_EX)': 'holds a lock on',
    'import os; ends = os.pipe()': 'a pipe open',
    'import subprocess; child = subprocess.Popen(["sleep", "60"], start_new_session=True)': 'the process',
    'import multiprocessing as m; child = m.get_context("fork").Process(target=__import__("time").sleep, args=(60,), daemon=True); child.start()': 'the process',
    'import random; class_of = random.Random; draw = class_of()': 'other.py:1 makes a random generator',
    'import random\nclass Draw(random.Random): pass\nclass Site: draw = Draw()': 'other.py:3 makes a random generator',
    'import os; me = os.getpid()': 'other.py:1 asks for os.getpid()',
    'from os import getpid\ndef me(): return getpid()\nme = me()': 'other.py:2 asks for os.getpid()',
    'import tempfile; folder = tempfile.TemporaryDirectory()': 'the temporary folder',
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


SAFE = {
    'append': 'log = open("log", "a"); log.write("once")',
    'a log that is made anew': 'import logging; logging.basicConfig(filename="log", filemode="w"); logging.warning("once")',
    'text that was read': 'text = open("other.py"); text.read()',
    'devices': 'null, zero = open("/dev/null", "w"), open("/dev/zero", "rb"); zero.read(1)',
    'a map': 'import mmap; file = open("other.py", "rb"); map = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ); file.close()',
    'a value of multiprocessing': 'import multiprocessing as m; value = m.get_context("fork").Value("i", 0)',
    'garbage': 'import pydoc; cycle = [open(pydoc.__file__, "rb")]; cycle.append(cycle); del cycle',
    'a folder': 'import os; folder = os.open(".", os.O_RDONLY)',
    'a generator with a seed': 'import random; draw = random.Random(42)',
    'a generator that is gone': 'import random; random.Random().random()',
    'logging': 'import logging; logging.warning("with a process number")',
    'a program that has ended': 'import subprocess; subprocess.run(["true"], check=True)',
}


@pytest.mark.parametrize('name', SAFE)
def test_what_can_be_forked_is_preloaded(site, name):
    write_app(site, f'{SAFE[name]}\nfrom app import application\n')
    site.start('other:application')
    assert site.hear('loaded', 'unsafe-preload').get('preloaded'), site.zygote_output()


def test_what_waits_in_the_buffer_of_a_file_is_written_once(site):
    write_app(site, f'{SAFE["append"]}\nfrom app import application\n')
    site.start('other:application')
    site.hear('loaded')
    for worker in (1, 2):
        (lane,) = site.spawn_ready(worker, worker).values()
        lane.send(lanes.render(lanes.DRAIN, 0))
        assert site.hear('exited')['code'] == 0
    with open(os.path.join(site.site, 'log')) as file:
        assert file.read() == 'once'


def test_generators_of_libraries_are_seeded_in_each_worker(site):
    os.mkdir(os.path.join(site.site, 'site-packages'))
    write_app(site, 'import random\ndraw = random.Random()', 'site-packages/library')
    write_app(
        site,
        """
        import sys
        sys.path.append('site-packages')
        import library
        def application(environ, start):
            start('200 OK', [])
            return [str(library.draw.random()).encode()]
        """,
    )
    site.start('other')
    assert site.hear('loaded')['preloaded']
    drawn = [ask(*site.spawn_ready(worker, worker).values()).body for worker in (1, 2)]
    assert drawn[0] != drawn[1]


def test_a_process_number_that_is_asked_for_later_is_the_workers(site):
    write_app(
        site,
        """
        from os import getpid
        def application(environ, start):
            start('200 OK', [])
            return [str(getpid()).encode()]
        """,
    )
    site.start('other')
    assert site.hear('loaded')['preloaded']
    (lane,) = site.spawn_ready().values()
    assert ask(lane).body == str(site.pids[1]).encode()


def test_an_import_that_is_thrown_away_leaves_nothing(site):
    write_app(
        site,
        """
        import subprocess, sys, tempfile
        folder = tempfile.TemporaryDirectory(dir='.')
        child = subprocess.Popen(['sleep', '60'], start_new_session=True)
        print(child.pid, folder.name, flush=True)
        def application(environ, start): pass
        """,
    )
    site.start('other')
    assert len(site.hear('unsafe-preload')['reasons']) == 2
    assert site.exit_code() == 4
    child, folder = site.zygote_output().split()
    until(lambda: not is_alive(int(child)))
    assert not os.path.exists(os.path.join(site.site, folder))


def test_unsafe_preload_is_the_users_choice_with_always(site):
    write_app(site, 'import socket; pair = socket.socketpair()' + '\nfrom app import application\n')
    site.start('other:application', preload='always')
    assert site.hear('loaded')['preloaded']
    (lane,) = site.spawn_ready().values()
    assert ask(lane).is_whole


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
    site.start('other')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    path, name, _ = json.loads(ask(lane).body)
    assert path[0] == site.site
    assert not any(entry.endswith(('portico_worker', '/python')) for entry in path)
    assert name == 'mine'


def test_nothing_that_a_worker_says_harms_the_zygote(site):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    ask(lane, '/says_nonsense')
    assert site.hear('ready')['worker'] == 1
    assert ask(lane, stream=2).is_whole
    kill(site.pids[1])
    assert site.hear('exited')['signal'] == 'SIGKILL'
    (lane,) = site.spawn_ready(2, 1).values()
    assert ask(lane).is_whole


def open_descriptors(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


def test_forks_that_fail_leave_nothing_open(site):
    write_app(
        site,
        """
import os
real_fork = os.fork
def fork():
    raise BlockingIOError(11, 'no more processes')
os.fork = fork
def application(environ, start_response):
    pass
""",
    )
    site.start('other:application')
    site.hear('loaded')
    counts = set()
    for worker in range(1, 4):
        site.say('spawn', worker=worker, name='w1', slot=0)
        exited = site.hear('exited')
        assert (exited['pid'], exited['code'], exited['signal']) == (None, None, None)
        assert 'no more processes' in exited['reason']
        counts.add(open_descriptors(site.process.pid))
    assert len(counts) == 1


def test_what_is_not_understood_is_told_and_the_workers_live_on(site):
    site.start('app:application')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    site.say('dance')
    site.say('spawn')
    site.say('signal', worker=1)
    assert ask(lane).body == b'MainThread'
    until(lambda: site.zygote_output().count('Traceback') == 3)
    site.say('stop')
    assert site.exit_code() == 0


def test_workers_that_the_application_itself_waits_for(site):
    write_app(
        site,
        """
import os, signal
def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
signal.signal(signal.SIGCHLD, reap)
def application(environ, start_response):
    pass
""",
    )
    site.start('other:application')
    site.hear('loaded')
    site.spawn_ready()
    kill(site.pids[1], signal.SIGKILL)
    assert site.hear('exited')['worker'] == 1
    site.spawn_ready(2)
    site.say('stop')
    assert site.exit_code() == 0


START = """
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', {source!r}], stdout=subprocess.PIPE{more})
child.stdout.readline()
with open('child', 'w') as file:
    file.write(str(child.pid))
def application(environ, start_response):
    pass
"""
SLEEPS = 'import time; print(flush=True); time.sleep(300)'
DEAF = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(300)'


@pytest.mark.parametrize(
    ('source', 'more', 'lives'), [(SLEEPS, '', False), (DEAF, '', False), (SLEEPS, ', start_new_session=True', True)]
)
def test_what_the_import_has_started_ends_with_the_zygote(site, source, more, lives):
    write_app(site, START.format(source=source, more=more))
    site.start('other:application', preload='always')
    site.hear('loaded')
    with open(os.path.join(site.site, 'child'), encoding='ascii') as file:
        child = int(file.read())
    site.say('stop')
    assert site.exit_code() == 0
    if lives:
        assert is_alive(child)
        os.kill(child, signal.SIGKILL)
    else:
        # One that was killed is gone a moment later.
        until(lambda: not is_alive(child))


def test_an_import_that_does_not_end_is_shown_when_asked(site):
    write_app(site, 'import time\nprint("here", flush=True)\ntime.sleep(300)')
    site.start('other:application')
    until(lambda: 'here' in site.zygote_output())

    def is_shown():
        # Asked at once, it may still be on its way from the second line to the third.
        os.kill(site.process.pid, signal.SIGUSR2)
        return 'other.py", line 3' in site.zygote_output()

    until(is_shown)
    site.process.kill()


def test_the_zygote_passes_on_the_output_of_a_worker_that_the_supervisor_cannot_open(site):
    write_app(site, 'print("loaded é", flush=True)\nfrom app import application')
    site.start('other:application', preload='never')
    site.hear('loaded')
    site.say('spawn', worker=1, name='w1', slot=0)
    site.hear('spawned')
    site.say('relay-log', worker=1)
    text = ''
    while 'loaded' not in text:
        text += site.hear('output')['text']
    assert text.encode('latin-1').decode() == 'loaded é\n'
    for role in (site.accept(0).hello['role'] for _ in range(2)):
        assert role in ('control', 'requests')
    pid = site.hear('ready')['pid']
    kill(pid)
    last = [site.hear('output', 'exited') for _ in range(2)]
    assert {message['kind'] for message in last} == {'output', 'exited'}
    assert [message['text'] for message in last if message['kind'] == 'output'] == ['']


FAILING_HELPER = """
from portico_worker.wsgi import control_lanes
control_lanes.ControlLanes._handle = lambda *_: 1 / 0
def application(environ, start_response):
    start_response('200 OK', [('X-Pid', '0')])
    return [b'served']
"""


def test_a_worker_whose_helper_fails_asks_to_be_replaced_and_ends_when_it_fails_again(site):
    write_app(site, FAILING_HELPER)
    site.start('other:application')
    site.hear('loaded')
    site.spawn()
    lanes_of = [site.accept(0), site.accept(0)]
    site.hear('ready')
    (control,) = [lane for lane in lanes_of if lane.hello['role'] == 'control']
    (requests,) = [lane for lane in lanes_of if lane.hello['role'] == 'requests']
    control.send(lanes.render(lanes.RECALL, 0, bytes(4)))
    retire = site.hear('retire')
    assert (retire['worker'], retire['reason']) == (1, 'an internal error')
    site.log(until='ZeroDivisionError')
    assert ask(requests).body == b'served'
    control.send(lanes.render(lanes.RECALL, 0, bytes(4)))
    assert site.hear('exited')['code'] == 1


@pytest.mark.parametrize(
    ('source', 'more', 'lives'), [(SLEEPS, '', False), (DEAF, '', False), (SLEEPS, ', start_new_session=True', True)]
)
def test_what_the_import_in_a_worker_has_started_ends_with_it(site, source, more, lives):
    write_app(site, START.format(source=source, more=more))
    site.start('other:application', preload='never')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    with open(os.path.join(site.site, 'child'), encoding='ascii') as file:
        child = int(file.read())
    assert is_alive(child)
    lane.send(lanes.render(lanes.DRAIN, 0))
    exited = site.hear('exited')
    assert (exited['code'], exited['signal']) == (0, None)
    assert is_alive(child) is lives
    if lives:
        os.kill(child, signal.SIGKILL)


def test_what_the_import_in_a_worker_has_started_ends_also_if_the_worker_is_killed(site):
    write_app(site, START.format(source=SLEEPS, more=''))
    site.start('other:application', preload='never')
    site.hear('loaded')
    site.spawn_ready()
    with open(os.path.join(site.site, 'child'), encoding='ascii') as file:
        child = int(file.read())
    kill(site.pids[1], signal.SIGKILL)
    assert site.hear('exited')['signal'] == 'SIGKILL'
    until(lambda: not is_alive(child))
