"""All that the module `uwsgi` works with. Made in the zygote before the application is imported, so that every process which is forked has it; what
is shared is in memory mapped by then, or behind its sockets.
"""

from __future__ import annotations

import mmap
import os
import socket
import time
from collections.abc import Iterable
from typing import Any, Callable

from portico_worker import process
from portico_worker.settings import Settings

from .areas import Area
from .cache import Cache
from .locks import LockFile, ProcessLock
from .plan import Plan, read_plan
from .scoreboard import Scoreboard
from .signal_table import SignalTable

Message = dict[str, Any]


class Queue:
    """Messages to mules. The kernel keeps them, also while no mule lives; one that does not fit any more is refused."""

    def __init__(self, message_bytes: int) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ours, theirs):
            end.setblocking(False)
            if message_bytes > end.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, message_bytes)
        self.writer, self.reader = _keep(ours), _keep(theirs)

    def put(self, message: bytes) -> bool:
        try:
            self.writer.send(message)
        except (BlockingIOError, OSError):
            return False
        return True

    def take(self, size: int) -> bytes | None:
        try:
            return self.reader.recv(size)
        except (BlockingIOError, OSError):
            return None


def _keep(end: socket.socket) -> socket.socket:
    kept = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, process.keep(end.detach()))
    kept.setblocking(False)
    return kept


class Instance:
    def __init__(self, settings: Settings) -> None:
        assert settings.uwsgi is not None
        self.settings = settings
        self.plan: Plan = read_plan(settings.uwsgi)
        self.started_on = int(time.time())
        self.master = os.getppid()
        """The supervisor: what signals of the master are sent to."""
        self.zygote = os.getpid()
        files = LockFile()
        places = iter(range(1, 2**31))
        self.user_locks = [ProcessLock(files, next(places)) for _ in range(self.plan.locks + 1)]
        self.caches = {plan.name: Cache(plan, ProcessLock(files, next(places))) for plan in self.plan.caches}
        self.areas = [Area(size, ProcessLock(files, next(places))) for size in self.plan.areas]
        self.board = Scoreboard(settings.workers, settings.threads)
        self.signals = SignalTable()
        self.any_mule = Queue(self.plan.message_bytes)
        self.mules = [Queue(self.plan.message_bytes) for _ in self.plan.mules]
        self.farms = {farm.name: Queue(self.plan.message_bytes) for farm in self.plan.farms}
        self.mule_signals = [Queue(1) for _ in self.plan.mules]
        self.spooler_signals = Queue(1)
        self.shared = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast('B').cast('q')
        """Words that all processes see: in the first, seconds of `set_spooler_frequency`."""
        self.mule_id = 0
        self.spool_folder = ''
        """That of this process, if it is a spooler."""
        self.worker_id = 0
        self.send: Callable[[Message], None] = self._hold
        """Tells the keeper, as far as this process can."""
        self.held: list[Message] = []
        """What was told before there was somebody to tell it to: while the application is imported."""

    def _hold(self, message: Message) -> None:
        self.held.append(message)

    def tell_by(self, send: Callable[[Message], None]) -> None:
        self.send = send
        held, self.held = self.held, []
        for message in held:
            send(message)

    @property
    def spooler_frequency(self) -> int:
        return self.shared[0] or self.plan.spooler.frequency

    def mules_of(self, farm: str) -> Iterable[int]:
        return next((found.mules for found in self.plan.farms if found.name == farm), ())
