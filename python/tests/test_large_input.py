"""What is kept of a request's body when the request is over, by an application that still refers to all of it."""

import os

import pytest

from fake_edge import edge_for
from portico_worker.wsgi.environ import CLOSED_MIN

pytestmark = pytest.mark.usefixtures('log')

BODY = b'x' * CLOSED_MIN


class Keeping:
    """Keeps each environ, as references that go in circles do until the collector finds them."""

    def __init__(self, result):
        self.result, self.environs = result, []

    def __call__(self, environ, start):
        self.environs.append(environ)
        start('200 OK', [])
        return self.result(environ['wsgi.input'])


def whole(body):
    return [b'%d' % len(body.read())]


def in_blocks(body):
    yield b'%d' % len(body.read(10))
    yield b' %d' % len(body.read())


def failing(body):
    raise ValueError('boom')


RESULTS = {whole: b'%d' % len(BODY), in_blocks: b'10 %d' % (len(BODY) - 10), failing: b''}


@pytest.mark.parametrize('result', RESULTS, ids=lambda result: result.__name__)
@pytest.mark.parametrize('is_file', [True, False], ids=['file', 'memory'])
def test_the_input_is_closed_behind_the_last_block(result, is_file, tmp_path):
    application, path = Keeping(result), tmp_path / 'e0-1'
    path.write_bytes(BODY)
    with edge_for(application) as edge:
        options = {'body_file': os.fspath(path)} if is_file else {'body': BODY}
        assert edge.ask(1, method='POST', **options).body == RESULTS[result]
        edge.ask(2)
        body, nothing = (environ['wsgi.input'] for environ in application.environs)
        assert body.closed
        assert not nothing.closed


def test_a_view_that_the_application_keeps_stays_good():
    views = []

    def application(environ, start):
        views.append(environ['wsgi.input'].getbuffer())
        start('200 OK', [])
        return [b'kept']

    with edge_for(application) as edge:
        assert edge.ask(1, method='POST', body=BODY).body == b'kept'
        assert edge.ask(2, method='POST', body=BODY).body == b'kept'
    assert bytes(views[0]) == BODY
