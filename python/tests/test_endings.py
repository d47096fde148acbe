"""How a response ends: close(), a client that leaves, threads that stay behind."""

import threading

import pytest

from fake_edge import edge_for, request_frame, until
from portico_worker import lanes
from sample_apps import TEXT, Closing, ask, returning

pytestmark = pytest.mark.usefixtures('log')


@pytest.mark.parametrize('blocks', [[b'a', b'b'], [], ['wrong'], [b'a', 1]], ids=repr)
def test_close_is_called_once(blocks):
    closing = Closing(blocks)
    with edge_for(returning(closing)) as edge:
        edge.ask()
        until(lambda: closing.closed)
        edge.lane.send(lanes.render(lanes.DRAIN, 0))
        assert edge.lane.ended()
    assert closing.closed == 1


def test_close_of_a_list_that_has_one():
    class WithClose(list):
        closed = 0

        def close(self):
            self.closed += 1

    blocks = WithClose([b'a'])
    with edge_for(returning(blocks)) as edge:
        assert edge.ask().body == b'a'
        until(lambda: blocks.closed == 1)


def test_an_error_in_close_is_only_logged(log):
    answer = ask(returning(Closing([b'whole ', b'body'], ValueError('boom'))))
    assert (answer.body, answer.is_whole) == (b'whole body', True)
    until(lambda: log.take().count('ValueError: boom in close()') == 2)


def test_close_that_cannot_be_looked_up(log):
    class Odd(Closing):
        @property
        def close(self):
            raise ValueError('no close')

    assert ask(returning(Odd([b'body']))).body == b'body'
    until(lambda: log.take().count('no close in close()') == 2)


def test_abort_stops_a_stream_at_the_next_block(log):
    go, closing = threading.Semaphore(0), Closing([])

    def blocks():
        for _ in range(1000):
            yield b'x'
            assert go.acquire(timeout=5)

    closing.blocks = blocks()
    with edge_for(returning(closing)) as edge:
        edge.lane.send(request_frame(4))
        assert edge.lane.next().type == lanes.RESPONSE
        edge.abort(4)
        edge.wait_for_abort(4)
        go.release()
        frames = edge.lane.answer().frames
        assert frames[-1].type == lanes.FAILED
        assert frames[-1].payload == b''
        assert len(frames) <= 2
        until(lambda: closing.closed == 1)
    assert log.take() == ''


def test_abort_makes_write_raise(log):
    go, raised = threading.Event(), []

    def application(environ, start):
        write = start('200 OK', TEXT)
        write(b'first')
        assert go.wait(5)
        try:
            write(b'second')
        except ConnectionError as error:
            raised.append(error)
            raise

    with edge_for(application) as edge:
        edge.lane.send(request_frame(4))
        edge.lane.next()
        edge.abort(4)
        edge.wait_for_abort(4)
        go.set()
        assert edge.lane.answer().kinds == [lanes.FAILED]
    assert len(raised) == 1
    assert log.take() == ''


@pytest.mark.parametrize('how', ['list', 'stream'])
def test_late_calls_do_not_reach_the_next_answer(how):
    kept, late, go = [], [], threading.Event()

    def application(environ, start):
        if environ['PATH_INFO'] == '/second':
            go.set()
            until(lambda: len(late) == 2)
            start('200 OK', [('X-Second', 'yes')])
            return [b'second']
        kept.append((start, start('200 OK', [('X-First', 'yes')]), environ['wsgi.input']))
        return [b'first'] if how == 'list' else iter([b'first'])

    def interfere():
        assert go.wait(5)
        start, write, stream = kept[0]
        for call in (lambda: write(b'LATE'), lambda: start('500 Late', [])):
            try:
                call()
            except (RuntimeError, AssertionError) as error:
                late.append(error)
        late.append(stream.read()) if len(late) != 2 else None

    threading.Thread(target=interfere, daemon=True).start()
    with edge_for(application) as edge:
        assert edge.ask(1, method='POST', body=b'a').body == b'first'
        answer = edge.ask(2, path='/second', method='POST', body=b'other body')
        assert (answer.fields, answer.body) == ([('X-Second', 'yes')], b'second')


def test_the_client_gone_is_no_error_of_the_application(log):
    closing = Closing(b'x' * 1000 for _ in range(10000))
    with edge_for(returning(closing)) as edge:
        edge.lane.send(request_frame(1))
        edge.lane.next()
        edge.lane.socket.close()
        until(lambda: closing.closed == 1)
    assert log.take() == ''
