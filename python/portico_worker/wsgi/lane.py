"""One request lane: the socket between a unit and an edge thread, shared by the unit's thread and the helper thread.

Two locks keep them apart. `reading` is held by whoever takes bytes from the socket: the unit while it waits, the helper
while the unit is in the application. `sending` is held by whoever writes. What was received and not begun lies in
`pending`: the unit takes from the left, the helper takes back from the right, so every request is had by exactly one.
"""

from __future__ import annotations

import select
import socket
import threading
from collections import deque
from time import monotonic

from portico_worker import lanes
from portico_worker.large_request import LargeRequest, large_request

RECEIVE_BYTES = 64 * 1024
"""How much is read at once. From 128 KiB on, malloc maps and unmaps memory at every call: half the cost of a small
batch."""

RECALL_WAIT_S = 0.02
"""How long the helper waits for a lock; a unit that waits for requests holds it, and has none to give back."""

FOLLOWERS_MIN = 2
"""How many requests must be pending for an answer to wait for theirs: with fewer, nothing is gained by it."""

GATHERED_MAX = 64
"""Pieces that the kernel gathers in one call, if there is a large one among them. Many small ones are joined in less time."""

ABORTED_MAX = 1024
ABORTED_FOR_S = 60.0
"""An ABORT that found nothing is forgotten long before stream numbers come round again."""


class Lane:
    def __init__(self, edge: int, board_index: int) -> None:
        self.edge = edge
        self.board_index = board_index
        self.socket: socket.socket
        self.reading = threading.Lock()
        self.sending = threading.Lock()
        self.pending: deque[lanes.RequestHead] = deque()
        self.data = b''
        """The bytes of the pending requests, one behind the other."""
        self.rest = b''
        """The bytes received behind the pending requests."""
        self.large: LargeRequest | None = None
        """A request that is received while none is pending: what comes is the rest of its body."""
        self.body = b''
        """The body of the pending request, if that is the only one and `data` ends where its body begins."""
        self.out: list[bytes | memoryview] = []
        """Answers that wait for others. Pieces of one frame are added in one step, so that nothing gets between them."""
        self.further = 0
        """How many of the pieces in `out` are not the first of their answer: large ones, which are not copied."""
        self.collects = True
        """Requests take little time here: an answer may wait for the next."""
        self.collected = 0
        """Bytes that `collect` has taken since the unit last sent everything."""
        self.aborted: dict[int, float] = {}
        self.is_drained = False
        self.is_lost = False
        self.is_closed = False
        self.is_forked = False
        """This is a process that the application has forked; it may end as it likes."""
        self.lost_at = 0.0

    def connect(self, connection: socket.socket) -> None:
        """Takes a new connection, on which nothing of the one before is left."""
        with self.reading, self.sending:
            self.socket = connection
            self._forget()
            self.is_drained = self.is_lost = False

    def _forget(self) -> None:
        self.pending.clear()
        self.out.clear()
        self.aborted.clear()
        self.data = self.rest = self.body = b''
        self.large = None

    def disconnect(self) -> None:
        """Closes the connection: the edge has gone, or has broken the rules of the lane."""
        with self.reading, self.sending:
            self.is_lost = True
            self.lost_at = monotonic()
            self._forget()
            self.socket.close()

    def stop_reading(self) -> None:
        """Wakes the unit that waits for requests: it reads what came and then the end. From another thread, whose socket may be
        replaced meanwhile: who sets one looks whether the worker is stopping before he waits on it."""
        try:
            self.socket.shutdown(socket.SHUT_RD)
        except OSError:
            pass  # The connection is lost, or closed.

    def close(self) -> None:
        """Closes the lane for good."""
        self.disconnect()
        self.is_closed = True

    def forked(self) -> None:
        """Called in a child process: nothing of the parent's may be taken, run or answered here."""
        self.reading, self.sending = threading.Lock(), threading.Lock()
        self.is_lost = self.is_forked = True
        self._forget()
        self.socket.close()

    def read(self, flags: int = 0) -> None:
        """Waits for requests while none is pending. Afterwards some are, or the lane is drained or lost."""
        with self.reading:
            if self.is_drained or self.is_lost:
                return
            rest = self.rest
            try:
                if rest or self.large is not None:
                    data = self._receive_more(rest, flags)
                else:
                    data = self.socket.recv(RECEIVE_BYTES, flags)
            except BlockingIOError:
                return  # The helper has read what was there.
            except OSError:
                data = b''
            if data:
                self._take(data)
            elif not self.pending:
                self.is_lost = True  # Nothing is pending, so the connection has ended.

    def _receive_more(self, rest: bytes, flags: int) -> bytes:
        """Receives what follows `rest`, and returns both; or b'', if the connection has ended or a large request is pending."""
        if self.large is None:
            large = self.large = large_request(rest)
            if large is None:
                data = self.socket.recv(lanes.missing(rest, RECEIVE_BYTES), flags)
                return rest + data if data else b''
            self.rest = b''
        else:
            large = self.large
        while self.large is not None:
            if not self._receive_large(large, flags or socket.MSG_WAITALL):
                return b''
        self.data, self.body = large.start, large.take_body()
        self.pending.append(large.head)
        return b''

    def _receive_large(self, large: LargeRequest, flags: int) -> int:
        count = self.socket.recv_into(large.room, 0, flags)
        if large.fill(count):
            self.large = None
        return count

    def read_rest(self) -> bool:
        """Takes whole frames that came while the unit waited for something else. Returns whether there were any."""
        with self.reading:
            if self.is_lost or lanes.frame_at(self.rest, 0) is None:
                return False
            self._take(self.rest)
            return True

    def _take(self, data: bytes) -> None:
        self.data, self.body = data, b''
        position = lanes.scan_requests(data, 0, self.pending.append)
        if position == len(data):
            self.rest = b''
        else:
            self.rest = data[position:]
            self._take_drain()

    def _take_drain(self) -> None:
        """Looks at the rest of the data, which begins with a frame that is no request, or is not whole."""
        frame = lanes.frame_at(self.rest, 0)
        if frame is not None:
            if frame.type != lanes.DRAIN:
                raise lanes.Fault('lanes.unexpected-frame')
            self.is_drained = True
            self.rest = b''

    def await_file_answer(self) -> bool:
        """Waits for FILE_OPENED (true) or FILE_REFUSED; other frames that come meanwhile stay for later."""
        with self.reading:
            position = 0
            while True:
                frame = lanes.frame_at(self.rest, position)
                if frame is None:
                    try:
                        data = self.socket.recv(RECEIVE_BYTES)
                    except OSError:
                        data = b''
                    if not data:
                        self.is_lost = True
                        return False
                    self.rest += data
                    continue
                end = position + lanes.HEADER.size + len(frame.payload)
                if frame.type in (lanes.FILE_OPENED, lanes.FILE_REFUSED):
                    self.rest = self.rest[:position] + self.rest[end:]
                    return frame.type == lanes.FILE_OPENED
                position = end

    def flush(self) -> None:
        """Sends what is collected; on a lane whose edge is gone it is thrown away."""
        while True:
            with self.sending:
                self._send()
            if not self.out:
                return
            # The helper has added an answer of its own meanwhile, without waiting for the end of a long send.

    def collect(self, *parts: bytes | memoryview) -> None:
        """Takes an answer that is complete and safe to make again: it waits for further ones if there are to be any."""
        if self.collects and (len(self.pending) >= FOLLOWERS_MIN or (self.pending and self.out)):
            self.hold(*parts)
        else:
            self.send(*parts)

    def hold(self, *parts: bytes | memoryview) -> None:
        """Takes an answer that waits until the unit sends what is collected."""
        self.further += len(parts) - 1
        self.out.extend(parts)
        self.collected += sum(map(len, parts))

    def send(self, *parts: bytes | memoryview) -> None:
        """Sends what is collected and these pieces."""
        with self.sending:
            self.further += len(parts) - 1
            self.out.extend(parts)
            self._send()
        if self.out:
            self.flush()

    def _send(self) -> None:
        out = self.out
        count = len(out)
        if count:
            # The helper may append meanwhile, so only what is sent is removed.
            parts, is_gathered = out[:count], self.further > 0 and count <= GATHERED_MAX
            del out[:count]
            self.further = 0
            try:
                if is_gathered:
                    self._send_pieces(parts)
                else:
                    self.socket.sendall(b''.join(parts) if count > 1 else parts[0])
            except OSError:
                self.is_lost = True

    def _send_pieces(self, parts: list[bytes | memoryview]) -> None:
        left = sum(map(len, parts)) - self.socket.sendmsg(parts)
        if left:
            # A signal has come in the middle, or the application has set a timeout for all sockets.
            self.socket.sendall(b''.join(parts)[-left:])

    def abort(self, stream: int) -> None:
        """The client of a request has gone. The request may not have been read yet, or be answered already."""
        now, aborted = monotonic(), self.aborted
        if len(aborted) >= ABORTED_MAX:
            aborted.clear()
        for key, at in list(aborted.items()):
            if now - at <= ABORTED_FOR_S:
                break  # Streams lie in the order in which they came.
            aborted.pop(key, None)
        aborted[stream] = now

    def is_aborted(self, stream: int) -> bool:
        return self.is_lost or self._has_left(stream)

    def _has_left(self, stream: int) -> bool:
        at = self.aborted.get(stream)
        return at is not None and monotonic() - at <= ABORTED_FOR_S

    def skip(self, stream: int) -> bool:
        """Gives back a request whose client has gone before it was begun."""
        if not self._has_left(stream):
            return False
        self.out.append(lanes.render_words(lanes.RECALLED, 0, stream))
        return True

    def recall(self) -> None:
        """Gives back all requests that are not begun. Called by the helper thread, at any time."""
        answer = lanes.render_words(lanes.RECALLED, 0, *self._take_back())
        self.out.append(answer)
        # If the unit is in the middle of a long send, it sends this frame when it is done.
        if self.sending.acquire(timeout=RECALL_WAIT_S):
            try:
                self._send()
            finally:
                self.sending.release()

    def _take_back(self) -> list[int]:
        streams: list[int] = []
        if self.reading.acquire(timeout=RECALL_WAIT_S):
            try:
                _pop_streams(self.pending, streams)
                self._receive_waiting(streams)
                self._take_drain()
            except lanes.Fault:
                self.is_lost = True
            finally:
                self.reading.release()
        return streams

    def _receive_waiting(self, streams: list[int]) -> None:
        """Takes back all that the socket holds; the end of the connection is left for the unit to find. Of a request that is larger than the
        socket's buffer the rest is waited for: it would lie behind what runs."""
        until = monotonic() + RECALL_WAIT_S
        parts = [self.rest]
        while not self.is_lost:
            try:
                if self.large is not None:
                    large = self.large
                    if not self._receive_large(large, socket.MSG_DONTWAIT):
                        break
                    if large.is_whole:
                        streams.append(large.head[1] >> 8)
                else:
                    parts.append(self.socket.recv(RECEIVE_BYTES, socket.MSG_DONTWAIT))
                    if not parts[-1]:
                        break
            except BlockingIOError:
                parts = [self._take_unread(b''.join(parts), streams)]
                left_ms = int((until - monotonic()) * 1000)
                if (not parts[0] and self.large is None) or left_ms <= 0 or not self._has_more(left_ms):
                    break
            except OSError:
                break
        self.rest = self._take_unread(b''.join(parts), streams)

    def _take_unread(self, data: bytes, streams: list[int]) -> bytes:
        """Takes back the whole requests at the beginning of `data`; returns what is behind them."""
        unread: deque[lanes.RequestHead] = deque()
        position = lanes.scan_requests(data, 0, unread.append)
        _pop_streams(unread, streams)
        return data[position:]

    def _has_more(self, wait_ms: int) -> bool:
        poller = select.poll()
        poller.register(self.socket, select.POLLIN)
        return bool(poller.poll(wait_ms))


def _pop_streams(heads: deque[lanes.RequestHead], streams: list[int]) -> None:
    try:
        while True:
            streams.append(heads.pop()[1] >> 8)
    except IndexError:
        pass
