"""wsgi.input where it is not simply the bytes that came with the request."""

from __future__ import annotations

import io
from typing import BinaryIO


class EmptyInput(io.BytesIO):
    """The input of all requests without a body: nothing can be read from it or left in it, so one serves them all."""

    def close(self) -> None:
        """Nothing to release; the next request reads from it as well."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def write(self, data: object) -> int:
        raise io.UnsupportedOperation('wsgi.input is read-only')

    def writelines(self, lines: object) -> None:
        raise io.UnsupportedOperation('wsgi.input is read-only')

    def truncate(self, size: int | None = None) -> int:
        raise io.UnsupportedOperation('wsgi.input is read-only')


class MissingInput(io.RawIOBase):
    """The input of a request whose body cannot be had: whoever reads learns why, whoever does not is answered."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise self._error


def open_body(path: bytes) -> BinaryIO:
    """A body that the edge has written to a file; the edge removes it."""
    try:
        return open(path, 'rb')
    except OSError as error:
        return io.BufferedReader(MissingInput(error))
