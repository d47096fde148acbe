"""Shared areas: memory that all processes see, each with a lock for whoever wants more than one step at once."""

from __future__ import annotations

import mmap
from struct import Struct

from .locks import ProcessLock

_BY_BITS = {8: Struct('<b'), 16: Struct('<h'), 32: Struct('<i'), 64: Struct('<q')}


class Area:
    def __init__(self, size: int, lock: ProcessLock) -> None:
        self.size = size
        self.memory = mmap.mmap(-1, size)
        self._lock = lock
        self._held = False
        """By `lock` below: steps of this process do not wait for it then."""

    def lock(self) -> None:
        self._lock.acquire()
        self._held = True

    def unlock(self) -> None:
        self._held = False
        self._lock.release()

    def read(self, position: int, length: int) -> bytes:
        """`length` 0 is all that follows."""
        self._check(position, length or 1)
        if self._held:
            return self.memory[position : position + (length or self.size)]
        with self._lock:
            return self.memory[position : position + (length or self.size)]

    def write(self, position: int, value: bytes) -> None:
        self._check(position, len(value))
        if self._held:
            self.memory[position : position + len(value)] = value
            return
        with self._lock:
            self.memory[position : position + len(value)] = value

    def number(self, position: int, bits: int) -> int:
        return int(_BY_BITS[bits].unpack(self.read(position, bits // 8))[0])

    def put_number(self, position: int, bits: int, value: int) -> None:
        self.write(position, _BY_BITS[bits].pack(_wrapped(value, bits)))

    def add(self, position: int, bits: int, value: int) -> None:
        self._check(position, bits // 8)
        if self._held:
            self._add(position, bits, value)
            return
        with self._lock:
            self._add(position, bits, value)

    def _add(self, position: int, bits: int, value: int) -> None:
        form = _BY_BITS[bits]
        (before,) = form.unpack_from(self.memory, position)
        form.pack_into(self.memory, position, _wrapped(before + value, bits))

    def _check(self, position: int, length: int) -> None:
        if position < 0 or length < 0 or position + length > self.size:
            raise ValueError(f'the area has {self.size} bytes; {length} at {position} are not in it')


def _wrapped(value: int, bits: int) -> int:
    half: int = 1 << (bits - 1)
    return (value + half) % (2 * half) - half
