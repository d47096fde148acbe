"""A concurrent lane: the connection to one edge thread, on which many requests run at a time.

What one read has brought about leaves in one write, everything else at once. A lane is one connection: when it is lost, another
takes its place, and this one stays until the applications that it called have returned.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine, Sequence
from time import perf_counter
from typing import Any, Callable, Protocol

from portico_worker import lanes, report
from portico_worker.settings import Settings

from .http import HttpConversation
from .scope import Blocks
from .stream import Application, Stream, Turns
from .websocket import WebSocketConversation

RECEIVE_BYTES = 256 * 1024
"""Asked for at once, unless a larger frame has begun: all that the kernel has. With 64 KiB, requests that come in fours cost twice as much."""

LARGE_MISSING = 16 * 1024
"""A frame of which so much is missing is received alone: what it carries is copied once, into the `bytes` that the application gets."""

HELD_S = 0.001
"""Answers to the requests of one read leave together, because a write wakes the edge; but none waits longer for others than this
and the time that the next one takes to be made. Whoever has waited for anything else is not held: what the application believes to
be sent would be lost if the process was killed."""
HELD_BYTES_MAX = 64 * 1024
PIECES_MAX = 8
"""Messages and pieces of bodies that leave together. One message to a hundred clients is sent by the edge while the next are made;
for answers to a hundred requests, of which others come at the same time, so many writes cost more than they give."""
GATHERED_MAX = 64
"""Pieces that the kernel gathers in one call."""
JOINED_MAX = 16 * 1024
"""Bytes; larger frames are written without being copied into one piece with what goes before them."""


class Host(Protocol):
    """The worker, as far as its lanes know it."""

    settings: Settings
    application: Application
    state: dict[str, Any]
    blocks: Blocks
    board: memoryview
    lanes: dict[int, AsgiLane]
    loop: asyncio.AbstractEventLoop
    make_task: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
    starts_eagerly: bool
    is_stopping: bool

    def board_index(self, unit: int, edge: int) -> int: ...

    def count(self, requests: int) -> None: ...

    def flush_streams(self) -> None: ...

    def lost_lane(self, lane: AsgiLane) -> None: ...

    def note_end(self, lane: AsgiLane) -> None: ...


class AsgiLane(asyncio.BufferedProtocol):
    def __init__(self, worker: Host, edge: int) -> None:
        self.worker = worker
        self.edge = edge
        self.board = worker.board
        """Says which stream's application was called last, in case that the process is killed (docs/lanes.md)."""
        self.board_index = worker.board_index(0, edge)
        self.in_development = worker.settings.development
        self.blocks: list[Any] = [None] * (lanes.BLOCK_SLOTS + 1)
        """Block parts that came on this lane, by their slot: of those that come again only the slot is sent."""
        self.streams: dict[int, Stream] = {}
        """Those whose application has not returned, by their number."""
        self.displaced = 1 << 24
        """Counts on from the largest number of a stream."""
        self.memory = memoryview(bytearray(RECEIVE_BYTES))
        """Where the kernel puts what it has: behind the beginning of a frame that is not whole."""
        self.filled = 0
        """The bytes of that beginning."""
        self.awaited = 0
        """The bytes of that frame, if it is large: nothing that follows it is received with it. Otherwise 0."""
        self.out: list[bytes | memoryview] = []
        self.collected = 0
        """Bytes in `out`."""
        self.held_until = 0.0
        """What is sent later than this does not wait for more."""
        self.is_batch = False
        """What a read has brought about is still running: until `_end_batch`."""
        self.is_flush_due = False
        """The event loop will call `flush`."""
        self.is_paused = False
        """The kernel has no room for what was sent, because the edge has much to read."""
        self.turns = Turns()
        """Of those who wait until it has room. Were all of them woken at once, the first would fill it again, and of 64 large
        responses each would wake a hundred times."""
        self.is_draining = False
        """No request will follow."""
        self.is_ending = False
        """The worker is to be told when no stream is left."""
        self.is_closed = False
        """Nothing more is sent."""
        self.is_lost = False
        self.socket: socket.socket
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.worker.lanes[self.edge] = self
        transport.set_write_buffer_limits(0)
        if self.worker.is_stopping:
            self.is_ending = True
            self.worker.note_end(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        self.out.clear()
        for stream in list(self.streams.values()):
            stream.leave()
        self.resume_writing()
        self.worker.lost_lane(self)

    def pause_writing(self) -> None:
        self.is_paused = True

    def resume_writing(self) -> None:
        self.is_paused = False
        self.turns.pass_on()

    def get_buffer(self, size_hint: int) -> memoryview:
        return self.memory[self.filled : self.awaited or RECEIVE_BYTES]

    def buffer_updated(self, count: int) -> None:
        self.filled += count
        if self.filled < self.awaited:
            return
        self.is_batch = True
        self.held_until = perf_counter() + HELD_S
        try:
            if self.awaited:
                self._take_awaited()
            else:
                self._take(bytes(self.memory[: self.filled]))
        except lanes.Fault as fault:
            report.log(f'lane to edge thread {self.edge}: {fault}')
            self.transport.abort()
            return
        if self.worker.starts_eagerly:
            self._end_batch()
        else:
            self.worker.loop.call_soon(self._end_batch)  # Behind the first steps of the tasks that were made.

    def _take(self, data: bytes) -> None:
        """Handles each whole frame; what is behind the last stays in `memory`."""
        position = 0
        while True:
            position = self._take_requests(data, position)
            following = self._take_frames(data, position)
            if following == position:
                break
            position = following
        rest = self.filled = len(data) - position
        if rest:
            self.memory[:rest] = memoryview(data)[position:]
            if rest >= lanes.HEADER.size:
                self._await_large(lanes.HEADER.size + lanes.HEADER.unpack_from(data, position)[0])

    def _await_large(self, size: int) -> None:
        """A frame of so many bytes has begun, no more than a frame may have."""
        if size - self.filled >= LARGE_MISSING or size > RECEIVE_BYTES:
            self.awaited = size
            if size > len(self.memory):
                larger = memoryview(bytearray(max(size, lanes.HEADER.size + lanes.BODY_MAX)))
                larger[: self.filled] = self.memory[: self.filled]
                self.memory = larger

    def _take_awaited(self) -> None:
        end, self.filled, self.awaited = self.awaited, 0, 0
        word = lanes.HEADER.unpack_from(self.memory)[1]
        if word & 0xFF == lanes.REQUEST:
            self._take(bytes(self.memory[:end]))
        else:
            self._take_frame(word & 0xFF, word >> 8, bytes(self.memory[lanes.HEADER.size : end]))

    def _take_requests(self, data: bytes, position: int) -> int:
        """Begins each whole REQUEST that follows the last. Every request takes this path: it is written for the interpreter."""
        worker, streams, unpack, end = self.worker, self.streams, lanes.REQUEST_HEAD.unpack_from, len(data)
        last, blocks = end - lanes.REQUEST_HEAD.size, self.blocks
        application, state = worker.application, worker.state
        make_task, begun = worker.make_task, 0
        while position <= last:
            size, word, flags, request_size, block_word = unpack(data, position)
            following = position + 8 + size
            if word & 0xFF != lanes.REQUEST or following > end or size < 12 or size > lanes.PAYLOAD_MAX:
                break
            block_at = position + 20 + request_size
            if block_at + (block_word & 0xFFFFFF) != following:
                raise lanes.Fault('lanes.request-head')
            if block_at == following:
                block = blocks[block_word >> 24]
                if block is None:
                    raise lanes.Fault('lanes.block-slot')
            else:
                block = worker.blocks.find(data[block_at:following])
                if block_word < lanes.BLOCK_NOT_KEPT:
                    blocks[block_word >> 24] = block
            parts, position, number = data[position + 20 : block_at].split(b'\0'), following, word >> 8
            if number in streams:
                self._displace(number)
            if worker.is_stopping:
                self.send(lanes.render_words(lanes.RECALLED, 0, number))
                continue
            begun += 1
            try:
                if flags:
                    stream, scope = self._make_special(block, word, parts, flags)
                    position = self._take_body(stream, data, position)
                else:
                    stream, scope = HttpConversation(self, word, parts), block.http_scope(parts, state)
            except (ValueError, IndexError):
                raise lanes.Fault('lanes.request-head') from None
            streams[number] = stream
            stream.task = make_task(stream.run(application, scope))
        if begun:
            worker.count(begun)
        return position

    def _make_special(self, block: Any, word: int, parts: list[bytes], flags: int) -> tuple[Any, dict[str, Any]]:
        state = self.worker.state
        if flags & lanes.FLAG_WEBSOCKET:
            scope = block.websocket_scope(parts, state)
            websocket = WebSocketConversation(self, word, parts)
            websocket.offered = scope['subprotocols'].copy()
            return websocket, scope
        conversation = HttpConversation(self, word, parts)
        if flags & lanes.FLAG_MORE:
            conversation.expect_body(bool(flags & lanes.FLAG_EXPECT))
        return conversation, block.http_scope(parts, state)

    def _take_body(self, stream: Stream, data: bytes, position: int) -> int:
        """A body that has come with its request is there when the application asks for it: nobody has to wait and to be woken."""
        if len(data) - position >= lanes.HEADER.size:
            size, word = lanes.HEADER.unpack_from(data, position)
            kind = word & 0xFF
            following: int = position + lanes.HEADER.size + size
            is_body = kind == lanes.BODY or kind == lanes.BODY_END
            if is_body and word >> 8 == stream.word >> 8 and following <= len(data) and size <= lanes.PAYLOAD_MAX:
                stream.hear(kind, data[position + lanes.HEADER.size : following])
                return following
        return position

    def finish(self, stream: Stream) -> None:
        """The application has returned."""
        del self.streams[stream.word >> 8]
        if self.is_ending:
            self.worker.note_end(self)

    def _displace(self, number: int) -> None:
        """Numbers come round again. Of the stream that had this one only the application's task may be left."""
        stream = self.streams[number]
        if not stream.has_ended:
            raise lanes.Fault('lanes.stream-open')
        del self.streams[number]
        self.displaced += 1
        stream.word = self.displaced << 8
        self.streams[self.displaced] = stream

    def _take_frames(self, data: bytes, position: int) -> int:
        """Handles each whole frame that follows and is no REQUEST; returns where that ends."""
        unpack, end = lanes.HEADER.unpack_from, len(data)
        while end - position >= 8:
            size, word = unpack(data, position)
            if size > lanes.PAYLOAD_MAX:
                raise lanes.Fault('lanes.payload-size')
            kind, following = word & 0xFF, position + 8 + size
            if following > end:
                break
            if kind == lanes.REQUEST:
                if size < 12:
                    raise lanes.Fault('lanes.request-head')
                break
            self._take_frame(kind, word >> 8, data[position + 8 : following])
            position = following
        return position

    def _take_frame(self, kind: int, number: int, payload: bytes) -> None:
        if not number:
            self._hear(kind)
        else:
            stream = self.streams.get(number)
            # What comes for a stream that has ended crossed its end on the way.
            if stream is not None and not stream.has_ended:
                stream.hear(kind, payload)

    def _hear(self, kind: int) -> None:
        if kind == lanes.PING:
            self.send(lanes.render(lanes.PONG, 0))
        elif kind == lanes.DRAIN:
            self.is_draining = self.is_ending = True
            self.worker.loop.call_soon(self.worker.note_end, self)
        else:
            raise lanes.Fault('lanes.unexpected-frame')

    async def until_taken(self) -> None:
        """Waits until the kernel has what was sent. What only this process has would be lost with it, and applications that sent on
        would fill its memory."""
        has_waited = False
        while self.is_paused:
            await self.turns.wait(has_waited)
            has_waited = True
        if has_waited:
            self.turns.pass_on()  # The next one runs when this task has sent what it has, and looks again.

    def send(self, frame: bytes) -> None:
        """At once, or with what else its read brings about."""
        self.out.append(frame)
        self.collected += len(frame)
        if not self.is_batch or perf_counter() > self.held_until or self.collected > HELD_BYTES_MAX:
            self._write()

    def send_piece(self, head: bytes, data: bytes | memoryview) -> None:
        """A message or a piece of a body, in two parts: with what others this turn of the event loop makes in HELD_S."""
        if len(data) <= JOINED_MAX:
            self.out.append(head + data)
            self.collected += len(data)
            is_late = perf_counter() > self.held_until
            if is_late or len(self.out) >= PIECES_MAX or self.collected > HELD_BYTES_MAX:
                self._write()
            elif not self.is_flush_due:
                self.is_flush_due = True
                self.worker.loop.call_soon(self.flush)
            return
        self.send_large([head, data])

    def send_large(self, pieces: list[bytes | memoryview]) -> None:
        """At once, with what is collected; none of the pieces is copied."""
        self.out += pieces
        self._write(is_gathered=True)

    def _end_batch(self) -> None:
        self.is_batch = False
        self.flush()

    def flush(self) -> None:
        self.is_flush_due = False
        if self.out:
            self._write()
        else:
            self.worker.flush_streams()

    def _write(self, is_gathered: bool = False) -> None:
        out = self.out
        if not self.is_lost and not self.is_closed:
            if len(out) == 1 or (is_gathered and len(out) <= GATHERED_MAX):
                self._write_now(out)
            else:
                self._write_now((b''.join(out),))
        out.clear()
        self.collected = 0
        self.held_until = perf_counter() + HELD_S
        self.worker.flush_streams()

    def _write_now(self, pieces: Sequence[bytes | memoryview]) -> None:
        """uvloop's transport would wait until the event loop has run all that is ready."""
        sent, transport = 0, self.transport
        if transport.get_write_buffer_size() == 0:
            try:
                sent = self.socket.sendmsg(pieces) if len(pieces) > 1 else self.socket.send(pieces[0])
            except OSError:
                pass  # It is full, or lost: the transport finds out which.
        for piece in pieces:
            size = len(piece)
            if sent < size:
                transport.write(memoryview(piece)[sent:] if sent else piece)
                sent = 0
            else:
                sent -= size

    def close(self) -> None:
        """For good, when all that was collected has left. This side alone, and the edge closes when it has read that: an edge that
        wrote to a socket that is closed would lose what it has not read."""
        self.flush()
        if not self.is_closed:
            self.is_closed = True
            self.transport.write_eof()

    def forked(self, nothing: int) -> None:
        """In a child process: nothing of the parent's may be taken, run or answered here. The event loop is not told,
        because what it waits with is shared with the parent; its descriptor gets to be of a file with nothing in it."""
        self.is_lost = True
        if self.socket.fileno() >= 0:
            os.dup2(nothing, self.socket.fileno(), inheritable=False)
        self.streams = _Forked()
        self.out.clear()


class _Forked(dict[int, Stream]):
    """The streams of a lane in a process that the application has forked: when its code returns to us, the process ends."""

    def _end(self, *_: object) -> Any:
        os._exit(0)

    get = pop = values = __getitem__ = __setitem__ = __delitem__ = __contains__ = __bool__ = __len__ = _end
