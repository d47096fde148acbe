"""Applications that many tests are about, and one question to them."""

import threading

from fake_edge import edge_for
from portico_worker import lanes

TEXT = [('Content-Type', 'text/plain')]


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


def echo(environ, start):
    start('200 OK', [])
    return [environ['PATH_INFO'].encode('latin-1')]


class Gate:
    """An application that waits in /wait until it is let go, and notes what it was called with."""

    def __init__(self):
        self.entered, self.go, self.called = threading.Event(), threading.Event(), []

    def __call__(self, environ, start):
        self.called.append(environ['PATH_INFO'])
        if environ['PATH_INFO'] == '/wait':
            self.entered.set()
            assert self.go.wait(5)
        return echo(environ, start)
