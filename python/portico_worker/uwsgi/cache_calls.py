"""`uwsgi.cache_*`. They return what uWSGI's return: bytes, True, or None for "no" and for a cache that there is not."""

from __future__ import annotations

from typing import Any, Callable

from .cache import Cache
from .instance import Instance
from .texts import Octets, octets

REMOTE = 'is a cache of another server, which Portico does not ask: share by Redis or memcached. In front of the @ stands the name of a cache of this server'

NUMBER_BYTES = 8


def cache_calls(instance: Instance) -> dict[str, Callable[..., Any]]:
    calls = _Calls(instance.caches)
    return {
        'cache_get': calls.get,
        'cache_exists': calls.exists,
        'cache_set': lambda *given: calls.put(False, *given),
        'cache_update': lambda *given: calls.put(True, *given),
        'cache_del': calls.delete,
        'cache_clear': calls.clear,
        'cache_num': calls.number,
        'cache_keys': calls.keys,
        'cache_inc': calls.counting('+', 1),
        'cache_dec': calls.counting('-', 1),
        'cache_mul': calls.counting('*', 2),
        'cache_div': calls.counting('/', 2),
    }


class _Calls:
    def __init__(self, caches: dict[str, Cache]) -> None:
        self._caches = caches

    def _find(self, name: Octets | None) -> Cache | None:
        if name is None:
            return next(iter(self._caches.values()), None)
        text = octets(name).decode('utf-8', 'replace')
        if '@' in text:
            raise ValueError(f'"{text}" {REMOTE}')
        return self._caches.get(text)

    def get(self, key: Octets, cache: Octets | None = None, /) -> bytes | None:
        found = self._find(cache)
        return None if found is None else found.get(octets(key))

    def exists(self, key: Octets, cache: Octets | None = None, /) -> bool | None:
        found = self._find(cache)
        return (found is not None and found.exists(octets(key))) or None

    def put(
        self, updates: bool, key: Octets, value: Octets, expires: int = 0, cache: Octets | None = None, /
    ) -> bool | None:
        found = self._find(cache)
        return (found is not None and found.set(octets(key), octets(value), expires, updates)) or None

    def delete(self, key: Octets, cache: Octets | None = None, /) -> bool | None:
        found = self._find(cache)
        return (found is not None and found.delete(octets(key))) or None

    def clear(self, cache: Octets | None = None, /) -> bool | None:
        found = self._find(cache)
        if found is None:
            return None
        found.clear()
        return True

    def number(self, key: Octets, cache: Octets | None = None, /) -> int:
        value = self.get(key, cache)
        return int.from_bytes(value, 'little', signed=True) if value is not None and len(value) == NUMBER_BYTES else 0

    def keys(self, cache: Octets | None = None, /) -> list[bytes]:
        found = self._find(cache)
        if found is None:
            raise ValueError('no local uWSGI cache available')
        return found.keys()

    def counting(self, operation: str, usual: int) -> Callable[..., bool | None]:
        def count(key: Octets, value: int = usual, expires: int = 0, cache: Octets | None = None, /) -> bool | None:
            found = self._find(cache)
            return (found is not None and found.add(octets(key), value, expires, operation)) or None

        return count
