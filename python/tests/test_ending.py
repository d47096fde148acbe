"""The end of a worker is the end of a Python process."""

import os
import sys

import pytest

from fake_edge import until
from live_worker import FORK, Worker, left_behind

KINDS = ('wsgi', 'threads', 'asgi')
WORK = {
    'a thread': 'threading.Thread(target=work).start()',
    'threads of an executor': 'kept.append(concurrent.futures.ThreadPoolExecutor(1)); [kept[0].submit(work) for _ in range(2)]',
    'processes of an executor': f'{FORK}; kept.append(concurrent.futures.ProcessPoolExecutor(2, context)); kept[0].submit(work)',
    'a process': f'{FORK}; context.Process(target=work).start()',
}


@pytest.mark.parametrize(('kind', 'how'), [('wsgi', 'drain'), ('threads', 'stop'), ('asgi', 'signal')])
@pytest.mark.parametrize('name', WORK)
def test_what_has_begun_is_finished(site, kind, name, how):
    worker = Worker(site, kind, WORK[name])
    exited = worker.finish(how)
    assert (exited['code'], exited['signal']) == (0, None), site.log()
    text = site.log(until='work is done')
    assert ('shut down' in text) == (kind == 'asgi')
    until(lambda: not left_behind(site))


@pytest.mark.parametrize('kind', KINDS)
def test_exit_handlers_run_and_files_are_flushed(site, kind):
    action = "atexit.register(print, 'the exit handler ran'); buffered.write('all of it'); kept.append(kept)"
    assert Worker(site, kind, action).finish('stop')['code'] == 0
    assert 'the exit handler ran' in site.log(until='handler ran')
    with open(os.path.join(site.site, 'buffered')) as file:
        assert file.read() == 'all of it'


@pytest.mark.parametrize(('kind', 'how'), [('wsgi', 'stop'), ('threads', 'drain'), ('asgi', 'drain')])
def test_what_is_not_done_in_time_is_named(site, kind, how):
    action = (
        "atexit.register(print, 'the exit handler ran', flush=True);"
        "threading.Thread(target=work, args=(300,), name='laggard').start()"
    )
    exited = Worker(site, kind, action, gracefulTimeoutMs=300).finish(how, 300)
    assert exited['code'] == 1
    assert 'the thread "laggard" at ' in exited['reason']
    assert 'other.py' in exited['reason']
    assert 'the exit handler ran' in site.log(until='handler ran')


@pytest.mark.parametrize('kind', KINDS)
def test_threads_that_only_wait_are_not_waited_for(site, kind):
    action = "threading.Thread(target=threading.Event().wait, name='sleeper').start()"
    worker = Worker(site, kind, f'from portico_worker import still_threads; still_threads.STILL_S = 0.2; {action}')
    exited = worker.finish('stop')
    assert exited['code'] == 1
    assert 'the thread "sleeper" at ' in exited['reason']


def test_processes_that_are_not_done_in_time_are_killed(site):
    exited = Worker(site, 'wsgi', f'{FORK}; context.Process(target=work, args=(300,), name="laggard").start()').finish(
        'stop', 100
    )
    assert exited['code'] == 1
    assert 'the process "laggard" (' in exited['reason']
    until(lambda: not left_behind(site))


def test_a_worker_whose_processes_were_killed_does_not_end_as_if_all_was_done(site):
    slow = 'from portico_worker import ending; kill = ending._kill_processes; ending._kill_processes = lambda: (kill(), time.sleep(0.3))'
    action = f'{slow}; {FORK}; context.Process(target=work, args=(300,), name="laggard").start()'
    exited = Worker(site, 'wsgi', action).finish('stop', 100)
    assert exited['code'] == 1
    assert 'the process "laggard" (' in exited['reason']


def test_an_exit_handler_that_hangs_is_named(site):
    exited = Worker(site, 'wsgi', 'atexit.register(work, 300)').finish('stop', 0)
    assert exited['code'] == 1
    assert 'an exit handler at ' in exited['reason']


def test_what_an_exit_handler_forks_ends(site):
    action = 'atexit.register(lambda: (pid := os.fork()) and print("waited", os.waitpid(pid, 0)[1]))'
    assert Worker(site, 'wsgi', action).finish('stop')['code'] == 0
    # Python 3.12 refuses to fork at its end, which is then the handler's error.
    refusal = "can't fork at interpreter shutdown" if sys.version_info[:2] == (3, 12) else 'waited 0'
    assert refusal in site.log(until='waited')


def test_a_pool_ends_with_its_worker(site):
    worker = Worker(site, 'wsgi', f'{FORK}; kept.append(context.Pool(2)); kept.append(kept[0].apply(os.getpid))')
    assert len(left_behind(site)) == 3
    assert worker.finish('drain')['code'] == 0
    until(lambda: not left_behind(site))


HANDLERS = {
    'that goes on': 'signal.signal(signal.SIGTERM, lambda *_: print("mine", flush=True))',
    'that exits': 'signal.signal(signal.SIGTERM, lambda *_: (print("mine", flush=True), sys.exit(0)))',
}


@pytest.mark.parametrize(('preload', 'how'), [('always', 'drain'), ('never', 'stop')])
@pytest.mark.parametrize('name', HANDLERS)
@pytest.mark.parametrize('kind', KINDS)
def test_a_handler_of_the_application_for_sigterm(site, kind, name, how, preload):
    exited = Worker(site, kind, 'pass', HANDLERS[name], preload=preload).finish(how)
    assert (exited['code'], exited['signal']) == (0, None)
    text = site.log(until='mine')
    assert text.count('mine') == 1
    assert ('shut down' in text) == (kind == 'asgi')


def test_a_handler_that_exits_before_all_threads_have_begun(site):
    slow = (
        'start = threading.Thread.start;'
        'threading.Thread.start = lambda self: (self.name == "portico-1" and time.sleep(1), start(self))'
    )
    worker = Worker(site, 'threads', 'pass', f'{slow}; {HANDLERS["that exits"]}')
    exited = worker.finish('stop', 3000)
    assert (exited['code'], exited['signal']) == (0, None), exited


def test_a_handler_of_the_applications_event_loop(site):
    action = 'import asyncio; asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, print, "mine")'
    assert Worker(site, 'asgi', action).finish('stop')['code'] == 0
    text = site.log(until='shut down')
    assert text.index('mine') < text.index('shut down')


def test_a_handler_of_sigchld_is_the_workers(site):
    """In the zygote the handler would take the ends of the workers for those of the application's children."""
    setup = 'signal.signal(signal.SIGCHLD, lambda *_: print("reaped", os.waitpid(-1, 0)[1]))'
    worker = Worker(site, 'wsgi', 'os.fork() or os._exit(7); time.sleep(0.05)', setup, preload='always')
    assert 'reaped 1792' in site.log(until='reaped')
    assert worker.finish('drain')['code'] == 0


def test_a_timer_of_the_import_is_the_workers(site):
    """The timer would end the zygote, which has no handler for it."""
    setup = (
        'signal.signal(signal.SIGALRM, lambda *_: print("alarm of", os.getpid(), flush=True));'
        'signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05);'
        # The timer goes on while the interpreter ends, which has put the handler away by then.
        'kept.append(type("Slow", (), {"__del__": lambda self, wait=time.sleep: wait(0.2)})())'
    )
    worker = Worker(site, 'wsgi', 'pass', setup, preload='always')
    site.log(until=f'alarm of {site.pids[1]}')
    assert worker.finish('drain')['code'] == 0


def test_whoever_ends_a_worker_by_hand_has_it_replaced_at_once(site):
    worker = Worker(site, 'wsgi', 'threading.Thread(target=work).start()')
    os.kill(site.pids[1], 15)
    assert site.hear('retire')['reason'] == 'SIGTERM'
    assert worker.lanes[0].ended()
    assert site.hear('exited')['code'] == 0
