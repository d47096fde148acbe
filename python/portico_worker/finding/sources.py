"""Reads source files of a site without running them: bounded in files, size and time, and only what is a regular file."""

from __future__ import annotations

import ast
import os
import stat
import time
import warnings
from typing import Callable, NamedTuple

FILE_BYTES_MAX = 256 * 1024
"""A file that makes an application is short; one of this size takes half a second to parse."""
FILES_MAX = 200
ENTRIES_MAX = 2000
"""Names in one folder that are looked at."""
SEARCH_S = 1.2
"""Of all reading together, but for the last file, which search.py ends: a start is held up for two seconds at the most,
however large the folder or slow the disk."""


class Tree(NamedTuple):
    body: list[ast.stmt]
    fault: str | None
    """Why the file cannot be read as Python, in half a sentence."""


class Listing(NamedTuple):
    files: list[str]
    folders: list[str]


class Sources:
    """One search. Each file and folder is read once."""

    def __init__(self) -> None:
        self._trees: dict[str, Tree] = {}
        self._listings: dict[str, Listing] = {}
        self._count = 0
        self._ends_at = time.monotonic() + SEARCH_S
        self.cut: str | None = None
        """Where the search has ended before everything was read, in half a sentence."""

    def tree(self, path: str) -> Tree:
        found = self._trees.get(path)
        if found is None:
            found = self._trees[path] = self._read(path)
        return found

    def list(self, folder: str) -> Listing:
        """The names in a folder, in order; nothing of one that cannot be read."""
        found = self._listings.get(folder)
        if found is None:
            found = self._listings[folder] = self._scan(folder)
        return found

    def _read(self, path: str) -> Tree:
        if self._count >= FILES_MAX or time.monotonic() > self._ends_at:
            self.cut = f'the search ended after {self._count} files'
            return Tree([], None)
        self._count += 1
        try:
            text = read_text(path)
        except OSError as error:
            return Tree([], f'it cannot be read ({error.strerror})')
        except ValueError as error:
            return Tree([], str(error))
        try:
            return Tree(parse(text), None)
        except SyntaxError as error:
            return Tree([], f'SyntaxError: {error.msg}, line {error.lineno}')
        except (ValueError, RecursionError, MemoryError) as error:
            return Tree([], f'{type(error).__name__}: {error}')

    def _scan(self, folder: str) -> Listing:
        files: list[str] = []
        folders: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for count, entry in enumerate(entries):
                    if count >= ENTRIES_MAX:
                        self.cut = f'{folder} has more than {ENTRIES_MAX} entries'
                        break
                    (folders if entry.is_dir() else files).append(entry.name)
        except OSError:
            pass  # A loop of links, or a folder that may not be read: nothing of it can be imported either.
        return Listing(sorted(files), sorted(folders))


class Attention(NamedTuple):
    """Of whoever must end a search that a file holds up."""

    begin: Callable[[str], None]
    """Called with the path of each file, before it is looked through."""
    slow: frozenset[str]
    """Files that have held a search up."""


attention = Attention(lambda path: None, frozenset())


def parse(text: bytes) -> list[ast.stmt]:
    """Raises what `ast.parse` raises: SyntaxError, ValueError, RecursionError or MemoryError."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # Python warns again when it imports the file.
        return ast.parse(text).body


def read_text(path: str) -> bytes:
    """A file that is to be looked through. A ValueError says in half a sentence why it is not read."""
    if path in attention.slow:
        raise ValueError('it takes too long to be looked through')
    attention.begin(path)
    return read_bytes(path)


def read_bytes(path: str) -> bytes:
    """The bytes of a regular file, or a ValueError as above."""
    # Opening a named pipe would wait for somebody who writes to it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, 'rb') as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError('it is no file')
        text = file.read(FILE_BYTES_MAX + 1)
    if len(text) > FILE_BYTES_MAX:
        raise ValueError(f'it has more than {FILE_BYTES_MAX // 1024} KiB, which is too large to be looked through')
    return text
