"""A cache that processes share: tables and values in memory that was mapped before they were forked, below one lock.

A process may be killed at any instruction. So a value is written into a place that nobody reads, and one byte makes it count (`_STATE`); a word in
the head says that tables are being changed, and whoever finds it set makes them anew of the items that count.

    head | buckets | freed items | freed blocks | items (each with its key) | values

An item and a block more than may be used are there, so that a value can be exchanged where the cache is full.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Collection, Iterator
from struct import Struct
from typing import NamedTuple
from zlib import crc32

from .locks import ProcessLock

_WORD = 8
(
    _WRITING,
    _ITEMS,
    _HITS,
    _MISSES,
    _FULL,
    _MODIFIED,
    _SEQUENCE,
    _FRESH_ITEMS,
    _FREED_ITEMS,
    _FRESH_BLOCKS,
    _FREED_BLOCKS,
    _OLDEST,
    _NEWEST,
    _SWEPT_AT,
    _EXPIRING,
) = range(15)
_HEAD_WORDS = 16

_ITEM = Struct('<BxHIIIIIQQQII')
"""State, length of the key, hash, next of the bucket, first block, number of blocks, reserved, length of the value, when it expires, sequence, and
its neighbours by age of use. Items are counted from 1, so that 0 is none."""
_USED = 1
_NEXT_AT = 8
_SEQUENCE_AT = 40
_OLDER_AT, _NEWER_AT = 48, 52
_INDEX = Struct('<I')
_LONG = Struct('<Q')
_NUMBER = Struct('<q')

SWEEP_S = 1.0
"""Items that have expired are looked for so often at the most, where one has no room."""


class Plan(NamedTuple):
    """`UwsgiCache` of src/config/model/uwsgi-app.ts."""

    name: str
    items: int
    blocks: int
    block_bytes: int
    key_bytes: int
    hash_size: int
    has_bitmap: bool = False
    purges_lru: bool = False
    clears_on_full: bool = False
    ignores_full: bool = False
    expires: bool = True
    math_initial: int = 0


class _Item(NamedTuple):
    state: int
    key_length: int
    hash: int
    next: int
    block: int
    blocks: int
    reserved: int
    length: int
    expires: int
    sequence: int
    older: int
    newer: int


class Cache:
    def __init__(self, plan: Plan, lock: ProcessLock) -> None:
        self.plan = plan
        self.lock = lock
        self._room = plan.items + 1
        self._blocks = plan.blocks + 1
        self._item_bytes = (_ITEM.size + plan.key_bytes + _WORD - 1) // _WORD * _WORD
        self._buckets_at = _HEAD_WORDS * _WORD
        self._freed_items_at = self._buckets_at + 4 * plan.hash_size
        self._freed_blocks_at = self._freed_items_at + 4 * self._room
        # With a bitmap a byte tells of each block whether it is taken; else these are the numbers of blocks that were given back.
        self._items_at = -(-(self._freed_blocks_at + (1 if plan.has_bitmap else 4) * self._blocks) // _WORD) * _WORD
        self._values_at = self._items_at + self._item_bytes * (self._room + 1)
        self._memory = mmap.mmap(-1, self._values_at + self._blocks * plan.block_bytes)
        self._head = memoryview(self._memory)[: _HEAD_WORDS * _WORD].cast('Q')

    @property
    def value_bytes_max(self) -> int:
        return self.plan.block_bytes * (self.plan.blocks if self.plan.has_bitmap else 1)

    def get(self, key: bytes) -> bytes | None:
        with self.lock:
            self._enter()
            number = self._find(key)
            item = self._live(number)
            if item is None:
                self._head[_MISSES] += 1
                return None
            self._head[_HITS] += 1
            if self.plan.purges_lru:
                self._change()
                self._use(number)
                self._done()
            return self._value(item)

    def exists(self, key: bytes) -> bool:
        with self.lock:
            self._enter()
            return self._live(self._find(key)) is not None

    def set(self, key: bytes, value: bytes, expires: int, updates: bool) -> bool:
        """`expires`: seconds from now, or 0. False where there is such a key and it is not to be updated, or no room."""
        if not key or len(key) > self.plan.key_bytes or len(value) > self.value_bytes_max:
            return False
        with self.lock:
            self._enter()
            return self._put(key, value, int(time.time()) + expires if expires > 0 else 0, updates)

    def add(self, key: bytes, number: int, expires: int, operation: str) -> bool:
        """Changes a number of 64 bits: by '+', '-', '*' or '/'. One that is not there begins with the number that the cache was given."""
        if not key or len(key) > self.plan.key_bytes or self.value_bytes_max < _NUMBER.size:
            return False
        with self.lock:
            self._enter()
            item = self._live(self._find(key))
            if item is None:
                before, until = self.plan.math_initial, int(time.time()) + expires if expires > 0 else 0
            elif item.length == _NUMBER.size:
                before, until = _NUMBER.unpack(self._value(item))[0], item.expires
            else:
                return False
            after = _calculated(before, number, operation)
            return self._put(key, _NUMBER.pack(after), until, updates=True)

    def delete(self, key: bytes) -> bool:
        with self.lock:
            self._enter()
            number = self._find(key)
            if number == 0:
                return False
            self._change()
            self._drop(number)
            self._done()
            return True

    def clear(self) -> None:
        with self.lock:
            self._enter()
            self._clear()

    def keys(self) -> list[bytes]:
        with self.lock:
            self._enter()
            return [self._key(number, item) for number, item in self._used() if not self._is_over(item)]

    def sweep(self) -> int:
        """Drops what has expired; returns how many items."""
        if not self.plan.expires:
            return 0
        with self.lock:
            self._enter()
            return self._sweep() if self._head[_EXPIRING] else 0

    def report(self) -> dict[str, int | str]:
        """What the stats server shows of a cache."""
        head = self._head
        return {
            'name': self.plan.name,
            'hash': 'djb33x',
            'hashsize': self.plan.hash_size,
            'keysize': self.plan.key_bytes,
            'maxItems': self.plan.items,
            'blocks': self.plan.blocks,
            'blocksize': self.plan.block_bytes,
            'items': head[_ITEMS],
            'hits': head[_HITS],
            'misses': head[_MISSES],
            'full': head[_FULL],
            'modifiedAt': head[_MODIFIED],
        }

    # What follows is called with the lock held.

    def _enter(self) -> None:
        if self._head[_WRITING]:
            self._repair()

    def _change(self) -> None:
        self._head[_WRITING] = 1

    def _done(self) -> None:
        self._head[_WRITING] = 0

    def _put(self, key: bytes, value: bytes, until: int, updates: bool) -> bool:
        number = self._find(key)
        item = self._live(number)
        if item is not None and not updates:
            return False
        if number == 0 and self._head[_ITEMS] >= self.plan.items and not self._make_room():
            self._head[_FULL] += 1
            return self.plan.ignores_full
        self._change()
        is_written = self._write(key, value, until, number)
        self._done()
        if is_written:
            self._head[_MODIFIED] = int(time.time())
        else:
            self._head[_FULL] += 1
        return is_written

    def _write(self, key: bytes, value: bytes, until: int, old: int) -> bool:
        count = max(1, -(-len(value) // self.plan.block_bytes))
        block = self._take_blocks(count)
        if block is None and old:
            # The new value has room only where the old one was.
            self._drop(old)
            old = 0
            block = self._take_blocks(count)
        while block is None and self.plan.purges_lru and self._head[_OLDEST]:
            self._drop(self._head[_OLDEST])
            block = self._take_blocks(count)
        if block is None:
            return False
        memory, at = self._memory, self._values_at + block * self.plan.block_bytes
        memory[at : at + len(value)] = value
        number = self._take_item()
        at = self._item_at(number)
        self._head[_SEQUENCE] += 1
        digest = crc32(key)
        _ITEM.pack_into(
            memory, at, 0, len(key), digest, 0, block, count, 0, len(value), until, self._head[_SEQUENCE], 0, 0
        )
        memory[at + _ITEM.size : at + _ITEM.size + len(key)] = key
        memory[at] = _USED
        if old:
            self._drop(old)
        self._link(number, digest)
        self._head[_ITEMS] += 1
        self._head[_EXPIRING] += until > 0
        return True

    def _make_room(self) -> bool:
        now = int(time.time())
        if self._head[_EXPIRING] and now - self._head[_SWEPT_AT] >= SWEEP_S:
            self._head[_SWEPT_AT] = now
            if self._sweep():
                return True
        if self.plan.purges_lru and self._head[_OLDEST]:
            self._change()
            self._drop(self._head[_OLDEST])
            self._done()
            return True
        if self.plan.clears_on_full:
            self._clear()
            return True
        return False

    def _sweep(self) -> int:
        over = [number for number, item in self._used() if self._is_over(item)]
        self._change()
        for number in over:
            self._drop(number)
        self._done()
        return len(over)

    def _clear(self) -> None:
        self._change()
        for number, _ in list(self._used()):
            self._drop(number)
        self._done()

    def _repair(self) -> None:
        """Makes the tables anew of the items that count. Of two with one key the later one counts."""
        self._memory[self._buckets_at : self._freed_items_at] = bytes(self._freed_items_at - self._buckets_at)
        if self.plan.has_bitmap:
            self._memory[self._freed_blocks_at : self._freed_blocks_at + self._blocks] = bytes(self._blocks)
        for word in (_ITEMS, _EXPIRING, _FREED_ITEMS, _FREED_BLOCKS, _OLDEST, _NEWEST):
            self._head[word] = 0
        last: dict[bytes, tuple[int, _Item]] = {}
        found = list(self._used())
        for number, item in found:
            key = self._key(number, item)
            if key not in last or last[key][1].sequence < item.sequence:
                last[key] = (number, item)
        kept = {number for number, _ in last.values()}
        for number, _ in found:
            if number not in kept:
                self._memory[self._item_at(number)] = 0
        taken: set[int] = set()
        for number, item in sorted(last.values(), key=lambda pair: pair[1].sequence):
            taken.update(range(item.block, item.block + item.blocks))
            self._link(number, item.hash)
            self._head[_ITEMS] += 1
            self._head[_EXPIRING] += item.expires > 0
        self._head[_FRESH_ITEMS] = min(self._head[_FRESH_ITEMS], self._room)
        for number in range(1, self._head[_FRESH_ITEMS] + 1):
            if number not in kept:
                self._push(_FREED_ITEMS, self._freed_items_at, number)
        self._free_all_but(taken)
        self._done()

    def _free_all_but(self, taken: Collection[int]) -> None:
        if self.plan.has_bitmap:
            for block in taken:
                self._memory[self._freed_blocks_at + block] = 1
            return
        self._head[_FRESH_BLOCKS] = max([self._head[_FRESH_BLOCKS], *(block + 1 for block in taken)])
        for block in range(self._head[_FRESH_BLOCKS]):
            if block not in taken:
                self._push(_FREED_BLOCKS, self._freed_blocks_at, block)

    def _find(self, key: bytes) -> int:
        digest = crc32(key)
        (number,) = _INDEX.unpack_from(self._memory, self._buckets_at + 4 * (digest % self.plan.hash_size))
        while number:
            item = self._item(number)
            if item.hash == digest and self._key(number, item) == key:
                break
            number = item.next
        return int(number)

    def _live(self, number: int) -> _Item | None:
        if number == 0:
            return None
        item = self._item(number)
        if not self._is_over(item):
            return item
        return None

    def _is_over(self, item: _Item) -> bool:
        return 0 < item.expires <= time.time() and self.plan.expires

    def _used(self) -> Iterator[tuple[int, _Item]]:
        for number in range(1, min(self._head[_FRESH_ITEMS], self._room) + 1):
            item = self._item(number)
            if item.state == _USED:
                yield number, item

    def _item_at(self, number: int) -> int:
        return self._items_at + number * self._item_bytes

    def _item(self, number: int) -> _Item:
        return _Item._make(_ITEM.unpack_from(self._memory, self._item_at(number)))

    def _key(self, number: int, item: _Item) -> bytes:
        at = self._item_at(number) + _ITEM.size
        return self._memory[at : at + item.key_length]

    def _value(self, item: _Item) -> bytes:
        at = self._values_at + item.block * self.plan.block_bytes
        return self._memory[at : at + item.length]

    def _link(self, number: int, digest: int) -> None:
        bucket = self._buckets_at + 4 * (digest % self.plan.hash_size)
        at = self._item_at(number)
        self._memory[at + _NEXT_AT : at + _NEXT_AT + 4] = self._memory[bucket : bucket + 4]
        _INDEX.pack_into(self._memory, bucket, number)
        self._append(number)

    def _drop(self, number: int) -> None:
        item = self._item(number)
        at = self._buckets_at + 4 * (item.hash % self.plan.hash_size)
        while True:
            (following,) = _INDEX.unpack_from(self._memory, at)
            if following in (number, 0):
                break
            at = self._item_at(following) + _NEXT_AT
        _INDEX.pack_into(self._memory, at, item.next)
        self._remove(item)
        self._memory[self._item_at(number)] = 0
        self._head[_ITEMS] -= 1
        self._head[_EXPIRING] -= item.expires > 0
        self._push(_FREED_ITEMS, self._freed_items_at, number)
        self._give_blocks(item.block, item.blocks)

    def _use(self, number: int) -> None:
        self._remove(self._item(number))
        self._append(number)
        self._head[_SEQUENCE] += 1
        _LONG.pack_into(self._memory, self._item_at(number) + _SEQUENCE_AT, self._head[_SEQUENCE])

    def _append(self, number: int) -> None:
        """Makes it the newest of those in the order of their use."""
        at, newest = self._item_at(number), self._head[_NEWEST]
        _INDEX.pack_into(self._memory, at + _OLDER_AT, newest)
        _INDEX.pack_into(self._memory, at + _NEWER_AT, 0)
        if newest:
            _INDEX.pack_into(self._memory, self._item_at(newest) + _NEWER_AT, number)
        else:
            self._head[_OLDEST] = number
        self._head[_NEWEST] = number

    def _remove(self, item: _Item) -> None:
        if item.older:
            _INDEX.pack_into(self._memory, self._item_at(item.older) + _NEWER_AT, item.newer)
        else:
            self._head[_OLDEST] = item.newer
        if item.newer:
            _INDEX.pack_into(self._memory, self._item_at(item.newer) + _OLDER_AT, item.older)
        else:
            self._head[_NEWEST] = item.older

    def _take_item(self) -> int:
        if self._head[_FREED_ITEMS]:
            return self._pop(_FREED_ITEMS, self._freed_items_at)
        self._head[_FRESH_ITEMS] += 1
        return self._head[_FRESH_ITEMS]

    def _take_blocks(self, count: int) -> int | None:
        if self.plan.has_bitmap:
            start, end = self._freed_blocks_at, self._freed_blocks_at + self.plan.blocks
            at = self._memory.find(bytes(count), start, end)
            if at < 0:
                return None
            self._memory[at : at + count] = b'\1' * count
            return at - start
        if self._head[_FREED_BLOCKS]:
            return self._pop(_FREED_BLOCKS, self._freed_blocks_at)
        if self._head[_FRESH_BLOCKS] >= self._blocks:
            return None
        self._head[_FRESH_BLOCKS] += 1
        return self._head[_FRESH_BLOCKS] - 1

    def _give_blocks(self, block: int, count: int) -> None:
        if self.plan.has_bitmap:
            at = self._freed_blocks_at + block
            self._memory[at : at + count] = bytes(count)
        else:
            self._push(_FREED_BLOCKS, self._freed_blocks_at, block)

    def _push(self, count: int, table: int, number: int) -> None:
        _INDEX.pack_into(self._memory, table + 4 * self._head[count], number)
        self._head[count] += 1

    def _pop(self, count: int, table: int) -> int:
        self._head[count] -= 1
        return int(_INDEX.unpack_from(self._memory, table + 4 * self._head[count])[0])


def _calculated(before: int, number: int, operation: str) -> int:
    if operation == '+':
        after = before + number
    elif operation == '-':
        after = before - number
    elif operation == '*':
        after = before * number
    else:
        # As C divides, towards zero; by zero it is nothing.
        after = int(abs(before) // abs(number)) * (1 if (before < 0) == (number < 0) else -1) if number else 0
    # A number of 64 bits overflows.
    return (after + 2**63) % 2**64 - 2**63
