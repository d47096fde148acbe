"""wsgi.input where it is not simply the bytes that came with the request."""

from __future__ import annotations

import errno
import io
import os
import stat
from typing import BinaryIO


class EmptyInput(io.BytesIO):
    """The input of all requests without a body: nothing can be read from it or left in it, so one object serves them
    all."""

    def close(self) -> None:
        """There is nothing to release; the next request reads from the same object."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def write(self, data: object) -> int:
        raise io.UnsupportedOperation('wsgi.input is read-only')

    def writelines(self, lines: object) -> None:
        raise io.UnsupportedOperation('wsgi.input is read-only')

    def truncate(self, size: int | None = None) -> int:
        raise io.UnsupportedOperation('wsgi.input is read-only')


class MissingInput(io.RawIOBase):
    """The input of a request whose body cannot be had: an application that reads it learns why, one that does not read
    is answered."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise self._error


def open_body(path: bytes, descriptor: bytes) -> BinaryIO:
    """A body that the edge has written to a file; the edge removes it. Its path may be gone, or by now be that of somebody else's
    file, if the folder was removed; then the edge's descriptor of it is opened."""
    try:
        return _open_ours(path)
    except OSError as error:
        try:
            return open(descriptor, 'rb')
        except OSError:
            return io.BufferedReader(MissingInput(error))


def _open_ours(path: bytes) -> BinaryIO:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    found = os.fstat(descriptor)
    # Others cannot make a file that is ours. They could link one there, or put a pipe in its place, whose reader would
    # wait for ever.
    if found.st_uid != os.geteuid() or found.st_nlink != 1 or not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise FileNotFoundError(errno.ENOENT, 'The file of the body was replaced', os.fsdecode(path))
    return os.fdopen(descriptor, 'rb')
