"""Files that are watched: by what `stat` says of them, once a second."""

from __future__ import annotations

import os
import time
from typing import Callable

LOOK_S = 1.0

_State = tuple[int, int, int]


class Touched:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._watched: list[tuple[str, Callable[[], None]]] = []
        self._states: dict[str, _State | None] = {}
        self._looked_at = 0.0

    def watch(self, path: str, act: Callable[[], None]) -> None:
        self._watched.append((path, act))
        self._states.setdefault(path, _state(path))

    def look(self) -> None:
        now = self._now()
        if not self._watched or now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        changed = {path for path, state in self._states.items() if _state(path) not in (state, None)}
        for path in self._states:
            self._states[path] = _state(path)
        for path, act in self._watched:
            if path in changed:
                act()


def _state(path: str) -> _State | None:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino, state.st_size
