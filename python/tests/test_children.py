"""What processes inherit that the application starts: what they would inherit of any Python."""

import json
import signal

import pytest

from live_worker import FORK, Worker

STATES = (
    "masks = lambda pid: [int(line.split()[1], 16) for line in open(f'/proc/{pid}/status') if line[:6] in ('SigIgn', 'SigBlk')];"
    'at_import = subprocess.Popen(["sleep", "60"]); masks_at_import = masks(at_import.pid); at_import.kill(); at_import.wait()'
)
"""SigBlk stands before SigIgn."""


def masks(site, preload):
    action = (
        'import json; child = subprocess.Popen(["sleep", "60"]); found = [masks_at_import, masks(child.pid)];'
        'child.kill(); child.wait(); return json.dumps(found).encode()'
    )
    return json.loads(Worker(site, 'wsgi', action, STATES, preload=preload).body)


@pytest.mark.parametrize('preload', ['always', 'never'])
def test_programs_ignore_nothing_that_python_does_not(site, preload):
    for blocked, ignored in masks(site, preload):
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
            assert not ignored >> (number - 1) & 1, number
        assert blocked == 0


FORKED = {
    'terminate()': (
        f'{FORK}; child = context.Process(target=time.sleep, args=(60,)); child.start(); child.terminate()',
        -15,
    ),
    'SIGHUP': (
        f'{FORK}; child = context.Process(target=time.sleep, args=(60,)); child.start(); os.kill(child.pid, 1)',
        -1,
    ),
    'SIGUSR2': (
        f'{FORK}; child = context.Process(target=time.sleep, args=(60,)); child.start(); os.kill(child.pid, 12)',
        -12,
    ),
    'Ctrl-C': (
        f'{FORK}; child = context.Process(target=time.sleep, args=(60,)); child.start(); time.sleep(0.1); os.kill(child.pid, 2)',
        1,
    ),
}


@pytest.mark.parametrize('kind', ['wsgi', 'asgi'])
@pytest.mark.parametrize('name', FORKED)
def test_a_process_that_was_forked_obeys(site, kind, name):
    action, code = FORKED[name]
    body = Worker(site, kind, f'{action}; child.join(4); return str(child.exitcode).encode()').body
    assert int(body) == code


def test_a_process_that_the_import_has_forked_obeys(site):
    setup = f'{FORK}; child = context.Process(target=time.sleep, args=(60,)); child.start(); child.terminate(); child.join(4); code = child.exitcode'
    assert int(Worker(site, 'wsgi', 'return str(code).encode()', setup, preload='always').body) == -15


def test_a_forked_process_does_not_wake_the_event_loop_of_its_parent(site):
    action = (
        'import asyncio; loop = asyncio.get_running_loop(); loop.add_signal_handler(signal.SIGUSR1, print, "woken");'
        'pid = os.fork(); pid or (os.kill(os.getpid(), signal.SIGUSR1), os._exit(0)); os.waitpid(pid, 0)'
    )
    worker = Worker(site, 'asgi', action)
    assert worker.finish('drain')['code'] == 0
    assert 'woken' not in site.log(until='shut down')


@pytest.mark.parametrize('kind', ['wsgi', 'asgi'])
def test_programs_inherit_the_three_streams_alone(site, kind):
    action = 'return subprocess.run("ls -l /proc/$$/fd", shell=True, close_fds=False, stdout=-1).stdout'
    lines = Worker(site, kind, action).body.decode().splitlines()
    assert sorted(line.split()[8] for line in lines if ' -> ' in line)[:3] == ['0', '1', '2']
    assert len([line for line in lines if ' -> ' in line]) == 3, lines


@pytest.mark.parametrize('kind', ['wsgi', 'threads'])
def test_a_process_that_was_forked_ends_with_its_own_code(site, kind):
    action = (
        'pid = os.fork(); pid or (atexit.register(print, "the handler of a child", flush=True), sys.exit(3));'
        'return str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode()'
    )
    worker = Worker(site, kind, action)
    assert worker.body == b'3'
    assert worker.finish('drain')['code'] == 0
    assert 'the handler of a child' in site.log(until='a child')
