"""What every worker process is: its wire to the zygote, its connections to the edge, the board, and its end."""

from __future__ import annotations

import json
import mmap
import os
import socket
import sys
import threading
from random import SystemRandom
from typing import Any, Callable, NoReturn

from . import control, lanes, process, signals
from .ending import Ending
from .settings import Identity, Settings

LOAD_FAILED, FAILED = 3, 1
"""Exit codes."""

DIAL_S = 10.0
"""An edge that is not there for so long will not come back; the supervisor starts other workers."""
DIAL_EVERY_S = 0.005
CLOSED_S = 1.0
"""How long the edge may take to read what was sent, and to close, when a worker that was told to stop has nothing left
to do. An edge that has ended never closes: a worker that dials it still gets a connection, because the supervisor
holds the sockets."""
RECEIVE_MAX = 64 * 1024
EDGE_GONE = 'the edge is gone'


class Worker:
    """The worker of an interface also has `prepare`, `run`, `terminate` and `forked`, which worker_process.py calls."""

    kind = ''
    """The kind of worker, as HELLO has it."""
    capacity = 1
    """How many streams a lane may have at a time."""
    dials_patiently = True
    """Whether dialling may wait for an edge that does not accept at once."""
    hears_early = False
    """Whether the application's handler for SIGTERM is called when the server begins to stop: it may tell streams to
    end. Where requests run in the main thread the handler could only interrupt them, so it is called after the last
    request."""

    def __init__(self, settings: Settings, identity: Identity, status: socket.socket) -> None:
        self.settings = settings
        self.application: Any = None
        self.identity = identity
        self.pid = os.getpid()
        self.status = status
        self.status_lock = threading.Lock()
        self.zygote = control.Lines()
        self.ending = Ending(self._overdue, self.running)
        self.served = 0
        self.is_stopping = False
        self.is_ready = False
        self.is_told = False
        """The supervisor has stopped this worker: not a signal from elsewhere, nor a handler of the application's."""
        jitter = SystemRandom().randint(0, settings.max_requests_jitter) if settings.max_requests else 0
        self.hear_beside: Callable[[control.Message], None] = lambda message: None
        """What hooks of the zygote say to those in the worker."""
        self.retire_at = settings.max_requests + jitter if settings.max_requests else sys.maxsize
        self._flush_stdout, self._flush_stderr = sys.stdout.flush, sys.stderr.flush

    def prepare(self, application: Any) -> None:
        """Makes the objects that serve the application."""
        raise NotImplementedError

    def run(self, facts: dict[str, Any]) -> int:
        """Serves in the main thread; says `ready` with these facts. Returns the exit code when all is done."""
        raise NotImplementedError

    def terminate(self) -> None:
        """Requests that run are finished, those that have not begun are left to the edge. Called in the handler of
        SIGTERM, or in any thread."""
        raise NotImplementedError

    def waker(self) -> int:
        """The writing end of a pipe, by which a signal wakes the worker (see `signals.wake_by`). Called in the main thread, before `run`."""
        raise NotImplementedError

    def forked(self) -> None:
        """Called in a process that the application has forked: it must not answer on our lanes, nor run what waits on
        them."""
        self.status.close()

    def say_ready(self, facts: dict[str, Any]) -> None:
        self.is_ready = True
        self.say('ready', app=facts)

    def say(self, kind: str, **values: Any) -> None:
        with self.status_lock:
            try:
                self.status.sendall(control.render({'kind': kind, **values}))
            except OSError:
                os._exit(FAILED)  # The zygote is gone.

    def map_board(self) -> memoryview:
        """Maps the board, which has two words for each lane (docs/lanes.md)."""
        return memoryview(mmap.mmap(self.settings.board, 0)).cast('I')

    def board_index(self, unit: int, edge: int) -> int:
        """The index of the second word of a lane's record: type and stream."""
        return ((self.identity.slot + unit) * len(self.settings.lanes) + edge) * 2 + 1

    def dial(self, edge: int, role: str, unit: int, stream: int = 0) -> socket.socket | None:
        """One attempt to connect to an edge thread and introduce ourselves."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        hello = {
            'app': self.settings.name,
            'secret': self.settings.secret,
            'role': role,
            'worker': self.identity.worker,
            'name': self.identity.name,
            'unit': unit,
            'slot': self.identity.slot + unit,
            'pid': self.pid,
            'kind': self.kind,
            'capacity': self.capacity,
            'stream': stream,
        }
        try:
            connection.setblocking(self.dials_patiently)
            connection.connect(self.settings.lanes[edge])
            connection.sendall(lanes.render(lanes.HELLO, 0, json.dumps(hello).encode('ascii')))
        except OSError:
            connection.close()
            return None
        connection.setblocking(True)
        return process.keep_socket(connection)

    def count(self, requests: int) -> None:
        self.served += requests
        if self.served >= self.retire_at:
            self.retire_at = sys.maxsize
            self.say('retire', reason='max-requests')

    def flush_streams(self) -> None:
        """Writes what was printed without an end of line; whole lines leave when they are printed."""
        try:
            self._flush_stdout()
            self._flush_stderr()
        except (OSError, ValueError):
            pass  # The application has closed the streams.

    def hear_zygote(self) -> None:
        """Reads what the zygote says. When the zygote ends, this process does."""
        try:
            data = self.status.recv(RECEIVE_MAX)
        except OSError:
            data = b''
        if not data:
            os._exit(FAILED)
        for message in self.zygote.feed(data):
            if message['kind'] == 'finish':
                self.finish(message['withinMs'] / 1000, message['phase'])
            elif message['kind'] == 'beside':
                self.hear_beside(message)

    def finish(self, seconds: float, phase: str) -> None:
        """The supervisor wants the worker to be done so long from now. `phase`: 'drain': the edge sends DRAIN;
        'stopping': the server stops, and requests may go on; 'stop': nothing is left to do. A handler that the
        application has for SIGTERM is called."""
        self.is_told = self.is_told or phase == 'stop'
        self.ending.within(seconds)
        if phase == 'stop' or (phase == 'stopping' and self.hears_early):
            signals.tell_application()
        if phase == 'stop':
            self.terminate()

    def end(self) -> None:
        """Called in the main thread after `run`: the interpreter is about to end."""
        self.ending.begin(self.settings.graceful_s)
        # Threads of ours that live to the last refer to the worker, so the reference to the application is taken away:
        # nothing of ours keeps it alive.
        self.application = None
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError, AttributeError):
            # The application has closed the streams: the interpreter would fail at its end on what cannot be written.
            sys.stdout = sys.stderr = None

    def leave_place(self, reason: str) -> None:
        """The worker takes no request any more, and what else it finishes may take its time: the supervisor is to start
        another in its place at once."""
        if not self.is_told and self.is_ready:
            self.say('retire', reason=reason)

    def running(self) -> list[str]:
        """What of the worker's own work still runs when the deadline has come, for the log."""
        return []

    def _overdue(self, what: str) -> NoReturn:
        self.say('leaving', reason=f'it was not done in time (--graceful-timeout): there still ran {what}')
        self.flush_streams()
        os._exit(FAILED)
