"""One request's conversation with the application: start_response, write, and the iterable it returns (PEP 3333).

The commonest answer, a list of one block, never comes further than `start`: unit.py sends it. Everything else does.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, List, Optional, Tuple, Type

from . import lanes, report
from .filewrapper import FileWrapper, read_blocks
from .head import head_for
from .lane import Lane

ExcInfo = Tuple[Type[BaseException], BaseException, Any]

BEGUN = b''
"""Stands in `head` once the real one has left."""

COPIED_MAX = 64 * 1024
"""Blocks up to this size are joined with what goes before them; larger ones are sent as they are."""


class ClientGone(ConnectionError):
    """Raised by write() when nobody receives the response any more."""


class Conversation:
    __slots__ = ('lane', 'stream', 'request', 'head', 'length', '__dict__')

    lane: Lane
    stream: int
    request: report.Request
    head: Optional[bytes]
    """None before start_response, then the head, then BEGUN."""
    length: int
    """The Content-Length that the application declared, or -1."""

    # Most requests never set these: they are the class's until one does, which costs nothing.
    ended = False
    sent = 0
    bodiless = False
    whole = False
    """The frame that completes the response has left."""
    excess = False

    def start(self, status: str, headers: 'List[Tuple[str, str]]', exc_info: Optional[ExcInfo] = None) -> Callable[[bytes], None]:
        if self.head is not None or exc_info is not None:
            self._restart(exc_info)
        self.head, self.length = head_for(status, headers)
        return self.write

    def _restart(self, exc_info: Optional[ExcInfo]) -> None:
        try:
            if exc_info is None:
                raise AssertionError('start_response was called twice; only a call with exc_info may replace the head')
            if self.head is BEGUN:
                raise exc_info[1].with_traceback(exc_info[2])
        finally:
            exc_info = None  # The cycle through this frame (PEP 3333).

    def write(self, data: bytes) -> None:
        """The write() of PEP 3333: the block is on its way when this returns."""
        if self.ended:
            raise RuntimeError('write() was called after the response had ended')
        if self.lane.is_aborted(self.stream):
            raise ClientGone('the client has gone')
        self._send(data, False)

    def answer(self, result: object) -> None:
        """Sends what the application returned, whatever it is, and closes it."""
        try:
            if type(result) is list or type(result) is tuple:
                self._send_all(result)
            elif type(result) is not FileWrapper or not result.send(self):
                self._iterate(result)
            self._finish()
        except BaseException as error:
            self.fail(error)
        finally:
            self.ended = True
            self.close(result)

    def _send_all(self, blocks: Any) -> None:
        """A plain sequence has no side effects between its blocks: they are one."""
        for block in blocks:
            _check_block(block)
        data = blocks[0] if len(blocks) == 1 else b''.join(blocks)
        if self.head:
            self._note_bodiless(self.head)
        self._check_enough(self.sent + len(data))
        self._send(data, True)

    def _iterate(self, result: object) -> None:
        is_only = _has_one(result)
        for block in _blocks(result):
            self._send(block, is_only)
            if self.excess or (self.bodiless and self.head is BEGUN):
                return
            if self.lane.is_aborted(self.stream):
                raise ClientGone

    def _send(self, data: bytes, is_last: bool) -> None:
        _check_block(data)
        if self.head is None:
            raise AssertionError('a block of the response came before start_response was called')
        if not data:
            return  # PEP 3333: the head leaves with the first block that is not empty.
        if self.head:
            self._note_bodiless(self.head)
        if self.length >= 0 and not self.bodiless:
            data = self._within_length(data)
            is_last = self.sent + len(data) == self.length
            if not data:
                return
        self.sent += len(data)
        self._send_block(data, is_last and not self.whole)

    def _note_bodiless(self, head: bytes) -> None:
        # RFC 9110 9.3.2, 15.3.5, 15.4.5: the length is that of another response's body.
        self.bodiless = self.request[0] == 'HEAD' or head[4:7] in (b'204', b'304')

    def _check_enough(self, size: int) -> None:
        if self.length > size and not self.bodiless:
            raise ShortBody(f'the application gave {size} bytes, fewer than its Content-Length of {self.length}')

    def _within_length(self, data: bytes) -> bytes:
        left = self.length - self.sent
        if len(data) <= left:
            return data
        self.excess = True
        report.log(
            f'{report.describe(self.request)}: the application gave more bytes than its Content-Length of {self.length}; the rest was cut off'
        )
        return data[:left]

    def _send_block(self, data: bytes, is_last: bool) -> None:
        head, lane, stream = self.head, self.lane, self.stream
        assert head is not None
        self.whole = is_last
        if len(data) <= COPIED_MAX and len(head) <= COPIED_MAX:
            lane.out.append(_frames(stream, head, data, is_last))
            self.head = BEGUN
            lane.flush()
            return
        self.head = BEGUN
        view = memoryview(data)
        for at in range(0, len(data), lanes.BODY_MAX):
            part = view[at : at + lanes.BODY_MAX]
            kind, prefix = (lanes.RESPONSE, head) if head else (lanes.DATA, b'')
            lane.send_parts(lanes.HEADER.pack(len(prefix) + len(part), kind | stream << 8) + prefix, part)
            head = b''
            if lane.is_aborted(stream):
                raise ClientGone
        if is_last:
            lane.send_parts(lanes.render(lanes.END, stream))

    def send_file(self, frame: bytes, length: int) -> bool:
        """Sends the head and FILE; whether the edge has the file open, and with it the whole response."""
        assert self.head
        lane = self.lane
        lane.out.append(lanes.render(lanes.RESPONSE, self.stream, self.head) + frame)
        self.head = BEGUN
        lane.flush()
        if not lane.await_file_answer():
            return False
        self.sent = length
        return True

    def _finish(self) -> None:
        """All blocks were taken."""
        if self.whole:
            return
        if self.head is None:
            raise AssertionError('the application returned without calling start_response')
        if self.head:
            self._note_bodiless(self.head)
        self._check_enough(self.sent)
        if self.head:
            self.lane.out.append(lanes.render(lanes.RESPONSE_WHOLE, self.stream, self.head))
            self.head = BEGUN
        else:
            self.lane.out.append(lanes.render(lanes.END, self.stream))
        self.whole = True
        self.lane.flush()

    def fail(self, error: BaseException) -> None:
        """The response cannot be completed: the edge answers 500, or cuts the connection if the head has left."""
        text = ''
        if not isinstance(error, ClientGone):
            text = report.failure(self.request, error)
        if not self.whole:
            self.whole = True
            self.lane.out.append(lanes.render(lanes.FAILED, self.stream, text.encode('utf-8', 'backslashreplace')[:FAILED_MAX]))
        self.lane.flush()

    def close(self, result: object) -> None:
        """PEP 3333: close() is called exactly once, however the request ended; the response is on its way already."""
        try:
            close = getattr(result, 'close', None)
            if close is not None:
                close()
        except BaseException as error:
            report.failure(self.request, error, ' in close()')


def _check_block(data: object) -> None:
    if not isinstance(data, bytes):
        raise TypeError(f'a block of the response must be bytes, not {type(data).__name__} {ascii(data):.60}')


class ShortBody(Exception):
    """The application gave less than it had declared."""


FAILED_MAX = 256 * 1024


def _has_one(result: object) -> bool:
    """PEP 3333: the length of the iterable, if it has one, can be relied on."""
    try:
        return len(result) == 1  # type: ignore[arg-type]
    except Exception:
        return False


def _blocks(result: object) -> Iterable[bytes]:
    if isinstance(result, bytes):
        return (result,)  # Its own iterator would give numbers.
    if isinstance(result, FileWrapper):
        return read_blocks(result)
    if result is None or isinstance(result, str):
        raise TypeError(f'the application must return an iterable of bytes, not {type(result).__name__}')
    return result  # type: ignore[return-value]


def _frames(stream: int, head: bytes, data: bytes, is_last: bool) -> bytes:
    """The frame or frames of one block: with the head if that is still to be sent, and the end if it is the last."""
    if head:
        return lanes.HEADER.pack(len(head) + len(data), (lanes.RESPONSE_WHOLE if is_last else lanes.RESPONSE) | stream << 8) + head + data
    frame = lanes.HEADER.pack(len(data), lanes.DATA | stream << 8) + data
    return frame + lanes.render(lanes.END, stream) if is_last else frame
