"""Locks that processes share and that no process holds beyond its end: ranges of one file, which the kernel frees with whoever holds them."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
import threading
import time
import weakref
from types import TracebackType

from portico_worker import process

RETRY_S = 0.005
"""The kernel takes two threads of one process for one holder, so that it may see a deadlock where there is none: it is asked again so much later."""

_all: weakref.WeakSet[ProcessLock] = weakref.WeakSet()


class LockFile:
    """A file without a name. Bytes of it are locked, and nothing is ever written into it."""

    def __init__(self) -> None:
        try:
            descriptor = os.memfd_create('portico-locks', os.MFD_CLOEXEC)
        except (AttributeError, OSError):
            with tempfile.TemporaryFile() as file:
                descriptor = os.dup(file.fileno())
        self.descriptor = process.keep(descriptor)


class ProcessLock:
    """Taken by one thread of one process at a time."""

    def __init__(self, file: LockFile, position: int) -> None:
        self._file = file
        self._position = position
        self._thread = threading.Lock()
        self.owner = 0
        """The thread of this process that holds it."""
        _all.add(self)

    def acquire(self) -> None:
        if self.owner == threading.get_ident():
            raise RuntimeError('this thread holds the lock already, and would wait for itself for ever')
        self._thread.acquire()
        while True:
            try:
                fcntl.lockf(self._file.descriptor, fcntl.LOCK_EX, 1, self._position)
                break
            except OSError as error:
                if error.errno != errno.EDEADLK:
                    self._thread.release()
                    raise
                time.sleep(RETRY_S)
            except BaseException:
                self._thread.release()
                raise
        self.owner = threading.get_ident()

    def try_acquire(self) -> bool:
        if not self._thread.acquire(blocking=False):
            return False
        try:
            fcntl.lockf(self._file.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._position)
        except OSError:
            self._thread.release()
            return False
        self.owner = threading.get_ident()
        return True

    def release(self) -> None:
        """Does nothing where this process does not hold it."""
        if self.owner == 0:
            return
        self.owner = 0
        fcntl.lockf(self._file.descriptor, fcntl.LOCK_UN, 1, self._position)
        self._thread.release()

    def is_locked(self) -> bool:
        if self.owner != 0:
            return True
        if self.try_acquire():
            self.release()
            return False
        return True

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def forget(self) -> None:
        """In a process that was forked: what the parent holds is not this one's."""
        self._thread = threading.Lock()
        self.owner = 0


def _forget_all() -> None:
    for lock in list(_all):
        lock.forget()


os.register_at_fork(after_in_child=_forget_all)
