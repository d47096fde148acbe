"""What applications return and call as PEP 3333 has it, and the frames that come of it."""

import sys
import threading

import pytest

from fake_edge import edge_for, request_frame, until
from portico_worker import lanes
from sample_apps import TEXT, ask, returning

pytestmark = pytest.mark.usefixtures('log')


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


@pytest.mark.parametrize(
    ('method', 'status'),
    [('HEAD', '200 OK'), ('GET', '304 Not Modified'), ('GET', '204 No Content'), ('GET', '205 Reset Content')],
)
@pytest.mark.parametrize('result', [[], [b'a body'], lambda: iter([b'a ', b'body']), lambda: iter(())])
def test_a_length_without_its_body_is_right_where_there_is_none(method, status, result, log):
    answer = ask(returning(result, status, [('Content-Length', '9')]), method=method)
    assert answer.is_whole
    assert answer.fields == [('Content-Length', '9')]
    assert log.take() == ''


def write_all(write, blocks):
    for block in blocks:
        write(block)
    return ()


@pytest.mark.parametrize(('method', 'status'), [('HEAD', '200 OK'), ('GET', '304 Not Modified')])
@pytest.mark.parametrize('blocks', [[b'x' * 300_000], [b'x' * 70_000] * 5, [b'x' * 1000] * 300])
@pytest.mark.parametrize('how', [lambda write, blocks: blocks, lambda write, blocks: iter(blocks), write_all])
def test_a_large_body_that_nobody_receives_stays_here(how, blocks, method, status, log):
    def application(environ, start):
        return how(start(status, TEXT), blocks)

    answer = ask(application, method=method)
    assert answer.is_whole
    assert len(answer.body) <= 64 * 1024
    assert log.take() == ''


def test_the_application_sees_head():
    seen = []

    def application(environ, start):
        seen.append(environ['REQUEST_METHOD'])
        start('200 OK', TEXT)
        return [b'body']

    ask(application, method='HEAD')
    assert seen == ['HEAD', 'HEAD']
