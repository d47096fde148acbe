"""A process beside the workers, as the keeper sees it: how it is started, and when again if it ends."""

from __future__ import annotations

import os
import signal
import time
from typing import Callable

from portico_worker import process, report, signals
from portico_worker.report import RECORD

from . import commands
from .office import Office

SHORT_S = 2.0
"""A process that has lived for less is taken for one that cannot work …"""
PAUSE_S, PAUSE_MAX_S = 0.5, 30.0
"""… and waits before it is started again: twice as long each time, from this to that."""
OUTPUT_BYTES = 64 * 1024


class Born(BaseException):
    """Raised in a process that was forked from the keeper, with what it is to run: the frames of the keeper are left behind first."""


class Beside:
    """`run` is called in a process that was forked, and does not return; or `command` starts a program, which has a session of its own."""

    def __init__(
        self,
        name: str,
        run: Callable[[], None] | None = None,
        *,
        command: Callable[[int], int] | None = None,
        folder: str = '',
        restarts: bool = True,
        stop_signal: int = signal.SIGTERM,
        pause_max: float = PAUSE_MAX_S,
        ends_with_us: bool = True,
    ) -> None:
        self.name = name
        self.run = run
        self.command = command
        self.folder = folder
        """That of a spooler."""
        self.restarts = restarts
        self.stop_signal = stop_signal
        self.pause_max = pause_max
        self.ends_with_us = ends_with_us
        self.on_end: Callable[[int], None] | None = None
        """Called with its code in the place of starting it again."""
        self.pid = self.last_pid = 0
        self.respawns = -1
        self.started_at = 0.0
        self.started_on = 0
        self.failures = 0
        self._line_begins = True

    def start(self, keeper: Office) -> int:
        """Returns the end of the pipe from which its output comes. What it prints belongs to the log, each line with its name."""
        reader, writer = os.pipe()
        reader = process.keep(reader)
        try:
            self.pid = self._fork(keeper, writer) if self.command is None else self.command(writer)
        except OSError:
            os.close(reader)
            os.close(writer)
            raise
        os.close(writer)
        os.set_blocking(reader, False)
        self.last_pid = self.pid
        self.respawns += 1
        self.started_at, self.started_on = time.monotonic(), int(time.time())
        self._line_begins = True
        return reader

    def _fork(self, keeper: Office, writer: int) -> int:
        parent = os.getpid()
        pid = signals.fork_worker()
        if pid != 0:
            return pid
        try:
            process.die_with_parent(parent)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            keeper.zygote.close()
            for reader in keeper.readers():
                os.close(reader)
            os.dup2(writer, 1)
            os.dup2(writer, 2)
            os.close(writer)
            report.write_to(process.keep(os.dup(2)))
        except BaseException:
            os._exit(1)  # It must not go on as a second keeper.
        raise Born(self.run)

    def relay(self, reader: int) -> bool:
        """Passes on what was printed; False at the end of it."""
        try:
            data = os.read(reader, OUTPUT_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            data = b''
        if not data:
            os.close(reader)
            return False
        _write(b''.join(self._named(line) for line in data.splitlines(keepends=True)))
        return True

    def _named(self, line: bytes) -> bytes:
        # Entries of our own are told by how they begin.
        begins, self._line_begins = self._line_begins, line.endswith(b'\n')
        return self.name.encode() + b': ' + line if begins and not line.startswith(RECORD) else line

    def has_ended(self, code: int) -> None:
        is_short = time.monotonic() - self.started_at < SHORT_S
        self.failures = self.failures + 1 if is_short else 0
        self.pid = 0

    def pause(self) -> float:
        return 0.0 if self.failures == 0 else float(min(self.pause_max, PAUSE_S * 2 ** min(self.failures - 1, 10)))

    def ask_to_end(self) -> None:
        if self.command is None:
            commands.send_signal(self.pid, self.stop_signal)
        else:
            commands.signal_group(self.pid, self.stop_signal)

    def kill(self) -> None:
        if self.command is None:
            commands.send_signal(self.pid, signal.SIGKILL)
        else:
            commands.signal_group(self.pid, signal.SIGKILL)

    def describe(self) -> dict[str, object]:
        return {'name': self.name, 'pid': self.pid, 'respawns': max(0, self.respawns)}

    def describe_spooler(self) -> dict[str, object]:
        return {'dir': self.folder, **self.describe()}


def _write(data: bytes) -> None:
    while data:
        try:
            data = data[os.write(1, data) :]
        except OSError:
            return  # Nobody reads the log any more.
