"""What workers have done, for `uwsgi.workers()` and the deadlines of `set_user_harakiri`: words in memory that all processes see.

A row belongs to one living worker. In it each thread has words of its own, so that nobody waits for a lock; who reads adds them up.
"""

from __future__ import annotations

import mmap
import os
import threading
import time
from typing import NamedTuple

ROWS_SPARE = 16
"""Rows besides two for each worker: those that are replaced live beside their successors."""
THREADS_MAX = 64
"""Threads of a worker with words of their own; others share the last."""

(
    NUMBER,
    PID,
    SPAWNED_AT,
    RESPAWNS,
    SIGNALS,
    REQUESTS_BEFORE,
    LEAVES,
    SIGNAL,
) = range(8)
"""Of a row: the worker's number from 1, its process; what its number had counted before it was started; and what it does now."""
REQUESTS, EXCEPTIONS, RUNNING_US, AVERAGE_US, BEGAN_US, DEADLINE_MS = range(6)
"""Of a thread. `BEGAN_US`: 0 where it runs no request."""
_THREAD_AT = 8
_THREAD_WORDS = 8


class Sum(NamedTuple):
    requests: int
    exceptions: int
    running_us: int
    average_us: int
    busy: int


class Scoreboard:
    def __init__(self, workers: int, threads: int) -> None:
        self.workers = workers
        self.columns = max(1, min(threads, THREADS_MAX))
        self.rows = 2 * workers + ROWS_SPARE
        self._row_words = _THREAD_AT + self.columns * _THREAD_WORDS
        self.words = memoryview(mmap.mmap(-1, 8 * self.rows * self._row_words)).cast('B').cast('q')
        self.row = -1
        """That of this process."""

    def at(self, row: int, word: int) -> int:
        return row * self._row_words + word

    def column_at(self, row: int, column: int) -> int:
        return self.at(row, _THREAD_AT + column * _THREAD_WORDS)

    # In the zygote.

    def take(self) -> int:
        """A row for a worker that is about to be forked. Its number is the lowest that no worker has which is to stay."""
        rows = range(self.rows)
        staying = {self._get(row, NUMBER) for row in rows if self._get(row, PID) and not self._get(row, LEAVES)}
        number = next(number for number in range(1, self.rows + 2) if number not in staying)
        before = self.latest(number)
        row = next((row for row in rows if not self._get(row, NUMBER)), None)
        if row is None:
            row = min(
                (row for row in rows if not self._get(row, PID)), key=lambda row: self._get(row, SPAWNED_AT), default=0
            )
        requests = 0 if before is None else self._get(before, REQUESTS_BEFORE) + self.sum(before).requests
        respawns = 0 if before is None else self._get(before, RESPAWNS) + 1
        self.words[self.at(row, 0) : self.at(row + 1, 0)] = memoryview(bytes(8 * self._row_words)).cast('q')
        self._put(row, REQUESTS_BEFORE, requests)
        self._put(row, RESPAWNS, respawns)
        self._put(row, SPAWNED_AT, int(time.time()))
        self._put(row, NUMBER, number)
        # Until its process is known the row is that of the zygote.
        self._put(row, PID, os.getpid())
        return row

    def started(self, row: int, pid: int) -> None:
        self._put(row, PID, pid)

    def leaves(self, row: int) -> None:
        self._put(row, LEAVES, 1)

    def gone(self, row: int) -> None:
        self._put(row, PID, 0)
        for column in range(self.columns):
            at = self.column_at(row, column)
            self.words[at + BEGAN_US] = self.words[at + DEADLINE_MS] = 0

    # Anywhere.

    def latest(self, number: int) -> int | None:
        """The row of the worker that has the number, or had it last."""
        rows = [row for row in range(self.rows) if self._get(row, NUMBER) == number]
        return max(rows, key=lambda row: (self._get(row, PID) != 0, self._get(row, RESPAWNS)), default=None)

    def living(self) -> list[int]:
        return [row for row in range(self.rows) if self._get(row, PID)]

    def sum(self, row: int) -> Sum:
        ats = [self.column_at(row, column) for column in range(self.columns)]
        words = self.words
        return Sum(
            sum(words[at + REQUESTS] for at in ats),
            sum(words[at + EXCEPTIONS] for at in ats),
            sum(words[at + RUNNING_US] for at in ats),
            max(words[at + AVERAGE_US] for at in ats),
            sum(words[at + BEGAN_US] != 0 for at in ats),
        )

    def get(self, row: int, word: int) -> int:
        return self._get(row, word)

    def overdue(self, now_ms: int) -> list[int]:
        """Rows of workers with a thread whose request has had its time."""
        found = []
        for row in self.living():
            deadlines = (self.words[self.column_at(row, column) + DEADLINE_MS] for column in range(self.columns))
            if any(0 < deadline <= now_ms for deadline in deadlines):
                found.append(row)
        return found

    def count_signal(self, row: int) -> None:
        self.words[self.at(row, SIGNALS)] += 1

    def show_signal(self, row: int, signal: int) -> None:
        """`signal`: its number and 1, or 0 when it was handled."""
        self._put(row, SIGNAL, signal)

    def _get(self, row: int, word: int) -> int:
        return self.words[self.at(row, word)]

    def _put(self, row: int, word: int, value: int) -> None:
        self.words[self.at(row, word)] = value


class Column(threading.local):
    """Where the words of the current thread begin."""

    at = -1


def describe(board: Scoreboard, number: int) -> dict[str, object]:
    """As `uwsgi.workers()` tells of a worker, but for its applications."""
    row = board.latest(number)
    if row is None:
        return _described(number, b'cheap')
    total = board.sum(row)
    pid, signal = board.get(row, PID), board.get(row, SIGNAL)
    status = b'cheap' if not pid else b'sig%d' % (signal - 1) if signal else b'busy' if total.busy else b'idle'
    rss, vsz = memory_of(pid) if pid else (0, 0)
    return {
        **_described(number, status),
        'pid': pid,
        'requests': board.get(row, REQUESTS_BEFORE) + total.requests,
        'delta_requests': total.requests,
        'signals': board.get(row, SIGNALS),
        'exceptions': total.exceptions,
        'rss': rss,
        'vsz': vsz,
        'running_time': total.running_us,
        'last_spawn': board.get(row, SPAWNED_AT),
        'respawn_count': board.get(row, RESPAWNS),
        'avg_rt': total.average_us,
    }


def _described(number: int, status: bytes) -> dict[str, object]:
    names = (
        *('pid', 'requests', 'delta_requests', 'signals', 'exceptions'),
        *('rss', 'vsz', 'running_time', 'last_spawn', 'respawn_count', 'tx', 'avg_rt'),
    )
    return {'id': number, **dict.fromkeys(names, 0), 'status': status}


def memory_of(pid: int) -> tuple[int, int]:
    """Resident and virtual size in bytes; 0 where there is no /proc."""
    try:
        with open(f'/proc/{pid}/statm', 'rb') as file:
            size, resident = file.read().split()[:2]
    except (OSError, ValueError):
        return 0, 0
    page = os.sysconf('SC_PAGE_SIZE')
    return int(resident) * page, int(size) * page
