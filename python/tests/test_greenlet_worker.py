"""How a worker on greenlets begins and ends. Threads stand for the greenlets, so gevent need not be installed: what is asserted here holds in any order."""

import socket
import sys
import threading
import time
from contextlib import contextmanager
from types import ModuleType

import pytest

from fake_edge import LIMIT_S, Listeners, Threaded, read_words, request_frame, until
from portico_worker import lanes
from portico_worker.greenlets.worker import GeventWorker
from portico_worker.settings import Identity
from portico_worker.wsgi.environ import CLOSED_MIN


class Event(threading.Event):
    """Greenlets clear an event and wait for it without a pause between; a thread may set it there. Who waits looks again, so that it may return early."""

    was_cleared = False

    def clear(self):
        self.was_cleared = True
        super().clear()

    def wait(self, timeout=None):
        return super().wait(0.01 if self.was_cleared else timeout)


@pytest.fixture(autouse=True)
def threads_for_greenlets(monkeypatch):
    def run(function, *arguments):
        try:
            function(*arguments)
        except SystemExit:
            pass  # The test is over.

    def spawn(*call):
        threading.Thread(target=run, args=call, daemon=True).start()

    gevent, event = ModuleType('gevent'), ModuleType('gevent.event')
    gevent.spawn, gevent.sleep, event.Event = spawn, time.sleep, Event
    monkeypatch.setitem(sys.modules, 'gevent', gevent)
    monkeypatch.setitem(sys.modules, 'gevent.event', event)


class ThreadedGeventWorker(Threaded, GeventWorker):
    missing = frozenset()
    """Edge threads that are not there."""

    def dial(self, edge, *rest):
        return None if edge in self.missing else super().dial(edge, *rest)

    def _listen_to_zygote(self):
        pass


class Gate:
    """An application whose requests run until the gate is open."""

    def __init__(self):
        self.begun, self.ended = [], []
        self.is_open = threading.Event()

    def __call__(self, environ, start_response):
        self.begun.append(environ['PATH_INFO'])
        self.is_open.wait(LIMIT_S)
        self.ended.append(environ['PATH_INFO'])
        start_response('200 OK', [])
        return [environ['PATH_INFO'].encode()]


class GreenletEdge(Listeners):
    def __init__(self, application, edges, missing):
        super().__init__(edges)
        self.status, self.theirs = socket.socketpair()
        settings = self.settings(preload='never', worker_class='gevent')
        self.worker = ThreadedGeventWorker(settings, Identity(1, 'w1', 0), self.theirs)
        self.worker.missing = frozenset(missing)
        self.worker.prepare(application)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        try:
            self.worker.leave(self.worker.run({'interface': 'wsgi'}))
        except SystemExit:
            pass

    def has_ended(self):
        """The code with which the worker has left."""
        assert self.worker.has_left.wait(LIMIT_S), 'the worker has not left'
        return self.worker.code

    @property
    def is_ready(self):
        return any(kind == 'ready' for kind, _ in self.worker.said)

    def close(self):
        self.worker.is_over = True
        super().close()
        self.status.close()
        self.theirs.close()


@contextmanager
def greenlet_edge(application, edges=1, missing=()):
    edge = GreenletEdge(application, edges, missing)
    try:
        yield edge
    finally:
        edge.close()


def test_term_before_there_is_a_lane_ends_the_worker():
    with greenlet_edge(Gate(), missing=[0]) as edge:
        edge.worker.terminate()
        assert edge.has_ended() == 0
        assert edge.worker.said == []


@pytest.mark.parametrize('appears', [False, True])
def test_term_while_lanes_are_still_dialled_finishes_what_runs(appears):
    gate = Gate()
    with greenlet_edge(gate, edges=2, missing=[1]) as edge:
        first = edge.accept(0)
        first.send(request_frame(1, path='/a'))
        until(lambda: gate.begun)
        if appears:
            begin_dialling_behind(edge)
            assert edge.accept(1).ended(), 'nothing can come on this lane'
        else:
            edge.worker.terminate()
            until(lambda: edge.worker.is_stopping)
        gate.is_open.set()
        assert first.answer().body == b'/a'
        assert first.ended()
        assert edge.has_ended() == 0
        assert not edge.is_ready


def begin_dialling_behind(edge):
    """SIGTERM comes while the lane to the second edge thread is being dialled, and the edge accepts it."""
    dial = edge.worker.dial

    def dial_after_term(*arguments):
        edge.worker.terminate()
        until(lambda: edge.worker.is_stopping)
        return dial(*arguments)

    edge.worker.dial = dial_after_term
    edge.worker.missing = frozenset()


def test_a_drain_before_all_lanes_are_there_ends_a_worker_that_was_never_ready():
    with greenlet_edge(Gate(), edges=2, missing=[1]) as edge:
        first = edge.accept(0)
        first.send(lanes.render(lanes.DRAIN, 0))
        assert first.ended()
        until(edge.worker.has_ended.is_set)
        edge.worker.missing = frozenset()
        edge.accept(1)
        assert edge.has_ended() == 0
        assert not edge.is_ready


def test_what_runs_on_a_lane_that_is_lost_is_waited_for_at_the_end():
    gate = Gate()
    with greenlet_edge(gate) as edge:
        lost = edge.accept(0)
        until(lambda: edge.is_ready)
        lost.send(request_frame(1, path='/a'))
        until(lambda: gate.begun)
        lost.socket.close()
        again = edge.accept(0)
        edge.worker.terminate()
        assert again.ended()
        assert not edge.worker.has_left.wait(0.1), 'its client has gone, but the application has more to do'
        gate.is_open.set()
        assert edge.has_ended() == 0
        assert gate.ended == ['/a']


def test_term_gives_back_what_comes_while_something_runs():
    gate = Gate()
    with greenlet_edge(gate) as edge:
        lane = edge.accept(0)
        lane.send(request_frame(1, path='/a'))
        until(lambda: gate.begun)
        edge.worker.terminate()
        until(lambda: edge.worker.is_stopping)
        lane.send(request_frame(2, path='/b'))
        frame = lane.next()
        assert (frame.type, read_words(frame)) == (lanes.RECALLED, [2])
        gate.is_open.set()
        assert lane.answer().body == b'/a'
        assert lane.ended()
        assert edge.has_ended() == 0
    assert gate.begun == ['/a']


def test_a_large_input_is_closed_when_its_request_is_over():
    inputs = []

    def application(environ, start_response):
        inputs.append(environ['wsgi.input'])
        start_response('200 OK', [])
        return [b'%d' % len(environ['wsgi.input'].read())]

    with greenlet_edge(application) as edge:
        lane = edge.accept(0)
        lane.send(request_frame(1, method='POST', body=b'x' * CLOSED_MIN))
        assert lane.answer().body == b'%d' % CLOSED_MIN
        until(lambda: inputs[0].closed)
