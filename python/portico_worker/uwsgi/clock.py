"""What is to be done later, or again and again, in one process."""

from __future__ import annotations

import heapq
import itertools
import time
from typing import Callable


class Clock:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self._now() + seconds, next(self._order), act))

    def every(self, seconds: float, act: Callable[[], None], times: int = 0) -> None:
        """`times`: how often; 0: for ever. What was missed, while the process stood still, is not made up for."""
        left = times or -1

        def turn() -> None:
            nonlocal left
            left -= 1
            if left != 0:
                self.after(seconds, turn)
            act()

        self.after(seconds, turn)

    def wait_s(self) -> float:
        return max(0.0, self._due[0][0] - self._now()) if self._due else float('inf')

    def run_due(self) -> None:
        now = self._now()
        while self._due and self._due[0][0] <= now:
            _, _, act = heapq.heappop(self._due)
            act()
