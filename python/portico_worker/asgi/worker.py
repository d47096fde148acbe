"""The worker of an ASGI application: one thread, one event loop, a concurrent lane to each edge thread."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import Awaitable, Coroutine
from functools import partial
from typing import Any, Callable

from portico_worker import process, report, signals
from portico_worker.settings import Identity, Settings
from portico_worker.worker import CLOSED_S, DIAL_S, EDGE_GONE, FAILED, LOAD_FAILED, Worker

from .lane import AsgiLane
from .lifespan import Lifespan, StartupFailed
from .loops import new_loop
from .scope import Blocks
from .stream import Application, Stream
from .work import Work

CAPACITY_MAX = 65_535
"""How many streams a lane may have at a time."""
SEND_BUFFER_BYTES = 1024 * 1024
"""What the kernel is asked to take of a lane that the edge has not read; it gives no more than net.core.wmem_max. Its usual 208 KiB never take a
frame of 256 KiB whole, and to wait for room for the rest costs an event loop more than to send it: of a response of 1 MB it was a third."""
REDIAL_EVERY_S = 0.01
"""A new edge has clients as soon as it listens, and gives their requests to the workers that are there."""
TOLD_S = 0.3
"""What requests may take to end when they hear that their client is gone, at the end of the time that a worker has."""
CANCELLED_S = 0.5
"""What requests may take to end when they are cancelled."""
REST_CANCELLED_S = 1.0
"""What the tasks that the application has left may take to end when they are cancelled."""
SHUTDOWN_LEAST_S = 1.0
"""What the shutdown of the lifespan has at the least."""


class AsgiWorker(Worker):
    kind = 'asgi'
    dials_patiently = False
    hears_early = True

    def __init__(self, settings: Settings, identity: Identity, status: socket.socket) -> None:
        super().__init__(settings, identity, status)
        self.capacity = settings.worker_connections or CAPACITY_MAX
        self.blocks = Blocks(settings.root_path, settings.development, settings.server_certificate)
        self.lanes: dict[int, AsgiLane] = {}
        """The lanes, by edge thread."""
        self.dialling: set[asyncio.Task[None]] = set()
        self.lost: set[AsgiLane] = set()
        """Lanes whose connection has ended, while applications still run for streams on them."""
        self.state: dict[str, Any] = {}
        self.code = FAILED
        """The exit code of the process."""

    def prepare(self, application: Application) -> None:
        self.application = application
        self.board = self.map_board()
        try:
            self.loop = new_loop(self.settings.loop, self.settings.preload == 'never')
        except ImportError as error:
            self.say('worker-load-failed', error=f'the event loop uvloop is not installed: {error}', traceback='')
            raise SystemExit(LOAD_FAILED) from None
        self.loop.set_debug(self.settings.development)
        self.lifespan = Lifespan(application, self.settings.lifespan)
        self.ended: asyncio.Future[int] = self.loop.create_future()
        """The code to exit with, when nothing is left to serve."""

    def run(self, facts: dict[str, Any]) -> int:
        main = self.loop.create_task(self._serve(facts))
        self.loop.add_reader(self.status.fileno(), self.hear_zygote)
        while not main.done():
            try:
                # AnyIO keeps its threads for as long as the task that `run_until_complete` runs.
                self.loop.run_until_complete(main)
            except (SystemExit, KeyboardInterrupt) as error:
                # asyncio lets these two through when a task ends by them. Requests catch them, so this was a task of
                # the application's own.
                if not main.done():
                    report.failure('a task of the application ended', error)
            except BaseException as error:
                if self.loop.is_closed():
                    report.failure('the application has closed the event loop', error)
                    return FAILED
                # Either `main` has raised, or the application has stopped the loop, which is run again.
        return self._code_after(main)

    def _code_after(self, main: asyncio.Task[None]) -> int:
        error = None if main.cancelled() else main.exception()
        if error is not None:
            report.failure('the worker failed', error)
        try:
            self.loop.close()
            del self.lifespan
        except BaseException as fault:
            report.failure('the event loop cannot be closed', fault)
        return self.code

    async def _serve(self, facts: dict[str, Any]) -> None:
        starting = self.loop.create_task(self.lifespan.start_up())
        # TERM ends a startup that hangs.
        either: set[asyncio.Future[Any]] = {starting, self.ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            try:
                starting.result()
            except StartupFailed as error:
                self._tell_failed(error)
                return
            await self._serve_requests(facts)
            self.ending.within(self.settings.graceful_s)
            signals.tell_application()
            await self.work.finish(self.ending.left_s())
            await self.lifespan.shut_down(max(self.ending.left_s(), SHUTDOWN_LEAST_S))
        else:
            self.code = self.ended.result()
        await self._cancel_rest()
        self.ending.join_threads()
        await self.loop.shutdown_default_executor()

    def _tell_failed(self, error: StartupFailed) -> None:
        """An application that cannot start is like one that cannot be loaded."""
        message = report.quote(str(error))
        cause = message if error.__cause__ is None else report.format_error(error.__cause__)
        last = message.rpartition('\n')[2]
        fault = error.__cause__ or error.fault
        self.say(
            'worker-load-failed',
            error=f"the application's startup failed: {last}"[:500],
            traceback=cause[: report.ENTRY_MAX],
            page='' if fault is None else report.page_of(fault),
        )
        self.code = LOAD_FAILED

    async def _serve_requests(self, facts: dict[str, Any]) -> None:
        self.state = self.lifespan.state
        self.starts_eagerly, self.make_task = _task_maker(self.loop)
        self.work = Work(self.loop)
        for edge in range(len(self.settings.lanes)):
            await self._dial(edge, 0)
        if not self.is_stopping and not self.ended.done():
            self.say_ready(facts)
        self.code = await self.ended

    def _dial(self, edge: int, after_s: float) -> Awaitable[None]:
        """Requests run in copies of the context in which their lane is made: in what startup has left."""
        task = self.lifespan.context.copy().run(self.loop.create_task, self._connect(edge, after_s))
        self.dialling.add(task)
        task.add_done_callback(self.dialling.discard)
        return task

    async def _connect(self, edge: int, after_s: float) -> None:
        deadline = time.monotonic() + DIAL_S
        self.work.begins_here()
        await asyncio.sleep(after_s)
        while not self.is_stopping and not self.ended.done() and not await self._open_lane(edge):
            if time.monotonic() > deadline:
                self.say('leaving', reason=EDGE_GONE)
                self._end(FAILED)
            await asyncio.sleep(REDIAL_EVERY_S)

    async def _open_lane(self, edge: int) -> bool:
        if os.getpid() != self.pid:
            os._exit(0)  # The application has forked, and the child has returned into our code.
        lane = AsgiLane(self, edge)
        # The board still names a stream of the earlier connection of this lane.
        self.board[lane.board_index] = 0
        connection = self.dial(edge, 'requests', 0)
        if connection is None:
            return False
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        lane.socket = connection
        await self.loop.create_unix_connection(lambda: lane, sock=connection)
        return True

    def lost_lane(self, lane: AsgiLane) -> None:
        """The connection has ended, by the edge or by us."""
        if lane.streams:
            self.lost.add(lane)
            lane.is_ending = True
        if not lane.is_draining and not self.is_stopping and not self.ended.done():
            self._dial(lane.edge, REDIAL_EVERY_S)
        self.note_end(lane)

    def note_end(self, lane: AsgiLane) -> None:
        """Closes a lane that is to end when no stream is left on it, and all that was sent has left."""
        if lane.streams:
            return
        self.lost.discard(lane)
        if lane.is_lost:
            is_over = all(other.is_lost and (other.is_draining or self.is_stopping) for other in self.lanes.values())
            if is_over and not self.lost:
                self._end(0)
        elif lane.is_draining or self.is_stopping:
            lane.close()
        # A lane that was dialled when the edge had ended is never closed by anybody.
        if self.is_stopping and not any(other.streams for other in (*self.lanes.values(), *self.lost)):
            self.loop.call_later(CLOSED_S, self._end, 0)

    def _end(self, code: int) -> None:
        if not self.ended.done():
            self.ended.set_result(code)

    def finish(self, seconds: float, phase: str) -> None:
        super().finish(seconds, phase)
        if phase == 'stopping':
            self.loop.call_later(self.ending.left_s(), self._give_up)

    def terminate(self) -> None:
        try:
            self.loop.call_soon_threadsafe(self._stop)
        except RuntimeError:
            pass  # The loop is closed: the worker ends already.

    def waker(self) -> int:
        reader, writer = process.wake_pipe()
        # That the loop turns is all that is needed: handlers of signals are called between two steps of Python code.
        self.loop.add_reader(reader, os.read, reader, process.WAKES_MAX)
        return writer

    def _stop(self) -> None:
        """Requests that run are finished; those that come are left to the edge, which gives them to other workers."""
        if self.is_stopping:
            return
        self.is_stopping = True
        self.leave_place('SIGTERM')
        self.ending.within(self.settings.graceful_s)
        if not self.is_ready and not self._streams():
            # Startup may hang. But an edge thread has given requests to its lane while those to others were still dialled.
            self._end(0)
        for lane in (*self.lanes.values(), *self.lost):
            lane.is_ending = True
            self.note_end(lane)
        self.loop.call_later(self.ending.left_s(), self._give_up)

    def _give_up(self) -> None:
        """Called when the edge has closed what is left by now. Applications hear of it, as of any other end of their
        client, and are cancelled only if that does not end them: the shutdown of the application is not to be missed
        for them."""
        for stream in self._streams():
            stream.leave()
        self.loop.call_later(TOLD_S, self._dismiss)

    def _dismiss(self) -> None:
        for stream in self._streams():
            stream.dismiss()
        self.loop.call_later(CANCELLED_S, self._end, 0)

    def _streams(self) -> list[Stream]:
        return [stream for lane in (*self.lanes.values(), *self.lost) for stream in list(lane.streams.values())]

    async def _cancel_rest(self) -> None:
        """Cancels tasks that the application has left, so that they get to their `finally`."""
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=REST_CANCELLED_S)
        try:
            await asyncio.wait_for(self.loop.shutdown_asyncgens(), REST_CANCELLED_S)
        except asyncio.TimeoutError:
            pass

    def running(self) -> list[str]:
        return [*(str(stream.describe()) for stream in self._streams()), *self.work.describe()]

    def forked(self) -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        for lane in (*self.lanes.values(), *self.lost):
            lane.forked(nothing)
        os.close(nothing)
        super().forked()


def _task_maker(
    loop: asyncio.AbstractEventLoop,
) -> tuple[bool, Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]]:
    """Whether tasks take their first step at once, and the function that makes them. A factory of the application's own
    is used."""
    if loop.get_task_factory() is not None:
        return False, loop.create_task
    Task: Any = asyncio.Task
    if sys.version_info >= (3, 12):
        return True, partial(Task, loop=loop, eager_start=True)
    # This is what loop.create_task does, but for its checks; with a name given, none has to be made up for each task.
    return False, partial(Task, loop=loop, name='request')
