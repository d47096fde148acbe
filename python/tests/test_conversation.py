"""The matrix of what applications do: each behaviour, what the edge sees of it, and what the log says."""

import sys
import threading

import pytest

from fake_edge import edge_for, request_frame, until
from portico_worker import lanes

TEXT = [('Content-Type', 'text/plain')]
pytestmark = pytest.mark.usefixtures('log')


def ask(application, **options):
    """One answer, and that the worker lives on."""
    with edge_for(application) as edge:
        answer = edge.ask(1, **options)
        if answer.kinds[-1] == lanes.FILE:
            return answer
        after = edge.ask(2, **options)
        assert after.kinds == answer.kinds
        return answer


def returning(result, status='200 OK', fields=TEXT):
    def application(environ, start):
        start(status, list(fields))
        return result() if callable(result) else result

    return application


class Closing:
    def __init__(self, blocks, error=None):
        self.blocks, self.error, self.closed = blocks, error, 0

    def __iter__(self):
        return iter(self.blocks)

    def close(self):
        self.closed += 1
        if self.error:
            raise self.error


class Indexed:
    def __getitem__(self, index):
        return [b'one ', b'two'][index]


class Sized:
    def __len__(self):
        return 1

    def __iter__(self):
        return iter([b'one two'])


BODIES = {
    'list of one': ([b'one two'], [lanes.RESPONSE_WHOLE]),
    'list': ([b'one ', b'two'], [lanes.RESPONSE_WHOLE]),
    'tuple': ((b'one ', b'two'), [lanes.RESPONSE_WHOLE]),
    'bytes': (b'one two', [lanes.RESPONSE_WHOLE]),
    'sized': (Sized(), [lanes.RESPONSE_WHOLE]),
    'indexed': (Indexed(), [lanes.RESPONSE, lanes.DATA, lanes.END]),
    'generator': (lambda: (block for block in (b'one ', b'two')), [lanes.RESPONSE, lanes.DATA, lanes.END]),
    'gaps': (lambda: iter([b'', b'one ', b'', b'two', b'']), [lanes.RESPONSE, lanes.DATA, lanes.END]),
}


@pytest.mark.parametrize('name', BODIES)
def test_body(name):
    result, kinds = BODIES[name]
    answer = ask(returning(result))
    assert (answer.kinds, answer.body) == (kinds, b'one two')
    assert (answer.status, answer.fields) == ('200 OK', TEXT)


@pytest.mark.parametrize('result', [[], (), [b''], iter([]), iter([b'']), b''], ids=repr)
def test_empty_body(result):
    answer = ask(returning(lambda: result))
    assert (answer.kinds, answer.body) == ([lanes.RESPONSE_WHOLE], b'')


def test_a_body_with_its_length_is_complete_with_its_last_block():
    answer = ask(returning(lambda: iter([b'one ', b'two']), fields=[('Content-Length', '7')]))
    assert answer.kinds == [lanes.RESPONSE, lanes.DATA, lanes.END]
    answer = ask(returning(lambda: iter([b'one two']), fields=[('content-length', '7')]))
    assert answer.kinds == [lanes.RESPONSE_WHOLE]


def test_the_whole_answer_leaves_before_the_application_is_asked_for_more():
    go, results = threading.Event(), []

    class Slow:
        def __iter__(self):
            yield b'page'
            assert go.wait(5)

        def close(self):
            results.append('closed')

    with edge_for(returning(Slow, fields=[('Content-Length', '4')])) as edge:
        assert edge.ask().kinds == [lanes.RESPONSE_WHOLE]
        assert results == []
        go.set()
        until(lambda: results == ['closed'])


def test_each_block_leaves_before_the_next_is_made():
    made, go = [], threading.Semaphore(0)

    def blocks():
        for number in range(3):
            made.append(number)
            yield b'%d' % number
            assert go.acquire(timeout=5)

    with edge_for(returning(blocks)) as edge:
        edge.lane.send(request_frame(1))
        for number in range(3):
            assert edge.lane.next().payload.endswith(b'%d' % number)
            assert made == list(range(number + 1))
            go.release()
        assert edge.lane.next().type == lanes.END


@pytest.mark.parametrize('size', [lanes.BODY_MAX - 1, lanes.BODY_MAX, lanes.BODY_MAX + 1, 3 * lanes.BODY_MAX + 5])
@pytest.mark.parametrize('as_list', [True, False])
def test_large_blocks_are_cut_into_frames(size, as_list):
    data = bytes(range(251)) * (size // 251 + 1)
    answer = ask(returning([data[:size]] if as_list else lambda: iter([data[:size]])))
    assert answer.body == data[:size]
    assert answer.is_whole
    assert all(len(frame.payload) <= lanes.BODY_MAX + 100 for frame in answer.frames)


def test_write_sends_at_once():
    go = threading.Event()

    def application(environ, start):
        write = start('200 OK', TEXT)
        write(b'')
        write(b'first ')
        assert go.wait(5)
        write(b'second ')
        return [b'third']

    with edge_for(application) as edge:
        edge.lane.send(request_frame(1))
        frame = edge.lane.next()
        assert (frame.type, frame.payload[-6:]) == (lanes.RESPONSE, b'first ')
        go.set()
        answer = edge.lane.answer()
        assert (answer.kinds, answer.body) == ([lanes.DATA, lanes.DATA, lanes.END], b'second third')


def test_write_only():
    def application(environ, start):
        start('200 OK', [('Content-Length', '5')])(b'whole')
        return []

    assert ask(application).kinds == [lanes.RESPONSE_WHOLE]


def test_start_response_in_the_first_next():
    def application(environ, start):
        yield b''
        start('200 OK', [('X-Lazy', 'yes')])
        yield b'late'

    answer = ask(application)
    assert (answer.fields, answer.body) == ([('X-Lazy', 'yes')], b'late')


def replaced(environ, start):
    start('200 OK', [('X-First', 'yes')])
    try:
        raise ValueError('boom')
    except ValueError:
        start('503 Replaced', [('X-Second', 'yes')], sys.exc_info())
    return [b'error page']


def test_exc_info_replaces_what_has_not_been_sent():
    answer = ask(replaced)
    assert (answer.status, answer.fields, answer.body) == ('503 Replaced', [('X-Second', 'yes')], b'error page')


def test_exc_info_is_raised_again_once_the_head_was_sent():
    raised = []

    def application(environ, start):
        start('200 OK', TEXT)
        yield b'x'
        try:
            raise ValueError('boom')
        except ValueError:
            try:
                start('503 Late', TEXT, sys.exc_info())
            except ValueError as error:
                raised.append(str(error))
                raise

    answer = ask(application)
    assert raised == ['boom', 'boom']
    assert answer.kinds == [lanes.RESPONSE, lanes.FAILED]


def test_a_second_start_response_is_refused_and_the_first_stands():
    def application(environ, start):
        start('200 OK', [('X-First', 'yes')])
        with pytest.raises(AssertionError):
            start('200 OK', [('X-Second', 'yes')])
        return [b'body']

    assert ask(application).fields == [('X-First', 'yes')]


def raising(error):
    def application(environ, start):
        start('200 OK', TEXT)
        raise error

    return application


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError('cannot be shown')


class OwnBase(BaseException):
    pass


def recurse(environ, start):
    return recurse(environ, start)


FAILURES = {
    'exception': (raising(ValueError('boom')), 'ValueError: boom'),
    'exit': (raising(SystemExit('goodbye')), 'SystemExit: goodbye'),
    'interrupt': (raising(KeyboardInterrupt('boom')), 'KeyboardInterrupt: boom'),
    'generator exit': (raising(GeneratorExit()), 'GeneratorExit'),
    'memory': (raising(MemoryError('boom')), 'MemoryError: boom'),
    'stop iteration': (raising(StopIteration('boom')), 'StopIteration: boom'),
    'own base': (raising(OwnBase('boom')), 'OwnBase: boom'),
    'unprintable': (raising(Unprintable()), 'Unprintable'),
    'surrogate': (raising(ValueError('boom \udcff \u20ac')), r'ValueError: boom \udcff €'),
    'recursion': (recurse, 'RecursionError'),
    'not started': (lambda environ, start: [b'body'], 'start_response'),
    'not started, empty': (lambda environ, start: [], 'start_response'),
    'not started, none': (lambda environ, start: None, 'iterable of bytes'),
    'none': (returning(None), 'iterable of bytes, not NoneType'),
    'str': (returning('text'), 'iterable of bytes, not str'),
    'int': (returning(7), "'int' object is not iterable"),
    'list of str': (returning(['text']), 'must be bytes, not str'),
    'list with str': (returning([b'x', 'text']), 'must be bytes, not str'),
    'list of bytearray': (returning([bytearray(b'x')]), 'must be bytes, not bytearray'),
    'iterator of none': (returning(lambda: iter([None])), 'must be bytes, not NoneType'),
    'short list': (returning([b'1234'], fields=[('Content-Length', '5')]), 'fewer than its Content-Length of 5'),
    'short empty list': (returning([], fields=[('Content-Length', '5')]), 'fewer than its Content-Length of 5'),
    'short iterator': (returning(lambda: iter(()), fields=[('Content-Length', '5')]), 'fewer'),
}


@pytest.mark.parametrize('name', FAILURES)
def test_failure_before_the_head_is_sent(name, log):
    application, words = FAILURES[name]
    answer = ask(application, method='PUT', path='/fail', query='secret=1', request_id='abc')
    assert answer.kinds == [lanes.FAILED]
    assert words in answer.failure
    assert 'Traceback' in answer.failure
    entries = log.take().split('request abc PUT /fail: ')
    assert len(entries) == 3
    assert words in entries[1]
    assert 'Traceback (most recent call last)' in entries[1] or name == 'recursion'
    assert 'secret' not in log.text


LATER = {
    'exception': (lambda: fail_after([b'x' * 100]), []),
    'str': (lambda: iter([b'x' * 100, 'text']), []),
    'none': (lambda: iter([b'x' * 100, None]), []),
    'short': (lambda: iter([b'x' * 50, b'x' * 50]), [('Content-Length', '101')]),
}


def fail_after(blocks):
    yield from blocks
    raise ValueError('boom')


@pytest.mark.parametrize('name', LATER)
def test_failure_after_the_head_was_sent(name, log):
    blocks, fields = LATER[name]
    answer = ask(returning(blocks, fields=fields))
    assert answer.kinds[0] == lanes.RESPONSE
    assert answer.kinds[-1] == lanes.FAILED
    assert answer.body == b'x' * 100
    assert log.take().count('request id1 GET /') == 2


def test_failure_after_the_whole_answer_is_only_logged(log):
    answer = ask(returning(lambda: fail_after([b'page']), fields=[('Content-Length', '4')]))
    assert answer.kinds == [lanes.RESPONSE_WHOLE]
    until(lambda: log.take().count('ValueError: boom\nTraceback') == 2)


@pytest.mark.parametrize(
    'blocks',
    [[b'0123456789EXCESS'], [b'01234', b'56789EXC', b'ESS'], [b'0123456789', b'EXCESS']],
    ids=len,
)
@pytest.mark.parametrize('as_list', [True, False])
def test_more_than_the_length_is_cut_off_and_said_once(blocks, as_list, log):
    answer = ask(returning(list(blocks) if as_list else lambda: iter(blocks), fields=[('Content-Length', '10')]))
    assert (answer.body, answer.is_whole) == (b'0123456789', True)
    until(lambda: log.take().count('more bytes than its Content-Length of 10') == 2)


def test_excess_by_write_is_cut_off(log):
    def application(environ, start):
        write = start('200 OK', [('Content-Length', '3')])
        write(b'abcdef')
        write(b'ghi')
        return [b'jkl']

    answer = ask(application)
    assert (answer.body, answer.is_whole) == (b'abc', True)
    assert log.take().count('more bytes than') == 2


@pytest.mark.parametrize(
    ('method', 'status'), [('HEAD', '200 OK'), ('GET', '304 Not Modified'), ('GET', '204 No Content')]
)
@pytest.mark.parametrize('result', [[], [b'a body'], lambda: iter([b'a ', b'body']), lambda: iter(())])
def test_a_length_without_its_body_is_right_where_there_is_none(method, status, result, log):
    answer = ask(returning(result, status, [('Content-Length', '9')]), method=method)
    assert answer.is_whole
    assert answer.fields == [('Content-Length', '9')]
    assert log.take() == ''


def test_the_application_sees_head():
    seen = []

    def application(environ, start):
        seen.append(environ['REQUEST_METHOD'])
        start('200 OK', TEXT)
        return [b'body']

    ask(application, method='HEAD')
    assert seen == ['HEAD', 'HEAD']


CLOSED = {
    'list': lambda closing: type('L', (list,), {'close': closing.close})([b'a', b'b']),
    'object': lambda closing: closing,
}


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


def test_nothing_a_client_sent_reaches_the_log_unescaped(log):
    def application(environ, start):
        raise ValueError('said ' + environ['PATH_INFO'])

    forged = '/\x1b[2J\nrequest forged GET /: fine\r\x85'
    ask(application, path=forged)
    text = log.take()
    assert not any(c in text for c in '\x1b\r\x85')
    assert '\nrequest forged' not in text
    assert r'GET /\x1b[2J\nrequest forged' in text
