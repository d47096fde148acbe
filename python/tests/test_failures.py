"""What applications do wrong: what the edge is sent, and what the log says."""

import os

import pytest

from fake_edge import until
from portico_worker import lanes, report
from sample_apps import TEXT, ask, returning

pytestmark = pytest.mark.usefixtures('log')


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


SENTENCES = [words for _, words in list(FAILURES.values())[list(FAILURES).index('not started') :]]


@pytest.mark.parametrize('name', FAILURES)
def test_failure_before_the_head_is_sent(name, log):
    application, words = FAILURES[name]
    answer = ask(application, method='PUT', path='/fail', query='secret=1', request_id='abc')
    assert answer.kinds == [lanes.FAILED]
    assert words in answer.failure
    # What the worker says of an application that has ended already is no frame of the application's: the sentence is all.
    has_frames = words not in SENTENCES or name == 'int'
    assert ('Traceback (most recent call last)' in answer.failure) == has_frames
    assert (os.path.dirname(report.__file__) in answer.failure) == (name == 'int')
    entries = log.take().split('request abc PUT /fail: ')
    assert len(entries) == 3
    assert words in entries[1]
    assert ('Traceback (most recent call last)' in entries[1]) == has_frames
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


class SaysOne:
    """An iterable that breaks PEP 3333: its length is not that of what it gives."""

    def __len__(self):
        return 1

    def __iter__(self):
        return iter([b'one', b'', b'two'])


def test_more_blocks_than_the_length_of_an_iterable_harm_no_other_request(log):
    answer = ask(returning(SaysOne))
    assert (answer.kinds, answer.body) == ([lanes.RESPONSE_WHOLE], b'one')
    until(lambda: log.take().count('although its len() is 1') == 2)


def test_excess_by_write_is_cut_off(log):
    def application(environ, start):
        write = start('200 OK', [('Content-Length', '3')])
        write(b'abcdef')
        write(b'ghi')
        return [b'jkl']

    answer = ask(application)
    assert (answer.body, answer.is_whole) == (b'abc', True)
    assert log.take().count('more bytes than') == 2


def test_nothing_a_client_sent_reaches_the_log_unescaped(log):
    def application(environ, start):
        raise ValueError('said ' + environ['PATH_INFO'])

    forged = '/\x1b[2J\nrequest forged GET /: fine\r\x85'
    ask(application, path=forged)
    text = log.take()
    assert not any(c in text for c in '\x1b\r\x85')
    assert '\nrequest forged' not in text
    assert r'GET /\x1b[2J\nrequest forged' in text
