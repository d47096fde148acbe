"""The helper thread of a worker: hears RECALL and ABORT while the units are in the
application, the end of the zygote, and SIGTERM."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from typing import NoReturn

from portico_worker import lanes, process, signals

from .host import Host
from .unit import Unit

REDIAL_MS = 100
REDIAL_FOR_S = 10.0
AT_REST_EVERY_MS = 5
"""How often it is looked whether the last requests of a worker that stops are answered."""
RECEIVE_MAX = 64 * 1024
STOP = b'T'
"""Has the helper stop the worker. No signal has this number (84), which would come as a byte through the same pipe."""


class ControlLanes:
    def __init__(self, worker: Host, units: list[Unit]) -> None:
        self.worker = worker
        self.units = units
        self.poller = select.poll()
        self.wakes, self.wake_end = process.wake_pipe()
        self.connections: dict[int, socket.socket] = {}
        self.readers: dict[int, lanes.FrameReader] = {}
        self.missing: dict[int, float] = {}
        """Edge threads to dial again, with the time at which that is given up."""
        self.poller.register(self.wakes, select.POLLIN)
        self.poller.register(worker.status, select.POLLIN)

    def connect(self) -> bool:
        for edge in range(len(self.worker.settings.lanes)):
            connection = self.worker.dial_until(edge, 'control', 0)
            if connection is None:
                return False
            self._add(edge, connection)
        return True

    def _add(self, edge: int, connection: socket.socket) -> None:
        self.connections[edge] = connection
        self.readers[edge] = lanes.FrameReader()
        self.poller.register(connection, select.POLLIN)

    def wake(self, what: bytes) -> None:
        """May be called from any thread, or from a signal handler."""
        try:
            os.write(self.wake_end, what)
        except OSError:
            pass  # The pipe is full of the same message.

    def run(self) -> NoReturn:
        while True:
            for descriptor, _ in self.poller.poll(self._patience_ms()):
                if descriptor == self.wakes:
                    self._wake(os.read(self.wakes, process.WAKES_MAX))
                elif descriptor == self.worker.status.fileno():
                    self.worker.hear_zygote()
                else:
                    self._read(descriptor)
            if self.missing:
                self._redial()
            if self.worker.is_stopping:
                self._end_resting()

    def _patience_ms(self) -> int | None:
        if self.worker.is_stopping and not all(unit.has_ended for unit in self.units):
            return AT_REST_EVERY_MS
        return REDIAL_MS if self.missing else None

    def _read(self, descriptor: int) -> None:
        for edge, connection in list(self.connections.items()):
            if connection.fileno() != descriptor:
                continue
            try:
                data = connection.recv(RECEIVE_MAX)
                frames = self.readers[edge].feed(data)
            except (OSError, lanes.Fault):
                data = b''
            if not data:
                self._lose(edge, connection)
                return
            for frame in frames:
                self._handle(edge, frame)

    def _handle(self, edge: int, frame: lanes.Frame) -> None:
        try:
            words = lanes.read_words(frame.payload)
            lane = self.units[words[0]].lanes[edge]
            if frame.type == lanes.RECALL:
                lane.recall()
            elif frame.type == lanes.ABORT:
                lane.abort(words[1])
        except (lanes.Fault, IndexError, struct.error):
            self._lose(edge, self.connections[edge])

    def _lose(self, edge: int, connection: socket.socket) -> None:
        self.poller.unregister(connection)
        connection.close()
        del self.connections[edge]
        self.missing[edge] = time.monotonic() + REDIAL_FOR_S

    def _redial(self) -> None:
        for edge, deadline in list(self.missing.items()):
            is_left = all(unit.lanes[edge].is_drained for unit in self.units)
            connection = None if is_left else self.worker.dial(edge, 'control', 0)
            if connection is not None:
                self._add(edge, connection)
            # When a connection is given up, the units have lost theirs to the same edge, and end the process.
            if is_left or connection is not None or time.monotonic() > deadline:
                del self.missing[edge]

    def _wake(self, by: bytes) -> None:
        """A SIGTERM comes here twice: at once, and from its handler, as soon as the main thread calls that."""
        if not self.worker.is_stopping and (STOP in by or signals.ends_worker(by)):
            self._stop()

    def _stop(self) -> None:
        """Requests that run are finished; those that have not begun are left to the edge, which gives them to other
        workers."""
        self.worker.is_stopping = True
        self.worker.leave_place('SIGTERM')
        for unit in self.units:
            unit.drop_pending()

    def _end_resting(self) -> None:
        for unit in self.units:
            if unit.is_at_rest and not unit.has_ended:
                unit.stop_reading()

    def forked(self) -> None:
        for connection in self.connections.values():
            connection.close()
        os.close(self.wakes)
        os.close(self.wake_end)
