"""wsgi.file_wrapper (PEP 3333, "Optional Platform-Specific File Handling"): real files are sent by the edge."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from typing import Any, Protocol

from portico_worker import lanes

SENT_BY_EDGE_MIN = 64 * 1024
"""Bytes; for less, opening the file once more costs more than sending it."""

READ_BYTES = 64 * 1024


class Sender(Protocol):
    """The conversation that a file is part of."""

    word: int
    length: int
    head: bytes | None

    def note_bodiless(self, head: bytes) -> bool: ...

    def send_file(self, frame: bytes, length: int) -> bool: ...


class FileWrapper:
    def __init__(self, filelike: Any, block_size: int = 8192) -> None:
        self.filelike = filelike
        self.block_size = block_size
        if hasattr(filelike, 'close'):
            self.close = filelike.close

    def __iter__(self) -> Iterator[bytes]:
        while True:
            data = self.filelike.read(self.block_size)
            if not data:
                return
            yield data

    def send(self, conversation: Sender) -> bool:
        """Lets the edge send the file; False if it has to be read."""
        if not conversation.head or conversation.note_bodiless(conversation.head):
            return False
        span = file_span(self.filelike)
        if span is None:
            return False
        path, offset, left, status = span
        length = left if conversation.length < 0 else min(left, conversation.length)
        if length < SENT_BY_EDGE_MIN:
            return False
        return conversation.send_file(
            lanes.render_file(conversation.word >> 8, offset, length, status.st_dev, status.st_ino, path), length
        )


def read_blocks(wrapper: FileWrapper) -> Iterator[bytes]:
    """The wrapper's blocks, read in larger pieces where nobody can see the difference: from a regular file."""
    if plain_file(wrapper.filelike) is not None:
        wrapper.block_size = max(wrapper.block_size, READ_BYTES)
    return iter(wrapper)


def plain_file(filelike: Any) -> Any | None:
    """The object of the io module in which all that `filelike` reads can be found in the file system, or None.

    Exact types only: a subclass, GzipFile or anything else with fileno() may give other bytes than its file has.
    """
    for _ in range(3):
        kind = type(filelike)
        if kind in (io.BufferedReader, io.BufferedRandom):
            return filelike if type(filelike.raw) is io.FileIO else None
        if kind is io.FileIO:
            return filelike
        if not _is_transparent(filelike):
            return None
        filelike = filelike.file
    return None


def _is_transparent(filelike: Any) -> bool:
    """tempfile.NamedTemporaryFile and Django's File hand every read on to `.file`."""
    if type(filelike).__module__ == 'tempfile':
        return type(filelike).__name__ == '_TemporaryFileWrapper'
    django_files = sys.modules.get('django.core.files.base')
    return django_files is not None and isinstance(filelike, django_files.File) and hasattr(filelike, 'file')


def file_span(filelike: Any) -> tuple[bytes, int, int, os.stat_result] | None:
    """Path, offset, bytes left and status of a file that the edge could open, or None."""
    try:
        plain = plain_file(filelike)
        if plain is None or not plain.readable():
            return None
        status = os.fstat(plain.fileno())
        # Before Python 3.10 only the wrapper of a NamedTemporaryFile knows its name.
        name = plain.name if isinstance(plain.name, (str, bytes)) else getattr(filelike, 'name', None)
        if not stat.S_ISREG(status.st_mode) or not isinstance(name, (str, bytes)):
            return None
        path = os.path.abspath(os.fsencode(name))
        path.decode('utf-8')
        if type(plain) is io.BufferedRandom:
            plain.flush()
        # Where Python is, not the descriptor: a buffered reader is ahead.
        offset = plain.tell()
        return path, offset, max(0, status.st_size - offset), status
    except (OSError, ValueError):
        return None
