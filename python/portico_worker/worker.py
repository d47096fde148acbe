"""What every worker process is: its wire to the zygote, its connections to the edge, the board, and its end."""

from __future__ import annotations

import atexit
import faulthandler
import json
import mmap
import os
import socket
import sys
import threading
from random import SystemRandom
from typing import Any, NoReturn

from . import control, lanes, process, report
from .settings import Identity, Settings

LOAD_FAILED, FAILED = 3, 1
"""Exit codes."""

DIAL_S = 10.0
"""An edge that is not there for so long will not come back; the supervisor starts other workers."""
DIAL_EVERY_S = 0.05
EXIT_S = 10.0
"""What the application's exit handlers may take."""


class Worker:
    """An interface's worker also has `prepare`, `run`, `terminate` and `forked`, which worker_process.py calls."""

    kind = ''
    """As HELLO says it."""
    capacity = 1
    """Streams at a time on a lane."""
    dials_patiently = True
    """Whether dialling may wait for an edge that does not accept at once."""

    def __init__(self, settings: Settings, identity: Identity, status: socket.socket) -> None:
        self.settings = settings
        self.identity = identity
        self.pid = os.getpid()
        self.status = status
        self.status_lock = threading.Lock()
        self.leave_lock = threading.Lock()
        self.served = 0
        self.is_stopping = False
        jitter = SystemRandom().randint(0, settings.max_requests_jitter) if settings.max_requests else 0
        self.retire_at = settings.max_requests + jitter if settings.max_requests else sys.maxsize
        self._flush_stdout, self._flush_stderr = sys.stdout.flush, sys.stderr.flush

    def prepare(self, application: Any) -> None:
        """Makes what serves the application."""
        raise NotImplementedError

    def run(self, facts: dict[str, Any]) -> None:
        """Serves in the main thread; says `ready` with these facts. Does not return."""
        raise NotImplementedError

    def terminate(self) -> None:
        """SIGTERM: what runs is finished, what has not begun is left to the edge. Called in the signal's handler."""
        raise NotImplementedError

    def forked(self) -> None:
        """In a process that the application has forked: it must not answer on our lanes, nor run what waits on them."""
        self.status.close()

    def say(self, kind: str, **values: Any) -> None:
        with self.status_lock:
            try:
                self.status.sendall(control.render({'kind': kind, **values}))
            except OSError:
                os._exit(FAILED)  # The zygote is gone.

    def map_board(self) -> memoryview:
        """Two words for each lane (docs/lanes.md)."""
        return memoryview(mmap.mmap(self.settings.board, 0)).cast('I')

    def board_index(self, unit: int, edge: int) -> int:
        """Of the second word of a lane's record: type and stream."""
        return ((self.identity.slot + unit) * len(self.settings.lanes) + edge) * 2 + 1

    def dial(self, edge: int, role: str, unit: int) -> socket.socket | None:
        """One attempt to connect to an edge thread and introduce ourselves."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        hello = {
            'secret': self.settings.secret,
            'role': role,
            'worker': self.identity.worker,
            'name': self.identity.name,
            'unit': unit,
            'slot': self.identity.slot + unit,
            'pid': self.pid,
            'kind': self.kind,
            'capacity': self.capacity,
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
        """Lines leave when they are written; this is for what is printed without an end of line."""
        try:
            self._flush_stdout()
            self._flush_stderr()
        except (OSError, ValueError):
            pass  # The application has closed them.

    def leave(self, code: int) -> NoReturn:
        """Runs the application's exit handlers and ends, without waiting for threads that it left."""
        self.leave_lock.acquire()
        faulthandler.dump_traceback_later(EXIT_S, exit=True, file=report.descriptor())
        try:
            atexit._run_exitfuncs()
        except BaseException as error:
            report.log(f'exit handlers: {report.summary(error)}\n{report.format_error(error)}')
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                pass
        os._exit(code)
