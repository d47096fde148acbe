"""The worker of a WSGI application on greenlets. The standard library was patched before the application was loaded (patch.py)."""

from __future__ import annotations

import os
import socket
import time
from typing import Any, Callable

from portico_worker import process, signals
from portico_worker.settings import Identity, Settings
from portico_worker.worker import CLOSED_S, DIAL_EVERY_S, DIAL_S, EDGE_GONE, FAILED, Worker
from portico_worker.wsgi.environ import Environs
from portico_worker.wsgi.worker import base_environ

from .lane import GreenletLane

CONNECTIONS = 1000
"""Requests at a time, as gunicorn's --worker-connections has it."""


class GeventWorker(Worker):
    kind = 'gevent'

    def __init__(self, settings: Settings, identity: Identity, status: socket.socket) -> None:
        super().__init__(settings, identity, status)
        import gevent  # type: ignore[import-untyped]
        from gevent.event import Event  # type: ignore[import-untyped]

        self.capacity = settings.worker_connections or CONNECTIONS
        self.new_event: Callable[[], Any] = Event
        self.spawn: Callable[..., Any] = gevent.spawn
        self.sleep: Callable[[float], None] = gevent.sleep
        self.lanes: dict[int, GreenletLane] = {}
        """The lanes, by edge thread."""
        self.lost: set[GreenletLane] = set()
        """Lanes whose connection has ended, while applications still run for streams on them."""
        self.has_ended = Event()
        self.code = 0
        """The exit code of the process."""

    def prepare(self, application: Any) -> None:
        self.application = application
        self.board = self.map_board()
        self.environs = Environs({**base_environ(self.settings), 'wsgi.multithread': True})

    def run(self, facts: dict[str, Any]) -> int:
        self.spawn(self._listen_to_zygote)
        if not all(self._open_lane(edge) for edge in range(len(self.settings.lanes))):
            self._lose_edge()
            return self.code
        if not self.is_stopping and not self.has_ended.is_set():
            self.say_ready(facts)
        self.has_ended.wait()
        signals.tell_application()
        return self.code

    def _open_lane(self, edge: int) -> bool:
        """Returns false if the edge is not there. A worker that is to stop needs no lane any more."""
        deadline = time.monotonic() + DIAL_S
        # The board still names a stream of the earlier connection of this lane.
        self.board[self.board_index(0, edge)] = 0
        connection: socket.socket | None = None
        while connection is None and not self.is_stopping:
            connection = self.dial(edge, 'requests', 0)
            if connection is None:
                if time.monotonic() > deadline:
                    return False
                self.sleep(DIAL_EVERY_S)
        if connection is not None:
            lane = self.lanes[edge] = GreenletLane(self, edge, connection)
            self.spawn(lane.read)
            self.spawn(lane.send)
            if self.is_stopping:
                self.note_end(lane)  # SIGTERM has come while this lane was dialled.
        return True

    def _lose_edge(self) -> None:
        self.code = FAILED
        self.say('leaving', reason=EDGE_GONE)
        self.has_ended.set()

    def _listen_to_zygote(self) -> None:
        # The wire was made before the standard library was patched. Made into a socket now, it lets the greenlet alone
        # wait that reads from it.
        self.status = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, self.status.detach())
        while True:
            self.hear_zygote()

    def lost_lane(self, lane: GreenletLane) -> None:
        if lane.streams:
            self.lost.add(lane)
        if not lane.is_draining and not self.is_stopping:
            self.spawn(self._redial, lane.edge)
        self.note_end(lane)

    def _redial(self, edge: int) -> None:
        if os.getpid() != self.pid:
            os._exit(0)  # The application has forked, and the child has returned into our code.
        if not self._open_lane(edge):
            self._lose_edge()

    def note_end(self, lane: GreenletLane) -> None:
        """Ends a lane that is to end, when nothing is left on it."""
        if lane.streams:
            return
        self.lost.discard(lane)
        if (lane.is_draining or self.is_stopping) and not lane.is_lost:
            lane.close()
        self._check_end()

    def _check_end(self) -> None:
        if self.is_stopping and not self._has_streams():
            self.spawn(self._end_soon)
        is_over = all(each.is_lost and (each.is_draining or self.is_stopping) for each in self.lanes.values())
        if is_over and not self.lost:
            self.has_ended.set()

    def _end_soon(self) -> None:
        self.sleep(CLOSED_S)
        if not self._has_streams():
            self.has_ended.set()

    def _has_streams(self) -> bool:
        return any(lane.streams for lane in (*self.lanes.values(), *self.lost))

    def terminate(self) -> None:
        # The signal may have interrupted any greenlet, or the hub.
        self.spawn(self._stop)

    def waker(self) -> int:
        reader, writer = process.wake_pipe()
        self.spawn(self._hear_signals, reader)
        return writer

    def _hear_signals(self, reader: int) -> None:
        """Handlers of signals are called when the hub runs Python code, so it is only to wake up."""
        from gevent.os import make_nonblocking, nb_read  # type: ignore[import-untyped]

        make_nonblocking(reader)
        while os.getpid() == self.pid:
            nb_read(reader, process.WAKES_MAX)

    def _stop(self) -> None:
        if self.is_stopping:
            return
        self.is_stopping = True
        self.leave_place('SIGTERM')
        for lane in list(self.lanes.values()):
            self.note_end(lane)
        self._check_end()

    def forked(self) -> None:
        for lane in self.lanes.values():
            lane.is_lost = True
            lane.socket.close()
        super().forked()
