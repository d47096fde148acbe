"""The worker of a WSGI application: units that run requests, and a helper thread that hears the edge meanwhile."""

from __future__ import annotations

import atexit
import io
import os
import socket
import sys
import threading
import time
from typing import Any

from portico_worker import report, signals
from portico_worker.ending import place
from portico_worker.settings import Identity, Settings
from portico_worker.worker import DIAL_EVERY_S, DIAL_S, EDGE_GONE, FAILED, Worker

from .control_lanes import STOP, ControlLanes
from .environ import Environs
from .filewrapper import FileWrapper
from .lane import Lane
from .unit import Unit


class WsgiWorker(Worker):
    kind = 'wsgi'

    def __init__(self, settings: Settings, identity: Identity, status: socket.socket) -> None:
        super().__init__(settings, identity, status)
        self.units: list[Unit] = []
        self.control_lanes = ControlLanes(self, self.units)
        self.code = 0
        """The exit code of the process."""
        self.all_ended = threading.Event()

    def prepare(self, application: Any) -> None:
        self.application = application
        self.board = self.map_board()
        self.environs = Environs(base_environ(self.settings))
        for index in range(self.settings.threads):
            edges = range(len(self.settings.lanes))
            self.units.append(Unit(self, index, [Lane(edge, self.board_index(index, edge)) for edge in edges]))

    def dial_until(self, edge: int, role: str, unit: int) -> socket.socket | None:
        deadline = time.monotonic() + DIAL_S
        while True:
            connection = self.dial(edge, role, unit)
            if connection is not None or time.monotonic() > deadline:
                return connection
            time.sleep(DIAL_EVERY_S)

    def run(self, facts: dict[str, Any]) -> int:
        if not (self.control_lanes.connect() and all(unit.connect() for unit in self.units)):
            self.lost_edge()
            return self.code
        self.say_ready(facts)
        threading.Thread(target=self._help, name='portico-helper', daemon=True).start()
        try:
            if len(self.units) == 1:
                # The application runs in the main thread, as with a synchronous server: it may use signals,
                # or objects that belong to the thread of its import.
                self.serve(self.units[0])
            else:
                for unit in self.units:
                    name = f'portico-{unit.index}'
                    threading.Thread(target=self.serve, args=(unit,), name=name).start()
                self.all_ended.wait()
            signals.tell_application()
        except SystemExit as error:
            self._leave_for(error)
        return self.code

    def _leave_for(self, error: SystemExit) -> None:
        """A handler of the application's has asked for the end of the process, as Python programs do, while no request
        ran in this thread."""
        self.code = exit_code(error)
        if os.getpid() != self.pid:
            return  # This was a process that the application has forked.
        self.terminate()
        for unit in self.units:
            # A unit that this thread was to serve, or whose thread it was about to start, has nobody else to end it.
            if unit.thread in (0, threading.get_ident()):
                unit.end()
        self.all_ended.wait()

    def _help(self) -> None:
        """Runs the helper thread. A worker whose helper fails hears neither the edge nor SIGTERM any more: what runs
        goes on, and the worker is replaced. One whose helper fails again ends, because it would fail for ever."""
        for is_last in (False, True):
            try:
                self.control_lanes.run()
            except BaseException as error:
                report.failure('the helper thread of the worker failed', error)
                if is_last:
                    os._exit(FAILED)
                self.say('retire', reason='an internal error')

    def serve(self, unit: Unit) -> None:
        """Ends the process if a unit fails: the edge gives the unit's requests to other workers."""
        try:
            unit.serve()
        except SystemExit as error:
            if os.getpid() != self.pid and len(self.units) > 1:
                # A process that the application has forked in a thread has nothing to return to.
                atexit._run_exitfuncs()
                os._exit(exit_code(error))
            raise
        except BaseException as error:
            report.failure('the worker failed', error)
            os._exit(FAILED)

    def unit_ended(self) -> None:
        """Called in the thread of a unit that serves no more."""
        if all(unit.has_ended for unit in self.units):
            self.all_ended.set()

    def lost_edge(self) -> None:
        if self.code != FAILED:
            self.code = FAILED
            self.say('leaving', reason=EDGE_GONE)
        self.terminate()

    def terminate(self) -> None:
        self.control_lanes.wake(STOP)

    def waker(self) -> int:
        return self.control_lanes.wake_end

    def running(self) -> list[str]:
        frames = sys._current_frames()
        return [f'a request{place(frames.get(unit.thread))}' for unit in self.units if not unit.is_at_rest]

    def end(self) -> None:
        for unit in self.units:
            unit.application = None
        super().end()

    def forked(self) -> None:
        for unit in self.units:
            unit.forked()
        self.control_lanes.forked()
        super().forked()


def exit_code(error: SystemExit) -> int:
    """The exit code that Python gives a process for this exception."""
    return error.code if isinstance(error.code, int) else int(error.code is not None)


def base_environ(settings: Settings) -> dict[str, Any]:
    """What the environ of every request has (PEP 3333, "environ Variables")."""
    return {
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'http',
        'wsgi.errors': _errors_stream(),
        'wsgi.multithread': settings.threads > 1,
        'wsgi.multiprocess': settings.multiprocess,
        'wsgi.run_once': False,
        'wsgi.input_terminated': True,
        'wsgi.file_wrapper': FileWrapper,
        # Bytes as latin-1 (PEP 3333). A request's path has lost the prefix already, so all of the path is PATH_INFO.
        'SCRIPT_NAME': settings.root_path.encode('utf-8').decode('latin-1'),
        **_of_gunicorn(settings),
    }


def _of_gunicorn(settings: Settings) -> dict[str, Any]:
    if settings.gunicorn is None:
        return {}
    from .early_hints import early_hints

    return {'wsgi.early_hints': early_hints}


def _errors_stream() -> io.TextIOBase:
    """wsgi.errors: still the log when the application has closed or replaced sys.stderr."""
    raw: Any = io.FileIO(report.descriptor(), 'w', closefd=False)
    return io.TextIOWrapper(raw, encoding='utf-8', errors='backslashreplace', write_through=True)
