"""The request that runs in a thread, as the module `uwsgi` knows it, and the counting of requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, Callable

from . import scoreboard
from .scoreboard import Scoreboard


class Current(threading.local):
    environ: dict[str, Any] | None = None
    variables: dict[bytes, bytes] | None = None
    """Of `set_logvar`."""
    column = -1
    """Where the words of this thread begin; -1: it has none yet."""


class Counted:
    """An application that counts what it is asked, and does between two requests what waits for that."""

    def __init__(self, application: Callable[..., Any], board: Scoreboard, between: Callable[[], None]) -> None:
        self._application = application
        self._words = board.words
        self._board = board
        self._between = between
        self._taken = 0
        self.current = Current()
        self.waits = False
        """`between` has something to do."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if self.waits:
            self._between()
        current, words = self.current, self._words
        at = current.column
        if at < 0:
            at = self._take_column()
        current.environ, current.variables = environ, None
        began = time.time_ns() // 1000
        words[at + scoreboard.BEGAN_US] = began
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            words[at + scoreboard.EXCEPTIONS] += 1
            self._end(at, began)
            raise
        if hasattr(answer, '__next__'):
            return _Rest(answer, lambda: self._end(at, began))
        self._end(at, began)
        return answer

    def _take_column(self) -> int:
        column = min(self._taken, self._board.columns - 1)
        self._taken += 1
        self.current.column = self._board.column_at(self._board.row, column)
        return self.current.column

    def _end(self, at: int, began: int) -> None:
        words = self._words
        took = max(0, time.time_ns() // 1000 - began)
        words[at + scoreboard.BEGAN_US] = words[at + scoreboard.DEADLINE_MS] = 0
        words[at + scoreboard.REQUESTS] += 1
        words[at + scoreboard.RUNNING_US] += took
        average = words[at + scoreboard.AVERAGE_US]
        # As uWSGI has it: half of it is the last request.
        words[at + scoreboard.AVERAGE_US] = (average + took) // 2 if average else took


class _Rest:
    """A response that is made while it is sent: the request ends with it."""

    def __init__(self, answer: Iterator[bytes], end: Callable[[], None]) -> None:
        self._answer = answer
        self._end = end
        self._has_ended = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._answer)
        except BaseException:
            self._finish()
            raise

    def close(self) -> None:
        try:
            close = getattr(self._answer, 'close', None)
            if close is not None:
                close()
        finally:
            self._finish()

    def _finish(self) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._end()
