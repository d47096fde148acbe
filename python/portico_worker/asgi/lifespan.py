"""The lifespan of the application: started before requests come, shut down after the last has ended (ASGI specification, "Lifespan Protocol")."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from typing import Any

from portico_worker import report

from .stream import Application, Message, type_of

NOT_SUPPORTED = (NotImplementedError, AssertionError)


class StartupFailed(Exception):
    """The application has said that it cannot serve; the message is the application's."""

    fault: BaseException | None = None
    """The exception that it was handling when it said so."""


class Lifespan:
    def __init__(self, application: Application, mode: str) -> None:
        """`mode`: 'on': it has to be supported; 'auto': it may be; 'off': the application is not asked."""
        self.application = application
        self.mode = mode
        self.state: dict[str, Any] = {}
        """What the application keeps for its requests, each of which gets a copy."""
        self.context = contextvars.copy_context()
        """The context as startup has left it, of which requests get copies."""
        self._task: asyncio.Task[None] | None = None
        self._received = 0
        self._started: asyncio.Future[None] | None = None
        self._stopping: asyncio.Future[None] | None = None
        self._stopped: asyncio.Future[None] | None = None

    async def start_up(self) -> None:
        """Raises StartupFailed."""
        if self.mode == 'off':
            return
        loop = asyncio.get_running_loop()
        self._started, self._stopping, self._stopped = (loop.create_future() for _ in range(3))
        self._task = loop.create_task(self._run())
        await self._started

    async def shut_down(self, within_s: float) -> None:
        """Returns when the application is done, or has taken too long."""
        if self._task is None or self._task.done():
            return
        assert self._stopping is not None
        assert self._stopped is not None
        self._stopping.set_result(None)
        done, _ = await asyncio.wait({self._stopped}, timeout=within_s)
        if not done:
            report.log(f"the application's shutdown was not done within {within_s:.1f} s (--graceful-timeout)")

    async def _run(self) -> None:
        scope = {'type': 'lifespan', 'asgi': {'version': '3.0', 'spec_version': '2.0'}, 'state': self.state}
        assert self._started is not None
        assert self._stopped is not None
        try:
            await self.application(scope, self.receive, self.send)
            if not self._started.done():
                self._go_without(None)
        except BaseException as error:
            if self._started.done():
                where = 'shutdown' if self._received > 1 else 'lifespan'
                if not isinstance(error, asyncio.CancelledError):
                    report.failure(f"the application's {where} failed", error)
            else:
                self._go_without(error)
        finally:
            if not self._stopped.done():
                self._stopped.set_result(None)

    def _go_without(self, error: BaseException | None) -> None:
        """The application has ended before its startup was complete."""
        assert self._started is not None
        what = 'it returned' if error is None else report.summary(error)
        asks_to_end = isinstance(error, (SystemExit, KeyboardInterrupt))
        if self.mode == 'on' or asks_to_end:
            failure = StartupFailed(what if asks_to_end else f'the application has no lifespan: {what}')
            failure.__cause__ = error
            self._started.set_exception(failure)
            return
        # An application that refuses the scope before it has received anything does what the specification asks of it.
        is_refusal = self._received == 0 and (isinstance(error, NOT_SUPPORTED) or 'lifespan' in what)
        if error is not None and not is_refusal:
            report.log(
                f'the application is served without its lifespan: {what}\n{report.format_error(error)}', 'warning'
            )
        self.state.clear()
        self._started.set_result(None)

    async def receive(self) -> Message:
        self._received += 1
        if self._received == 1:
            return {'type': 'lifespan.startup'}
        assert self._stopping is not None
        await asyncio.shield(self._stopping)
        if self._received == 2:
            return {'type': 'lifespan.shutdown'}
        await asyncio.get_running_loop().create_future()  # Nothing comes after shutdown.
        raise AssertionError

    async def send(self, message: Message) -> None:
        assert self._started is not None
        assert self._stopped is not None
        kind = type_of(message)
        is_shutdown = kind in ('lifespan.shutdown.complete', 'lifespan.shutdown.failed')
        if not is_shutdown and kind not in ('lifespan.startup.complete', 'lifespan.startup.failed'):
            raise ValueError(f'{kind!r} is no message that an application can send for its lifespan')
        answered = self._stopped if is_shutdown else self._started
        if answered.done() or is_shutdown != self._started.done() or (is_shutdown and self._received < 2):
            raise RuntimeError(f'{kind} was sent where it answers nothing')
        if kind == 'lifespan.startup.failed':
            failure = StartupFailed(str(message.get('message', '')))
            failure.fault = sys.exc_info()[1]
            answered.set_exception(failure)
            return
        if kind == 'lifespan.startup.complete':
            self.context = contextvars.copy_context()
        elif kind == 'lifespan.shutdown.failed':
            report.log(f"the application's shutdown failed: {report.quote(str(message.get('message', '')))}")
        answered.set_result(None)
