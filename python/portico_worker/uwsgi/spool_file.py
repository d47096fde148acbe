"""Files of a spooler, in uWSGI's form: the head of a packet of kind 17, the variables of the packet, and behind them a body.

Whoever writes or works off a file holds a lock on it, by fcntl as uWSGI does. One that is locked, or not whole yet, is left for later.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import random
import stat
import threading
import time
from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

PREFIX = 'uwsgi_spoolfile_on_'
MODIFIER = 17
VARIABLES_MAX = 0xFFFF
"""Bytes of all variables: the size in the head has 16 bits."""

FOLDER_MODE = 0o710
"""uWSGI's."""

_HEAD = Struct('<BHB')
_SIZE = Struct('<H')

_count = itertools.count(1)
_writing = threading.Lock()


class Task(NamedTuple):
    path: str
    variables: dict[bytes, bytes]
    body: bytes
    descriptor: int
    """Holds the lock."""


class SpoolFault(ValueError):
    pass


def encode(variables: dict[bytes, bytes]) -> bytes:
    parts = []
    for key, value in variables.items():
        if len(key) > VARIABLES_MAX or len(value) > VARIABLES_MAX:
            raise SpoolFault('a variable has at most 65535 bytes; what is longer goes into "body"')
        parts += [_SIZE.pack(len(key)), key, _SIZE.pack(len(value)), value]
    data = b''.join(parts)
    if len(data) > VARIABLES_MAX:
        raise SpoolFault('the variables have more than 65535 bytes together; what is longer goes into "body"')
    return data


def decode(data: bytes) -> dict[bytes, bytes]:
    """Raises SpoolFault for what no packet is."""
    variables: dict[bytes, bytes] = {}
    position = 0
    while position < len(data):
        key, position = _piece(data, position)
        variables[key], position = _piece(data, position)
    return variables


def _piece(data: bytes, position: int) -> tuple[bytes, int]:
    start = position + _SIZE.size
    if start > len(data):
        raise SpoolFault('the packet ends within a size')
    end = start + _SIZE.unpack_from(data, position)[0]
    if end > len(data):
        raise SpoolFault('the packet ends within a variable')
    return data[start:end], end


def write(folder: str, variables: dict[bytes, bytes], body: bytes, hostname: str) -> str:
    """Returns the path of the file. `priority` and `at` are obeyed, and stay in it as with uWSGI."""
    data = encode(variables)
    priority = os.fsdecode(variables.get(b'priority', b''))
    if priority:
        if '/' in priority or priority in ('.', '..') or '\0' in priority:
            raise SpoolFault(f'"{priority}" is no priority: it is the name of a folder')
        make_folder(folder)
        folder = os.path.join(folder, priority)
    make_folder(folder)
    now = time.time()
    name = f'{PREFIX}{hostname}_{os.getpid()}_{next(_count)}_{random.getrandbits(31)}_{int(now)}_{int(now % 1 * 1e6)}'
    # Nobody looks at a name that begins otherwise: a file that is found is whole, however its writer ends.
    path, unfinished = os.path.join(folder, name), os.path.join(folder, f'.{name}')
    with _writing:
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX)
            _write_all(descriptor, _HEAD.pack(MODIFIER, len(data), 0) + data + body)
            due = _due(variables.get(b'at', b''))
            if due > 0:
                os.utime(unfinished, (due, due))
            os.rename(unfinished, path)
        except BaseException:
            os.unlink(unfinished)
            raise
        finally:
            os.close(descriptor)
    return path


def make_folder(folder: str) -> None:
    """Somebody may have removed it."""
    if not os.path.isdir(folder):
        os.makedirs(folder, FOLDER_MODE, exist_ok=True)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _due(text: bytes) -> int:
    digits = text.partition(b'.')[0].strip()
    return int(digits) if digits.isdigit() else 0


def take(path: str) -> Task | None:
    """Locks the file and reads it; None if it is not for us, now. Raises SpoolFault for what is broken for good: it was locked and is not whole."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    is_taken = False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        state = os.fstat(descriptor)
        # Somebody else may have worked it off between our open and our lock; its name is gone then.
        if not stat.S_ISREG(state.st_mode) or state.st_nlink == 0 or state.st_size < _HEAD.size:
            return None
        task = _read(path, descriptor, state.st_size)
        is_taken = True
        return task
    except OSError:
        return None
    finally:
        if not is_taken:
            os.close(descriptor)


def _read(path: str, descriptor: int, size: int) -> Task:
    with open(descriptor, 'rb', closefd=False) as file:
        modifier, length, _ = _HEAD.unpack(file.read(_HEAD.size))
        if modifier != MODIFIER:
            raise SpoolFault(f'it is a packet of kind {modifier}, and tasks are of kind {MODIFIER}')
        if _HEAD.size + length > size:
            raise SpoolFault('it ends within its variables')
        return Task(path, decode(file.read(length)), file.read(), descriptor)


def jobs(folder: str) -> list[str]:
    """The files directly in the folder, as `uwsgi.spooler_jobs` lists them."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names if name.startswith(PREFIX)]


def waiting(folder: str, is_ordered: bool, now: float) -> Iterator[str]:
    """The files that are due, those of priorities first: folders whose name is a number, in the order of numbers. uWSGI looks into them only where
    `spooler-ordered` is said; here they are never forgotten."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name) if is_ordered else list(found)
    except OSError:
        return
    for entry in sorted((e for e in entries if _is_priority(e)), key=lambda e: (_rank(e.name), e.name)):
        yield from waiting(entry.path, is_ordered, now)
    for entry in entries:
        if entry.name.startswith(PREFIX):
            try:
                state = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISREG(state.st_mode) and state.st_mtime <= now:
                yield entry.path


def _is_priority(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith('.') and entry.is_dir(follow_symlinks=False)


def _rank(name: str) -> int:
    return int(name) if name.isdigit() else 2**62
