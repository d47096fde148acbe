"""A worker process as the zygote sees it."""

from __future__ import annotations

import os
import socket

from . import control, process, report
from .settings import Identity


class Child:
    def __init__(self, identity: Identity, pid: int, status: socket.socket) -> None:
        self.identity = identity
        self.worker = identity.worker
        self.pid = pid
        self.status = status
        self.lines = control.Lines()
        self.reason: str | None = None
        self.started: set[int] = set()
        """Processes that the worker's own import of the application has started."""
        self.hung_up = False
        try:
            self.pidfd = process.keep(os.pidfd_open(pid))
        except (AttributeError, OSError):
            self.pidfd = -1

    def close(self) -> None:
        self.status.close()
        if self.pidfd >= 0:
            os.close(self.pidfd)


def kill(pid: int, number: int) -> None:
    """Kills a worker. One that has become another user may not be signalled; it is left to the kernel, which ends it
    with the zygote."""
    try:
        os.kill(pid, number)
    except OSError as error:
        report.log(f'process {pid} cannot be signalled: {error}', 'warning')


def wait(pid: int, options: int) -> tuple[bool, int | None]:
    """Whether the worker has ended, and how, if that is known: a handler of the application's for SIGCHLD may have
    waited for it before us."""
    try:
        reaped, status = os.waitpid(pid, options)
    except ChildProcessError:
        return True, None
    return reaped != 0, os.waitstatus_to_exitcode(status) if reaped else None
