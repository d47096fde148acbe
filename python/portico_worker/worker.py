"""A worker process: connects its lanes, runs its units, and ends when all lanes are drained."""

from __future__ import annotations

import atexit
import faulthandler
import gc
import io
import json
import mmap
import os
import signal
import socket
import sys
import threading
import time
from random import SystemRandom
from typing import Any, NoReturn

from . import control, forksafe, lanes, process, report
from .control_lanes import ControlLanes
from .environ import Environs
from .filewrapper import FileWrapper
from .lane import Lane
from .loader import Loaded, LoadError, load
from .settings import Identity, Settings
from .unit import Unit, park

LOAD_FAILED, FAILED = 3, 1
"""Exit codes."""

DIAL_S = 10.0
"""An edge that is not there for so long will not come back; the supervisor starts other workers."""
DIAL_EVERY_S = 0.05
EXIT_S = 10.0
"""What the application's exit handlers may take."""


class Worker:
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
        self.units: list[Unit] = []
        self.control_lanes = ControlLanes(self, self.units)
        self._flush_stdout, self._flush_stderr = sys.stdout.flush, sys.stderr.flush

    def say(self, kind: str, **values: Any) -> None:
        with self.status_lock:
            try:
                self.status.sendall(control.render({'kind': kind, **values}))
            except OSError:
                os._exit(FAILED)  # The zygote is gone.

    def make_units(self, application: Any) -> None:
        self.application = application
        self.board = _map_board(self.settings.board)
        self.environs = Environs(self._base_environ())
        edges = len(self.settings.lanes)
        for index in range(self.settings.threads):
            first = (self.identity.slot + index) * edges
            # The second word of the lane's record: type and stream (docs/lanes.md).
            self.units.append(Unit(self, index, [Lane(edge, (first + edge) * 2 + 1) for edge in range(edges)]))

    def _base_environ(self) -> dict[str, Any]:
        return {
            'wsgi.version': (1, 0),
            'wsgi.url_scheme': 'http',
            'wsgi.errors': _errors_stream(),
            'wsgi.multithread': self.settings.threads > 1,
            'wsgi.multiprocess': self.settings.multiprocess,
            'wsgi.run_once': False,
            'wsgi.input_terminated': True,
            'wsgi.file_wrapper': FileWrapper,
            'SCRIPT_NAME': '',
        }

    def dial(self, edge: int, role: str, unit: int) -> socket.socket | None:
        """One attempt to connect to an edge thread and introduce ourselves."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        hello = {
            'secret': self.settings.secret,
            'role': role,
            'worker': self.identity.worker,
            'unit': unit,
            'slot': self.identity.slot + unit,
            'pid': self.pid,
            'kind': 'wsgi',
            'capacity': 1,
        }
        try:
            connection.connect(self.settings.lanes[edge])
            connection.sendall(lanes.render(lanes.HELLO, 0, json.dumps(hello).encode('ascii')))
        except OSError:
            connection.close()
            return None
        return process.keep_socket(connection)

    def dial_until(self, edge: int, role: str, unit: int) -> socket.socket | None:
        deadline = time.monotonic() + DIAL_S
        while True:
            connection = self.dial(edge, role, unit)
            if connection is not None or time.monotonic() > deadline:
                return connection
            time.sleep(DIAL_EVERY_S)

    def run(self, facts: dict[str, Any]) -> None:
        self.control_lanes.connect()
        for unit in self.units:
            unit.connect()
        self.say('ready', app=facts)
        if len(self.units) == 1:
            # The application runs in the main thread, as with a synchronous server: it may use signals,
            # or objects that belong to the thread of its import.
            threading.Thread(target=self.control_lanes.run, name='portico-helper', daemon=True).start()
            self.serve(self.units[0])
        else:
            for unit in self.units:
                threading.Thread(target=self.serve, args=(unit,), name=f'portico-{unit.index}', daemon=True).start()
            self.control_lanes.run()
        park()

    def serve(self, unit: Unit) -> None:
        """Ends the process if a unit fails: the edge gives what it had to other workers."""
        try:
            unit.serve()
        except BaseException as error:
            report.log(f'the worker failed: {report.summary(error)}\n{report.format_error(error)}')
            os._exit(FAILED)

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

    def unit_ended(self) -> None:
        """Called in the thread of a unit all of whose lanes are drained."""
        if all(unit.has_ended for unit in self.units):
            self.leave(0)

    def lost_edge(self) -> NoReturn:
        self.say('leaving', reason='the edge is gone')
        self.leave(FAILED)

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

    def forked(self) -> None:
        """In a process that the application has forked: it must not answer on our lanes, nor run what waits on them."""
        for unit in self.units:
            unit.forked()
        self.control_lanes.forked()
        self.status.close()


def _map_board(path: str) -> memoryview:
    with open(path, 'r+b') as file:
        return memoryview(mmap.mmap(file.fileno(), 0)).cast('I')


def _errors_stream() -> io.TextIOBase:
    """wsgi.errors: still the log when the application has closed or replaced sys.stderr."""
    raw: Any = io.FileIO(report.descriptor(), 'w', closefd=False)
    return io.TextIOWrapper(raw, encoding='utf-8', errors='backslashreplace', write_through=True)


def _set_up_streams() -> None:
    report.write_to(process.keep(os.dup(2)))
    faulthandler.enable(file=report.descriptor(), all_threads=True)
    # The supervisor asks for the tracebacks of a stuck worker; this needs no GIL.
    faulthandler.register(signal.SIGUSR2, file=report.descriptor(), all_threads=True, chain=False)


def _set_up_signals(worker: Worker) -> None:
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: worker.control_lanes.wake(b'T'))


def run_worker(settings: Settings, identity: Identity, loaded: Loaded | None, status: socket.socket) -> None:
    """What the zygote's child does; does not return."""
    os.environ['PORTICO_WORKER'] = identity.name
    _set_up_streams()
    worker = Worker(settings, identity, status)
    _set_up_signals(worker)
    if loaded is None:
        try:
            loaded = load(settings.app)
        except LoadError as error:
            worker.say('worker-load-failed', error=error.summary, traceback=error.traceback)
            os._exit(LOAD_FAILED)
        gc.collect()
    else:
        forksafe.reseed()
    gc.freeze()
    worker.make_units(loaded.application)
    os.register_at_fork(after_in_child=worker.forked)
    worker.run(loaded.facts)
