"""Threads for which it is useless to wait: they have not run for a while, and sleep or wait for a lock, not for a socket, a disk or a process.

A process with such a thread would never end (`Thread(target=Event().wait)`), and each stop would take all the time that work may take.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable

STILL_S = 7.0
"""A thread is still when it has neither run nor waited for anything outside of the process for so long. A job that
pauses for less is waited for."""

OURS = 'portico-'
"""What the names of the worker's own threads begin with."""

WAITS = {
    'x86_64': {'23', '35', '202', '230', '270'},
    'aarch64': {'72', '98', '101', '115'},
}
"""By machine, the system calls in which a thread sleeps or waits for a lock: select (also Python's sleep before 3.11), nanosleep,
futex, clock_nanosleep, pselect6."""


class StillThreads:
    """What was seen of the threads of this process, each time that `are_all` was called."""

    def __init__(self) -> None:
        self._waits = WAITS.get(os.uname().machine, set())
        self._seen: dict[int, tuple[str, float]] = {}
        """How often each thread has given up its core, and since when that number is the same."""

    def are_all(self, threads: Iterable[threading.Thread], now: float) -> bool:
        """Whether there are threads beside the main one and ours, and none of them does anything, as far as Linux tells. `now` in seconds."""
        rest = [
            thread for thread in threads if thread is not threading.main_thread() and not thread.name.startswith(OURS)
        ]
        # Every thread is looked at, whatever the others do, so that the time for which each is still is known.
        moving = [thread for thread in rest if not self._is_still(thread.native_id or 0, now)]
        return rest != [] and not moving

    def _is_still(self, thread: int, now: float) -> bool:
        switches = _switches(thread)
        before = self._seen.get(thread)
        if switches is None or before is None or before[0] != switches:
            self._seen[thread] = (switches or '', now)
            return False
        return now - before[1] >= STILL_S and _system_call(thread) in self._waits


def _switches(thread: int) -> str | None:
    """How often the thread was switched: one that wakes, if only to look and sleep again, adds one."""
    lines = _read(thread, 'status').splitlines()
    return next((line for line in lines if line.startswith('voluntary_ctxt_switches')), None)


def _system_call(thread: int) -> str:
    return _read(thread, 'syscall').partition(' ')[0].strip()


def _read(thread: int, name: str) -> str:
    try:
        with open(f'/proc/self/task/{thread}/{name}') as file:
            return file.read()
    except OSError:
        return ''
