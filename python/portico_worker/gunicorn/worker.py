"""`worker` of the hooks: what gunicorn's workers are to them, in the zygote and in the process itself."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from .config import Config

if TYPE_CHECKING:
    from portico_worker.worker import Worker as RealWorker

    from .arbiter import Arbiter


class WorkerTmp:
    """Gunicorn's workers touch a file to show that they live. Here the edge asks them."""

    def notify(self) -> None: ...

    def close(self) -> None: ...

    def last_update(self) -> float:
        return time.monotonic()


class Application:
    """`worker.app` and `server.app`."""

    def __init__(self, cfg: Config, name: str) -> None:
        self.cfg = cfg
        self.prog = 'gunicorn'
        self.app_uri = name
        self.callable: Any = None

    def wsgi(self) -> Any:
        return self.callable


class Worker:
    def __init__(self, age: int, server: Arbiter) -> None:
        self.age = age
        self.pid: Any = '[booting]'
        self.ppid = server.pid
        self.sockets = server.LISTENERS
        self.app = server.app
        self.timeout = server.timeout / 2.0
        self.cfg = server.cfg
        self.log = server.log
        self.booted = False
        self.aborted = False
        self.reloader = None
        self.tmp = WorkerTmp()
        self.wsgi: Any = None
        self._real: RealWorker | None = None
        self._alive = True
        self._begun = 0
        self.counts = False
        """Requests pass through `handles_request`, because hooks see them."""

    def become(self, real: RealWorker, application: Any) -> None:
        """Called in the process: the application is loaded."""
        self._real = real
        self.wsgi = self.app.callable = application

    @property
    def nr(self) -> int:
        """How many requests it has begun with."""
        if self.counts or self._real is None:
            return self._begun
        return self._real.served

    @property
    def max_requests(self) -> int:
        return sys.maxsize if self._real is None else self._real.retire_at

    @property
    def has_main_thread(self) -> bool:
        """A handler of signals may raise: what runs in the main thread is a request, or waits for one. In an event loop it may be anything."""
        return self._real is not None and self._real.kind == 'wsgi'

    def fail(self, code: int) -> None:
        """The process is to end by this exit code when its requests are over."""
        if self.has_main_thread:
            self._real.code = code  # type: ignore[union-attr]

    def handles_request(self) -> None:
        self._begun += 1

    @property
    def alive(self) -> bool:
        return self._alive and not (self._real is not None and self._real.is_stopping)

    @alive.setter
    def alive(self, alive: bool) -> None:
        """As of gunicorn's, False makes the worker end when its requests are over. Another takes its place."""
        self._alive = alive
        if not alive and self._real is not None and os.getpid() == self._real.pid:
            self._real.terminate()

    def notify(self) -> None:
        self.tmp.notify()

    def __str__(self) -> str:
        return f'<Worker {self.pid}>'
