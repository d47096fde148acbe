"""The processes that this one has started, and those that they have started, as far as /proc tells."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection

POLL_S = 0.02


def living(without: Collection[int] = ()) -> set[int]:
    """The numbers of the processes in this session that this one has started, directly or not, and that have not ended.
    `without` leaves out some, with what they have started. A program that has made a session of its own is to live
    on, and is not among them."""
    parents = _parents(os.getsid(0))
    found: set[int] = set()
    layer = {os.getpid()}
    while layer:
        layer = {pid for pid, parent in parents.items() if parent in layer and pid not in found and pid not in without}
        found |= layer
    return found


def children() -> dict[int, str]:
    """The processes that this one has started itself and that have not ended, in whatever session, with the names of
    their programs."""
    found: dict[int, str] = {}
    for task in os.listdir('/proc/self/task'):
        try:
            with open(f'/proc/self/task/{task}/children', 'rb') as file:
                pids = [int(pid) for pid in file.read().split()]
        except OSError:
            continue  # A kernel that does not list them, or a thread that has ended.
        for pid in pids:
            try:
                with open(f'/proc/{pid}/stat', 'rb') as file:
                    name, _, rest = file.read().partition(b'(')[2].rpartition(b')')
            except OSError:
                continue
            if rest.split()[0] not in (b'Z', b'X'):
                found[pid] = name.decode('utf-8', 'backslashreplace')
    return found


def end(without: Collection[int], patience_s: float) -> None:
    """Ends all living processes but those given: SIGTERM, and SIGKILL for those that are still there later."""
    end_these(living(without), patience_s)


def end_session(patience_s: float) -> None:
    """Ends all others of the session that this process leads, whoever has started them."""
    if os.getsid(0) == os.getpid():
        end_these(set(_parents(os.getpid())) - {os.getpid()}, patience_s)


def end_these(pids: Collection[int], patience_s: float) -> None:
    left = set(pids)
    _send(left, signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while left and time.monotonic() < deadline:
        time.sleep(POLL_S)
        # A process whose parent has ended meanwhile is not found through it any more, so the session is asked.
        left &= set(_parents(os.getsid(0)))
    _send(left, signal.SIGKILL)


def ask_to_end(pids: Collection[int]) -> None:
    """Sends SIGTERM to those of the processes that are in this one's session."""
    _send(set(pids) & set(_parents(os.getsid(0))), signal.SIGTERM)


def _send(pids: Collection[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass  # The process is gone, or is another user's by now.


def _parents(session: int) -> dict[int, int]:
    """The parent of every process of the session that has not ended."""
    parents: dict[int, int] = {}
    try:
        names = os.listdir('/proc')
    except OSError:
        return parents
    for name in names:
        if name.isdigit():
            try:
                with open(f'/proc/{name}/stat', 'rb') as file:
                    state, parent, _, of_session = file.read().rpartition(b')')[2].split()[:4]
            except (OSError, ValueError):
                continue
            if state not in (b'Z', b'X') and int(of_session) == session:
                parents[int(name)] = int(parent)
    return parents
