"""Files that the import has left open: all workers would share the place at which such a file is read or written next."""

from __future__ import annotations

import fcntl
import gc
import io
import os
import stat
import sys
from collections.abc import Iterator
from typing import Any

_SHARED_MEMORY = '/dev/shm/pym-'
"""The file that multiprocessing makes for values that processes are to share; it is mapped, never read."""

LOCKED = 'the import holds a lock on '

_KERNEL_OBJECTS = {
    'anon_inode:[eventpoll]': 'an event loop',
    'anon_inode:inotify': 'a watch of files',
    'anon_inode:[signalfd]': 'a descriptor of signals',
    'anon_inode:[timerfd]': 'a timer',
    'anon_inode:[eventfd]': 'an eventfd',
    'anon_inode:[io_uring]': 'an io_uring',
}


def descriptors() -> dict[int, str]:
    """The open descriptors, and what each refers to."""
    found: dict[int, str] = {}
    try:
        names = os.listdir('/proc/self/fd')
    except OSError:
        return found  # Not Linux: the open descriptors cannot be listed.
    for name in names:
        try:
            found[int(name)] = os.readlink(f'/proc/self/fd/{name}')
        except OSError:
            pass  # This was the descriptor of the listing itself.
    return found


def reasons(before: dict[int, str]) -> Iterator[str]:
    """Why files that are open now, and were not then, cannot be shared."""
    new = {number: target for number, target in descriptors().items() if before.get(number) != target}
    if not new:
        return
    owners = _owners(new)
    for number, target in sorted(new.items()):
        kind = _kind(number, target, owners.get(number, []))
        if kind:
            yield kind
    for objects in owners.values():
        _flush(objects)


def _kind(number: int, target: str, owners: list[Any]) -> str:
    if target.startswith('socket:'):
        return f'the import left a socket open (descriptor {number})'
    if target.startswith('pipe:'):
        return f'the import left a pipe open (descriptor {number})'
    if target in _KERNEL_OBJECTS:
        return f'the import left {_KERNEL_OBJECTS[target]} open (descriptor {number})'
    try:
        state = os.fstat(number)
        flags = fcntl.fcntl(number, fcntl.F_GETFL)
    except OSError:
        return ''
    if stat.S_ISFIFO(state.st_mode):
        return f'the import left the pipe {target} open'
    if not stat.S_ISREG(state.st_mode) or flags & getattr(os, 'O_PATH', 0):
        return ''
    if _is_locked(number):
        return f'{LOCKED}{target}'
    return '' if _may_be_shared(number, target, flags, state.st_size, owners) else f'the import left {target} open'


def _may_be_shared(number: int, target: str, flags: int, size: int, owners: list[Any]) -> bool:
    if flags & os.O_APPEND or target.startswith(_SHARED_MEMORY):
        return True  # The file is written at its end, wherever that is; or mapped.
    if flags & os.O_ACCMODE == os.O_RDONLY:
        if any(isinstance(owner, io.TextIOWrapper) for owner in owners):
            return (
                os.lseek(number, 0, os.SEEK_CUR) >= size
            )  # A file of text that was read to its end and not closed: nobody reads on.
        return not owners and _is_mapped(target)
    return flags & os.O_ACCMODE == os.O_WRONLY and number in _log_files()


def _is_locked(number: int) -> bool:
    try:
        with open(f'/proc/self/fdinfo/{number}') as file:
            return any(line.startswith('lock:') for line in file)
    except OSError:
        return False


def _is_mapped(path: str) -> bool:
    """The file is mapped: a library, or mmap, keeps the descriptor beside the memory, and nobody reads by it."""
    try:
        with open('/proc/self/maps', errors='surrogateescape') as file:
            return any(line.rstrip('\n').endswith(f' {path}') for line in file)
    except OSError:
        return False


def _log_files() -> set[int]:
    """Files of logging: each line is one write, and the kernel puts whole writes one behind the other."""
    logging: Any = sys.modules.get('logging')
    found = set()
    for reference in getattr(logging, '_handlerList', ()):
        try:
            found.add(reference().stream.fileno())
        except Exception:
            pass  # The handler has no stream, or none that is a file.
    return found


def _owners(numbers: dict[int, str]) -> dict[int, list[Any]]:
    """Python's file objects, by their descriptors."""
    found: dict[int, list[Any]] = {}
    kinds = (io.FileIO, io.BufferedWriter, io.BufferedRandom, io.TextIOWrapper)
    for item in gc.get_objects():
        if type(item) in kinds:
            try:
                number = item.fileno()
            except (OSError, ValueError):
                continue
            if number in numbers:
                found.setdefault(number, []).append(item)
    return found


def _flush(objects: list[Any]) -> None:
    """Flushes a file, the outermost object first: what is in a buffer now would be written by each worker."""
    for item in sorted(objects, key=lambda item: not isinstance(item, io.TextIOWrapper)):
        try:
            item.flush()
        except (OSError, ValueError):
            pass  # The file is only read, or closed.
