"""What the application's code asks for while it is imported, where all workers would then have one answer in common."""

from __future__ import annotations

import os
import random
import sys
import weakref
from collections.abc import Iterator
from typing import Any

from .origin import is_of_application

_getpid = os.getpid
_seed = random.Random.seed


class ImportCalls:
    """Puts functions that listen in the place of os.getpid and of the seeding of random generators, until `end`. Where
    the application has kept one of them under a name of its own, it goes on working."""

    def __init__(self) -> None:
        self._folder = os.path.join(os.getcwd(), '')
        self._asked_for_pid: list[str] = []
        self._generators: list[tuple[weakref.ref[Any], str]] = []
        self._is_over = False
        self._own_seed = self._seed_function()
        os.getpid = self._on_getpid
        random.Random.seed = self._own_seed  # type: ignore[method-assign]

    def end(self) -> None:
        self._is_over = True
        # The application may have put a function of its own in our function's place.
        if os.getpid == self._on_getpid:
            os.getpid = _getpid
        if random.Random.seed is self._own_seed:
            random.Random.seed = _seed  # type: ignore[method-assign]

    def reasons(self) -> Iterator[str]:
        for place in dict.fromkeys(self._asked_for_pid):
            yield f'{place} asks for os.getpid(), which all workers would have in common'
        for generator, place in self._generators:
            if place and generator() is not None:
                yield f'{place} makes a random generator, of which all workers would have the same numbers'

    def reseed(self) -> None:
        """Called in a worker, where the only generators left are libraries': those that took their seed from the system
        take another."""
        for reference, _ in self._generators:
            generator = reference()
            if generator is not None:
                _seed(generator)

    def _place(self, frame: Any) -> str:
        path = frame.f_code.co_filename
        return f'{path[len(self._folder) :] if path.startswith(self._folder) else path}:{frame.f_lineno}'

    def _on_getpid(self) -> int:
        if not self._is_over:
            code = sys._getframe(1).f_code
            if is_of_application(code.co_filename):
                self._asked_for_pid.append(self._place(sys._getframe(1)))
        return _getpid()

    def _seed_function(self) -> Any:
        def seed(generator: random.Random, a: Any = None, version: int = 2) -> None:
            _seed(generator, a, version)
            if a is None and not self._is_over:
                # The caller is `__init__`, if a generator is made and not seeded again.
                caller = sys._getframe(1)
                if (
                    caller.f_code.co_name == '__init__'
                    and caller.f_code.co_filename == random.__file__
                    and caller.f_back
                ):
                    caller = caller.f_back
                place = self._place(caller) if is_of_application(caller.f_code.co_filename) else ''
                self._generators.append((weakref.ref(generator), place))

        return seed
