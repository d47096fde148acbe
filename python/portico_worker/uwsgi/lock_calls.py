"""`uwsgi.lock` and its kin, and the shared areas."""

from __future__ import annotations

from typing import Any, Callable

from .areas import Area
from .instance import Instance
from .locks import ProcessLock
from .texts import Octets, octets


def lock_calls(instance: Instance) -> dict[str, Callable[..., Any]]:
    def find(number: int) -> ProcessLock:
        if instance.spool_folder:
            raise ValueError('The spooler cannot lock/unlock resources')
        if not 0 <= number < len(instance.user_locks):
            raise ValueError(f'Invalid lock number: there are {len(instance.user_locks)}, from 0 (--locks)')
        return instance.user_locks[number]

    def lock(number: int = 0, /) -> None:
        find(number).acquire()

    def trylock(number: int = 0, /) -> bool:
        """Portico's own: uWSGI has no such function."""
        return find(number).try_acquire()

    def unlock(number: int = 0, /) -> None:
        find(number).release()

    def is_locked(number: int = 0, /) -> bool:
        return find(number).is_locked()

    return {'lock': lock, 'trylock': trylock, 'unlock': unlock, 'is_locked': is_locked}


def area_calls(instance: Instance) -> dict[str, Callable[..., Any]]:
    def find(number: int) -> Area:
        if not 0 <= number < len(instance.areas):
            raise ValueError(f'there is no shared area {number}: they are made by --sharedarea, counted from 0')
        return instance.areas[number]

    def read(number: int, position: int, length: int = 0, /) -> bytes:
        return find(number).read(position, length)

    def write(number: int, position: int, value: Octets, /) -> None:
        find(number).write(position, octets(value))

    def memory(number: int, /) -> memoryview:
        return memoryview(find(number).memory)

    calls: dict[str, Callable[..., Any]] = {
        'sharedarea_read': read,
        'sharedarea_write': write,
        'sharedarea_memoryview': memory,
        'sharedarea_object': memory,
        'sharedarea_rlock': lambda number, /: find(number).lock(),
        'sharedarea_wlock': lambda number, /: find(number).lock(),
        'sharedarea_unlock': lambda number, /: find(number).unlock(),
    }
    for bits, other in ((8, 'byte'), (16, ''), (32, ''), (64, 'long')):
        for name, call in _numbers(find, bits).items():
            calls[f'sharedarea_{name}{bits}'] = call
            if other:
                calls[f'sharedarea_{name}{other}'] = call
    return calls


def _numbers(find: Callable[[int], Area], bits: int) -> dict[str, Callable[..., Any]]:
    def read(number: int, position: int, /) -> int:
        return find(number).number(position, bits)

    def write(number: int, position: int, value: int, /) -> None:
        find(number).put_number(position, bits, value)

    def inc(number: int, position: int, value: int = 1, /) -> None:
        find(number).add(position, bits, value)

    def dec(number: int, position: int, value: int = 1, /) -> None:
        find(number).add(position, bits, -value)

    return {'read': read, 'write': write, 'inc': inc, 'dec': dec}
