"""One request lane: the socket between a unit and an edge thread, shared by the unit's thread and the helper thread.

Two locks keep them apart. `reading` is held by whoever takes bytes from the socket: the unit while it waits, the helper
while the unit is in the application. `sending` is held by whoever writes. What was received and not begun lies in
`pending`: the unit takes from the left, the helper takes back from the right, so every request is had by exactly one.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from time import monotonic
from typing import Deque, Dict, List

from . import lanes

RECEIVE_MAX = 256 * 1024
ABORTED_MAX = 1024
ABORTED_FOR_S = 60.0
"""An ABORT that finds nothing is forgotten long before stream numbers wrap."""


class Lane:
    __slots__ = (
        *('edge', 'board_index', 'socket', 'reading', 'sending', 'pending', 'data', 'position', 'rest', 'out'),
        *('aborted', 'drained', 'lost', 'closed'),
    )

    def __init__(self, edge: int, board_index: int) -> None:
        self.edge = edge
        self.board_index = board_index
        self.socket: socket.socket
        self.reading = threading.Lock()
        self.sending = threading.Lock()
        self.aborted: Dict[int, float] = {}
        self.pending: Deque[lanes.RequestHead] = deque()
        self.data = self.rest = b''
        self.position = 0
        self.out: List[bytes] = []
        self.drained = self.lost = self.closed = False

    def connected(self, connection: socket.socket) -> None:
        """A new connection, on which nothing of the one before is left."""
        with self.reading, self.sending:
            self.socket = connection
            self.pending.clear()
            self.out.clear()
            self.aborted.clear()
            self.data = self.rest = b''
            self.drained = self.lost = self.closed = False

    def read(self, flags: int = 0) -> bool:
        """Takes what the edge has sent; False once nothing can follow. To be called with nothing pending."""
        with self.reading:
            if self.drained or self.lost:
                return False
            try:
                data = self.socket.recv(RECEIVE_MAX, flags)
            except BlockingIOError:
                return True
            except OSError:
                data = b''
            if not data:
                self.lost = True
                return False
            return self._take(self.rest + data if self.rest else data)

    def _take(self, data: bytes) -> bool:
        self.data, self.position = data, 0
        position = lanes.scan_requests(data, 0, self.pending.append)
        self.rest = data[position:] if position < len(data) else b''
        if self.rest:
            self._take_others()
        return True

    def _take_others(self) -> None:
        """A frame other than REQUEST begins the rest, or one that is not whole."""
        frame = lanes.frame_at(self.rest, 0)
        if frame is None:
            return
        if frame.type != lanes.DRAIN:
            raise lanes.Fault('lanes.unexpected-frame')
        self.drained = True
        self.rest = b''

    def unread(self) -> bool:
        """Whether whole frames lie here that were received while the unit waited for something else."""
        return bool(self.rest) and not self.pending and lanes.frame_at(self.rest, 0) is not None

    def read_again(self) -> None:
        with self.reading:
            self._take(self.rest)

    def flush(self) -> None:
        """Sends what is collected; a lane whose edge is gone swallows it."""
        with self.sending:
            self._flush()

    def _flush(self) -> None:
        out = self.out
        count = len(out)
        if not count:
            return
        # Appends of the other thread may come in between: only what was joined is removed.
        data = b''.join(out[:count]) if count > 1 else out[0]
        del out[:count]
        try:
            self.socket.sendall(data)
        except OSError:
            self.lost = True

    def send_parts(self, *parts: 'bytes | memoryview') -> None:
        """Sends large parts behind what is collected, without joining them."""
        with self.sending:
            self._flush()
            try:
                for part in parts:
                    self.socket.sendall(part)
            except OSError:
                self.lost = True

    def await_file_answer(self) -> bool:
        """Waits for FILE_OPENED or FILE_REFUSED; other frames that come meanwhile stay for later."""
        with self.reading:
            position = 0
            while not self.lost:
                frame = lanes.frame_at(self.rest, position)
                if frame is None:
                    self.rest += self._receive()
                elif frame.type in (lanes.FILE_OPENED, lanes.FILE_REFUSED):
                    end = position + lanes.HEADER.size + len(frame.payload)
                    self.rest = self.rest[:position] + self.rest[end:]
                    return frame.type == lanes.FILE_OPENED
                else:
                    position += lanes.HEADER.size + len(frame.payload)
        return True

    def _receive(self) -> bytes:
        try:
            data = self.socket.recv(RECEIVE_MAX)
        except OSError:
            data = b''
        self.lost = not data
        return data

    def close(self) -> None:
        with self.reading, self.sending:
            self.closed = True
            self.pending.clear()
            self.socket.close()

    def forked(self) -> None:
        """In a child process: nothing of the parent's may be taken, run or answered here."""
        self.reading, self.sending = threading.Lock(), threading.Lock()
        self.pending.clear()
        self.socket.close()

    def abort(self, stream: int) -> None:
        now, aborted = monotonic(), self.aborted
        if len(aborted) >= ABORTED_MAX or any(now - at > ABORTED_FOR_S for at in list(aborted.values())[:1]):
            for key, at in list(aborted.items()):
                if now - at > ABORTED_FOR_S or len(aborted) >= ABORTED_MAX:
                    del aborted[key]
        aborted[stream] = now

    def is_aborted(self, stream: int) -> bool:
        return self.lost or stream in self.aborted

    def recall(self) -> None:
        """Gives back all that is not begun. Called by the helper thread, at any time."""
        streams = self._take_back()
        if self.sending.acquire(timeout=RECALL_WAIT_S):
            try:
                self.out.append(lanes.render_words(lanes.RECALLED, 0, *streams))
                self._flush()
            finally:
                self.sending.release()
        else:
            # The unit is in the middle of a long send; it sends this with what it sends next.
            self.out.append(lanes.render_words(lanes.RECALLED, 0, *streams))

    def _take_back(self) -> List[int]:
        streams: List[int] = []
        # A unit that waits for requests holds the lock, and has none.
        if not self.reading.acquire(timeout=RECALL_WAIT_S):
            return streams
        try:
            _pop_streams(self.pending, streams)
            self._receive_waiting()
            taken: Deque[lanes.RequestHead] = deque()
            position = lanes.scan_requests(self.rest, 0, taken.append)
            self.rest = self.rest[position:]
            _pop_streams(taken, streams)
            if self.rest:
                self._take_others()
        except lanes.Fault:
            self.lost = True
        finally:
            self.reading.release()
        return streams

    def _receive_waiting(self) -> None:
        parts = [self.rest]
        try:
            while not self.lost:
                parts.append(self.socket.recv(RECEIVE_MAX, socket.MSG_DONTWAIT))
                if not parts[-1]:
                    break  # The unit will find the end itself.
        except OSError:
            pass
        self.rest = b''.join(parts)


RECALL_WAIT_S = 0.02


def _pop_streams(heads: Deque[lanes.RequestHead], streams: List[int]) -> None:
    try:
        while True:
            streams.append(heads.pop()[1] >> 8)
    except IndexError:
        pass
