"""The signals of uWSGI, numbers from 0 to 255 that have nothing to do with Unix: what each process has registered, and what the keeper fires.

Every process that imports the application registers the same things in the same order, so the numbers are the same in all; the keeper takes what is said
twice for one.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

SIGNALS = 256
FILES_MAX = 64
TIMERS_MAX = 64
"""As many as uWSGI has room for, of each kind."""


class Handler(NamedTuple):
    target: str
    function: Callable[[int], Any]


class SignalTable:
    def __init__(self) -> None:
        self.handlers: dict[int, Handler] = {}
        self.targets: dict[int, str] = {}
        """Of all processes, where the keeper knows them."""
        self.timers: list[tuple[int, float, int]] = []
        """Signal, seconds, how often; 0: for ever."""
        self.crons: list[tuple[int, tuple[int, ...]]] = []
        self.files: list[tuple[int, str]] = []

    def register(self, number: int, target: str, function: Callable[[int], Any]) -> None:
        self.handlers[number] = Handler(target, function)
        self.targets[number] = target

    def heed(self, message: dict[str, Any]) -> bool:
        """Adds what another process has registered; False if it was there."""
        kind, number = message['what'], message['signal']
        if kind == 'register':
            before, self.targets[number] = self.targets.get(number), message['target']
            return before is None or bool(before != message['target'])
        if kind == 'timer':
            return _add(self.timers, (number, message['seconds'], message['times']), TIMERS_MAX)
        if kind == 'cron':
            return _add(self.crons, (number, tuple(message['when'])), SIGNALS)
        if kind == 'file':
            return _add(self.files, (number, message['path']), FILES_MAX)
        return False

    @property
    def has_sources(self) -> bool:
        return bool(self.timers or self.crons or self.files)


def _add(table: list[Any], item: Any, most: int) -> bool:
    if item in table or len(table) >= most:
        return False
    table.append(item)
    return True


def check_number(number: int) -> int:
    if not 0 <= number < SIGNALS:
        raise ValueError('invalid signal number: from 0 to 255')
    return number
