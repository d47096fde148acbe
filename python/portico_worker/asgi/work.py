"""Work that requests have left to the event loop (`asyncio.create_task`): it is waited for before the application is shut down."""

from __future__ import annotations

import asyncio
import sys
import weakref
from contextvars import ContextVar
from time import monotonic
from typing import Any

from portico_worker import report
from portico_worker.ending import NAMED_MAX
from portico_worker.origin import is_of_application, is_standard

LOOK_AGAIN_S = 0.1
"""Work may begin other work: so often it is looked for, while there is any."""

_is_of_request: ContextVar[bool] = ContextVar('portico_is_of_request', default=False)

_WRAPPERS = {'wait_for', 'to_thread'}
"""Coroutines of asyncio's own that stand for what they wait for."""


class Work:
    """Tasks of the application's code that were made by requests. Tasks of startup are not among them: they go on for
    ever and are ended by the application's shutdown. Nor are those of libraries, whose readers and monitors do the
    same: to wait for them would hold up every stop until its deadline."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Made when startup is complete."""
        self._loop = loop
        self._of_startup = weakref.WeakSet(asyncio.all_tasks(loop))

    def begins_here(self) -> None:
        """Called in the context of which those of requests are copies."""
        _is_of_request.set(True)

    async def finish(self, within_s: float) -> None:
        until = monotonic() + within_s
        tasks = self._tasks()
        while tasks and monotonic() < until:
            await asyncio.wait(tasks, timeout=min(LOOK_AGAIN_S, until - monotonic()))
            tasks = self._tasks()
        if tasks:
            report.log(
                f'tasks of requests are cancelled that were not done in time (--graceful-timeout): {", ".join(_names(tasks))}'
            )

    def describe(self) -> list[str]:
        """May be called from another thread."""
        try:
            return [f'the task {name}' for name in _names(self._tasks())]
        except RuntimeError:
            return []  # The set of tasks changed while it was read.

    def _tasks(self) -> set[asyncio.Task[Any]]:
        return {task for task in asyncio.all_tasks(self._loop) if self._is_of_request(task) and is_work(task)}

    def _is_of_request(self, task: asyncio.Task[Any]) -> bool:
        if sys.version_info >= (3, 12):
            return bool(task.get_context().get(_is_of_request, False))
        # Python before 3.12 does not tell a task's context: what startup's tasks make later is waited for as well.
        return task not in self._of_startup


def is_work(task: asyncio.Task[Any]) -> bool:
    coroutine: Any = task.get_coro()
    code = getattr(coroutine, 'cr_code', None)
    if code is None:
        return False
    return is_of_application(code.co_filename) or (code.co_name in _WRAPPERS and is_standard(code.co_filename))


def _names(tasks: set[asyncio.Task[Any]]) -> list[str]:
    names = [f'{task.get_coro().__qualname__} ({task.get_name()})' for task in list(tasks)[:NAMED_MAX]]  # type: ignore[union-attr]
    return names + ([f'and {len(tasks) - NAMED_MAX} more'] if len(tasks) > NAMED_MAX else [])
