"""What an application does to the process it runs in."""

import signal

import pytest

from fake_edge import request_frame
from live_worker import Worker
from portico_worker import lanes
from site_under_zygote import ask, fields, is_alive, wait_for_start, write_app


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
    site.say('signal', worker=1, signal=int(signal.SIGTERM))
    site.hear('retire')
    exited = site.hear('exited')
    assert (exited['code'], exited['signal']) == (0, None)
    assert 'the exit handler ran' in site.log()


TELL = 'tell = lambda: (time.sleep(0.1), signal.pthread_kill(threading.get_ident(), signal.SIGTERM))'


@pytest.mark.parametrize('kind', ['wsgi', 'threads', 'asgi'])
def test_a_term_that_does_not_interrupt_the_wait_for_requests_is_heard(site, kind):
    # It interrupts another thread. For the main one it is as if the signal had come in the moment before the system call in which it waits.
    worker = Worker(site, kind, 'threading.Thread(target=tell, daemon=True).start()', setup=TELL)
    assert site.hear('retire')['reason'] == 'SIGTERM'
    for lane in worker.lanes:
        lane.close_after_rest()
    exited = site.hear('exited')
    assert (exited['code'], exited['signal']) == (0, None)


def test_a_term_that_comes_as_a_worker_is_forked_is_heard(site):
    write_app(
        site,
        """
        import os, signal
        from app import application
        os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))
        """,
    )
    site.start('other:application', preload='always')
    site.hear('loaded')
    site.spawn_ready()
    assert site.hear('retire')['reason'] == 'SIGTERM'
    assert site.hear('exited')['code'] == 0


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


@pytest.mark.parametrize('path', ['/closes', '/clears'])
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
