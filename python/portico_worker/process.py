"""What a process of ours is to the kernel: its descriptors out of the application's way, its end when its parent ends."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
from typing import Callable

FLOOR = 900
"""Our descriptors are numbered from here, so that an application that closes its own, or opens what becomes 1 and 2, does not meet ours."""

WAKES_MAX = 100
"""Bytes of a wake-up pipe that are read at once: it holds few, and all say the same."""

_PR_SET_PDEATHSIG = 1


def keep(descriptor: int) -> int:
    """Moves a descriptor of ours out of the way; it is not inherited by programs that the application starts."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    floor = FLOOR if soft == resource.RLIM_INFINITY or soft > FLOOR + 100 else max(soft // 2, 3)
    try:
        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, floor)
    except OSError:
        os.set_inheritable(descriptor, False)
        return descriptor
    os.close(descriptor)
    return high


def keep_socket(connection: socket.socket) -> socket.socket:
    # Family and type are given because asking the kernel for them would cost two calls.
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, keep(connection.detach()))


def wake_pipe() -> tuple[int, int]:
    """Both ends of a pipe by which a thread, or a signal, wakes one that waits. It may be written into at any time: what does not fit says the same."""
    reader, writer = os.pipe()
    reader, writer = keep(reader), keep(writer)
    os.set_blocking(writer, False)
    return reader, writer


def _find_prctl() -> Callable[..., int] | None:
    """ctypes costs 0.4 MB; looked up in the zygote, every worker shares it."""
    try:
        import ctypes

        prctl = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None
    prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong]
    return prctl


_prctl = _find_prctl()


def die_with_parent(parent: int | None = None) -> None:
    """The kernel kills this process when its parent is gone, even if the application holds the GIL. Elsewhere end of file has to do."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)  # It was gone before we asked.


def outlive_parent() -> None:
    """The end of the parent is to be heard of, and does not end this process any more."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, 0, 0, 0, 0)


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f'SIG{number}'
