"""The cache that processes share: what it keeps, what it refuses, and that a killed process leaves it whole."""

import os
import random
import signal
import time

import pytest

from portico_worker.uwsgi.cache import Cache, Plan
from portico_worker.uwsgi.locks import LockFile, ProcessLock


def cache(items=10, **more):
    plan = {
        'name': 'one',
        'items': items,
        'blocks': items,
        'block_bytes': 100,
        'key_bytes': 20,
        'hash_size': 16,
        **more,
    }
    return Cache(Plan(**plan), ProcessLock(LockFile(), 1))


def test_a_value_is_kept_until_it_is_deleted():
    one = cache()
    assert one.get(b'a') is None
    assert one.set(b'a', b'1', 0, updates=False)
    assert not one.set(b'a', b'2', 0, updates=False)
    assert one.get(b'a') == b'1'
    assert one.set(b'a', b'2', 0, updates=True)
    assert one.get(b'a') == b'2'
    assert one.exists(b'a')
    assert one.keys() == [b'a']
    assert one.delete(b'a')
    assert not one.delete(b'a')
    assert one.report()['items'] == 0


def test_what_is_too_long_is_refused():
    one = cache()
    assert one.set(b'k' * 20, b'v' * 100, 0, updates=False)
    assert not one.set(b'k', b'v' * 101, 0, updates=False)
    assert not one.set(b'k' * 21, b'v', 0, updates=False)
    assert not one.set(b'', b'v', 0, updates=False)


def test_a_full_cache_refuses_new_keys_and_takes_new_values():
    one = cache(items=3)
    for key in (b'a', b'b', b'c'):
        assert one.set(key, b'1', 0, updates=False)
    assert not one.set(b'd', b'1', 0, updates=True)
    assert one.set(b'a', b'2', 0, updates=True)
    assert one.report()['full'] == 1
    assert one.delete(b'b')
    assert one.set(b'd', b'1', 0, updates=True)


def test_a_full_cache_makes_room_where_that_is_wanted():
    least = cache(items=3, purges_lru=True)
    for key in (b'a', b'b', b'c'):
        least.set(key, b'1', 0, updates=False)
    least.get(b'a')
    assert least.set(b'd', b'1', 0, updates=False)
    assert sorted(least.keys()) == [b'a', b'c', b'd']
    cleared = cache(items=2, clears_on_full=True)
    for key in (b'a', b'b', b'c'):
        assert cleared.set(key, b'1', 0, updates=False)
    assert cleared.keys() == [b'c']
    assert cache(items=1, ignores_full=True).set(b'a', b'1', 0, updates=False)


def test_with_a_bitmap_a_value_takes_several_blocks():
    one = cache(items=4, blocks=8, has_bitmap=True)
    assert one.set(b'a', b'x' * 500, 0, updates=False)
    assert not one.set(b'b', b'y' * 400, 0, updates=False)
    assert one.set(b'b', b'y' * 300, 0, updates=False)
    # There is no room beside the old value, so the new one takes its place.
    assert one.set(b'a', b'z' * 450, 0, updates=True)
    assert (one.get(b'a'), one.get(b'b')) == (b'z' * 450, b'y' * 300)


def test_a_value_expires(monkeypatch):
    one = cache(items=2)
    one.set(b'a', b'1', 10, updates=False)
    one.set(b'b', b'1', 0, updates=False)
    now = time.time()
    monkeypatch.setattr(time, 'time', lambda: now + 11)
    assert one.get(b'a') is None
    assert one.get(b'b') == b'1'
    # It makes room for another.
    assert one.set(b'c', b'1', 0, updates=False)
    assert one.sweep() == 0
    one.set(b'b', b'1', 5, updates=True)
    monkeypatch.setattr(time, 'time', lambda: now + 20)
    assert one.sweep() == 1
    assert one.keys() == [b'c']


def test_numbers_are_counted():
    one = cache(math_initial=5)
    assert one.add(b'n', 2, 0, '+')
    assert one.get(b'n') == (7).to_bytes(8, 'little')
    assert one.add(b'n', 10, 0, '-')
    assert one.add(b'n', 7, 0, '*')
    assert one.add(b'n', 2, 0, '/')
    assert int.from_bytes(one.get(b'n') or b'', 'little', signed=True) == -10
    assert one.add(b'n', 0, 0, '/')
    one.set(b'text', b'x', 0, updates=False)
    assert not one.add(b'text', 1, 0, '+')
    one.add(b'big', 2**63 - 6, 0, '+')
    assert one.add(b'big', 1, 0, '+')
    assert int.from_bytes(one.get(b'big') or b'', 'little', signed=True) == -(2**63)


def test_processes_see_the_same():
    one = cache()
    pid = os.fork()
    if pid == 0:
        one.set(b'a', b'child', 0, updates=False)
        os._exit(0)
    os.waitpid(pid, 0)
    assert one.get(b'a') == b'child'


@pytest.mark.parametrize('has_bitmap', [False, True])
@pytest.mark.parametrize('purges_lru', [False, True])
def test_a_process_that_is_killed_leaves_it_whole(has_bitmap, purges_lru):
    one = cache(items=20, has_bitmap=has_bitmap, purges_lru=purges_lru)
    keys = [b'k%d' % number for number in range(30)]
    for turn in range(40):
        pids = [_hammer(one, keys, seed) for seed in (turn, -turn - 1)]
        time.sleep(random.random() * 0.01)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for key in keys:
            value = one.get(key)
            if value is not None:
                name, _, rest = value.partition(b'|')
                assert (name, len(set(rest)) <= 1) == (key, True)
        assert len(one.keys()) == one.report()['items'] <= 20
    one.clear()
    assert all(one.set(key, b'v' * 100, 0, updates=False) for key in keys[:20])


def _hammer(one, keys, seed):
    pid = os.fork()
    if pid != 0:
        return pid
    numbers = random.Random(seed)
    while True:
        key, size = numbers.choice(keys), numbers.randrange(90)
        if numbers.random() < 0.7:
            one.set(key, key + b'|' + bytes([size]) * size, 0, updates=True)
        else:
            one.delete(key)


def test_a_lock_is_free_when_its_process_is_killed():
    lock = ProcessLock(LockFile(), 1)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        lock.acquire()
        os.write(writer, b'x')
        signal.pause()
    os.read(reader, 1)
    assert lock.is_locked()
    assert not lock.try_acquire()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert not lock.is_locked()
    with lock:
        assert lock.is_locked()
        with pytest.raises(RuntimeError):
            lock.acquire()
    lock.release()
    assert lock.try_acquire()
    lock.release()
