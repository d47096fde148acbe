"""Parts of files that an application has sent (ASGI extensions, "Path Send" and "Zero Copy Send"): the edge opens them itself if it can."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portico_worker import lanes

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
"""Opening a FIFO without a writer would wait for one."""


class Span:
    """Bytes of an open regular file, from `offset` on, `length` of them."""

    def __init__(self, descriptor: int, offset: int, count: int | None, path: bytes) -> None:
        self.descriptor = descriptor
        self.status = os.fstat(descriptor)
        if not stat.S_ISREG(self.status.st_mode):
            raise OSError(errno.EINVAL, 'only regular files can be sent', os.fsdecode(path))
        self.offset = offset
        left = max(0, self.status.st_size - offset)
        self.length = left if count is None else min(left, count)
        self.path = path
        self.file: Any = None
        """Whose position is to be moved behind what was sent."""

    def render(self, stream: int, length: int) -> bytes | None:
        """FILE for its first bytes; None if its name cannot be said."""
        try:
            self.path.decode('utf-8')
        except ValueError:
            return None
        if not self.path.startswith(b'/'):
            return None
        return lanes.render_file(stream, self.offset, length, self.status.st_dev, self.status.st_ino, self.path)

    def advance(self) -> None:
        position = self.offset + self.length
        if isinstance(self.file, int):
            os.lseek(self.file, position, os.SEEK_SET)
        elif self.file is not None:
            self.file.seek(position)


@contextmanager
def open_path(path: Any) -> Iterator[Span]:
    """The file of that name. Raises what open() would."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f'"path" must be a str, not {type(path).__name__}')
    name = os.path.abspath(os.fspath(path))
    # Opened here, on a local disk some microseconds: what cannot be had is known before the head leaves.
    descriptor = os.open(name, _FLAGS)
    try:
        yield Span(descriptor, 0, None, os.fsencode(name))
    finally:
        os.close(descriptor)


def open_span(file: Any, offset: Any, count: Any) -> Span:
    """A part of a file that the application has open: a file object, or a descriptor. Without an offset it begins where the file is."""
    for key, value in (('offset', offset), ('count', count)):
        if value is not None and (not isinstance(value, int) or value < 0):
            raise TypeError(f'"{key}" must be a number of bytes, not {value!r}')
    if not hasattr(file, 'fileno') and type(file) is not int:
        raise TypeError(f'"file" must be an open file, not {type(file).__name__}')
    descriptor = file if isinstance(file, int) else file.fileno()
    start = offset if offset is not None else _position(file, descriptor)
    span = Span(descriptor, start, count, _path(file, descriptor))
    if offset is None:
        span.file = file if hasattr(file, 'seek') else descriptor
    return span


def _position(file: Any, descriptor: int) -> int:
    # Where Python is, not the descriptor: a buffered reader is ahead.
    return int(file.tell()) if hasattr(file, 'tell') else os.lseek(descriptor, 0, os.SEEK_CUR)


def _path(file: Any, descriptor: int) -> bytes:
    try:
        return os.readlink(b'/proc/self/fd/%d' % descriptor)
    except OSError:
        name = getattr(file, 'name', None)
        return os.path.abspath(os.fsencode(name)) if isinstance(name, (str, bytes)) else b''


async def read_span(span: Span, at: int, count: int) -> bytes:
    """Reads in a thread, so that a slow disk holds nobody else."""
    loop = asyncio.get_running_loop()
    data = await loop.run_in_executor(None, os.pread, span.descriptor, count, span.offset + at)
    if not data:
        raise OSError(errno.EIO, 'the file became shorter while it was sent', os.fsdecode(span.path))
    return data
