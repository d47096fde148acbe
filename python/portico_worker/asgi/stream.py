"""What every stream of a concurrent lane has, whatever is spoken on it: its lane, its credit, and who waits for something to change."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Any, Callable, Protocol

from portico_worker import lanes, report
from portico_worker.failures import FAILED_BYTES_MAX, ClientGone, is_of_the_client

from .scope import METHOD, RAW_PATH, REQUEST_ID

Message = dict[str, Any]
Application = Callable[
    [dict[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

CREDIT_GIVEN_MIN = 64 * 1024
"""When the application has received so many bytes, the edge is told: a quarter of what it may have under way."""

CREDIT_SETTLED_MIN = 4 * 1024
"""… and so many while the application waits for more: the edge is to know that it has received all, but for what is not
worth a frame."""

_pack = lanes.HEADER.pack


class Waiters:
    """Tasks that wait until something has changed, and look again then."""

    __slots__ = ('_futures',)

    def __init__(self) -> None:
        self._futures: list[asyncio.Future[None]] = []

    async def wait(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._futures.append(future)
        try:
            await future
        finally:
            self._futures.remove(future)

    def wake(self) -> None:
        for future in self._futures:
            if not future.done():
                future.set_result(None)


class Turns:
    """Tasks that wait for the same thing, one after another: what the first of them does may make the others wait again."""

    __slots__ = ('_futures',)

    def __init__(self) -> None:
        self._futures: deque[asyncio.Future[None]] = deque()

    async def wait(self, is_first: bool) -> None:
        """`is_first`: it was this task's turn already, so that it stays before the others."""
        future = asyncio.get_running_loop().create_future()
        (self._futures.appendleft if is_first else self._futures.append)(future)
        try:
            await future
        except BaseException:
            if future in self._futures:
                self._futures.remove(future)
            else:
                self.pass_on()  # The task was cancelled when it had been given its turn.
            raise

    def pass_on(self) -> None:
        while self._futures:
            future = self._futures.popleft()
            if not future.done():
                future.set_result(None)
                break


class Lane(Protocol):
    """The lane of a stream, as far as the stream knows it."""

    board: memoryview
    board_index: int
    is_paused: bool
    is_lost: bool
    in_development: bool

    def send(self, frame: bytes) -> None: ...

    def send_piece(self, head: bytes, data: bytes | memoryview) -> None: ...

    def send_large(self, pieces: list[bytes | memoryview]) -> None: ...

    async def until_taken(self) -> None: ...

    def finish(self, stream: Stream) -> None: ...


class Stream:
    __slots__ = ('__dict__', 'is_gone', 'lane', 'parts', 'task', 'waiters', 'word')

    lane: Lane
    word: int
    """The second word of the request's header: its type and stream."""
    parts: list[bytes]
    """The request part: scope.METHOD and the like say what is where."""
    task: asyncio.Task[None]
    """The application's task, which the event loop alone would not keep alive."""

    is_gone: bool
    """The client is gone."""
    waiters: Waiters | None

    # Most requests neither read nor set these: they stay the class's, which costs nothing.
    credit = lanes.CREDIT_BYTES
    """How much may still be sent; below zero when the last frame was larger."""
    taken = 0
    """What the application has taken and the edge was not told of."""
    is_dismissed = False
    """The worker ends and has cancelled the task."""

    def __init__(self, lane: Lane, word: int, parts: list[bytes]) -> None:
        self.lane = lane
        self.word = word
        self.parts = parts
        self.is_gone = False
        self.waiters = None

    async def change(self) -> None:
        """Waits until something has happened to this stream."""
        if self.waiters is None:
            self.waiters = Waiters()
        await self.waiters.wait()

    def wake(self) -> None:
        if self.waiters is not None:
            self.waiters.wake()

    def leave(self) -> None:
        """The client has gone."""
        self.is_gone = True
        self.wake()

    def add_credit(self, payload: bytes) -> None:
        (count,) = lanes.read_words(payload) if len(payload) == 4 else (-1,)
        if count < 0:
            raise lanes.Fault('lanes.words')
        self.credit += count
        if self.credit > 0:
            self.wake()

    def take(self, count: int) -> None:
        """The application has received so many bytes."""
        self.taken += count
        if self.taken >= CREDIT_GIVEN_MIN:
            self.give_credit(self.taken)
            self.taken = 0

    def settle(self) -> None:
        """The application has received all that came, and waits."""
        if self.taken >= CREDIT_SETTLED_MIN:
            self.give_credit(self.taken)
            self.taken = 0

    def give_credit(self, count: int) -> None:
        self.lane.send(lanes.render_words(lanes.WORKER_CREDIT, self.word >> 8, count))

    async def may_send(self) -> None:
        """Waits until a frame may be begun. Raises ClientGone on a stream that has ended, where nothing may be sent."""
        lane = self.lane
        while not self.is_gone and not self.has_ended and (self.credit <= 0 or lane.is_paused):
            if lane.is_paused:
                await lane.until_taken()
            else:
                await self.change()
        if self.is_gone:
            raise ClientGone('the client has gone')
        if self.has_ended:
            raise ClientGone('the response has ended')

    def send_frame(self, kind: int, payload: bytes = b'') -> None:
        self.lane.send(_pack(len(payload), kind | self.word >> 8 << 8) + payload)

    def send_end(self, kind: int, text: str) -> None:
        """END, or FAILED with the reason."""
        self.send_frame(kind, text.encode('utf-8', 'backslashreplace')[:FAILED_BYTES_MAX])

    def describe(self) -> report.Request:
        """The request as an entry of the log names it."""
        request_id, method, path = (self.parts[at].decode('latin-1') for at in (REQUEST_ID, METHOD, RAW_PATH))
        return report.describe(request_id, method, path)

    @property
    def has_left(self) -> bool:
        """The application has been told, or will be, that its client is gone or seems to be."""
        return self.is_gone

    @property
    def has_ended(self) -> bool:
        """The stream has ended for the edge; the application may go on."""
        raise NotImplementedError

    async def run(self, application: Application, scope: dict[str, Any]) -> None:
        """The application's task: whatever it does, only this stream fails."""
        raise NotImplementedError

    def is_no_fault(self, error: BaseException) -> bool:
        """Whether an exception comes from the client's leaving or from the worker's end, and is no fault of the
        application's."""
        return is_of_the_client(error, self.has_left) or (
            self.is_dismissed and isinstance(error, asyncio.CancelledError)
        )

    def dismiss(self) -> None:
        """Nobody waits for the stream any more, and the worker is to end."""
        self.is_dismissed = True
        self.task.cancel()

    def hear(self, kind: int, payload: bytes) -> None:
        """A frame of the edge for this stream."""
        raise NotImplementedError


def type_of(message: object) -> str:
    """The type of an event that an application sends."""
    if not isinstance(message, dict):
        raise TypeError(f'a message must be a dict, not {type(message).__name__}')
    kind = message.get('type')
    if not isinstance(kind, str):
        raise TypeError(f'a message must have its type, a str, under the key "type"; this one has {kind!r}')
    return kind


def read_bytes(value: object, key: str) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f'"{key}" must be bytes, not {type(value).__name__}')
