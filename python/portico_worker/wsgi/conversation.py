"""One request's conversation with the application: start_response, write, and the iterable it returns (PEP 3333).

The commonest answer, a list of one block, is made into a frame by `run` and leaves with others; everything else is
sent by `answer`, block by block. What is complete in one block may leave with others there too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable

from portico_worker import lanes, report
from portico_worker.failures import FAILED_BYTES_MAX, ClientGone, ShortBody, is_of_the_client

from .environ import Environ, describe
from .filewrapper import FileWrapper, read_blocks
from .head import remembered, render_head
from .lane import Lane

ExcInfo = tuple[type[BaseException], BaseException, Any]

BODILESS = frozenset((b'204', b'205', b'304'))
"""Statuses; RFC 9110 15.3.5, 15.3.6, 15.4.5."""

BEGUN = b''
"""Stands in `head` once the head has left."""

SAFE = frozenset(('GET', 'HEAD', 'OPTIONS', 'TRACE'))
"""Safe methods (RFC 9110 9.2.1): running such a request again does no harm, so its answer may wait for others."""

COPIED_MAX = 4 * 1024
"""Bytes of an answer that is put into one piece; of a longer one the body stays where the application has made it."""

JOINED_MAX = 64 * 1024
"""Bytes of an answer that leaves in one frame, perhaps together with others."""

_pack = lanes.HEADER.pack
_WHOLE = lanes.WHOLE


class Conversation:
    __slots__ = ('__dict__', 'head', 'lane', 'length', 'request', 'word')

    lane: Lane | None
    """None once the response has ended: a thread that the application left behind cannot reach the responses that
    follow."""
    word: int
    """The second word of the request's header: its type and stream."""
    request: list[str]
    """The request part: environ.PER_REQUEST says what is where."""
    head: bytes | None
    """None before start_response, then the head, then BEGUN."""
    length: int
    """The Content-Length that the application declared, or -1."""

    # Most requests never set these: they stay the class's, which costs nothing.
    sent = 0
    is_whole = False
    """The frame that completes the response has left."""
    is_bodiless = False
    has_excess = False

    def become(self, other: Conversation) -> None:
        """Takes the place of one that has not begun."""
        self.lane, self.word, self.request, self.head = other.lane, other.word, other.request, other.head

    def run(self, application: Callable[[Environ, Any], Any], environ: Environ) -> bytes:
        """Calls the application; returns the answer if it is whole and in one piece, or b'' after having sent it."""
        (
            environ['REQUEST_METHOD'],
            environ['PATH_INFO'],
            environ['QUERY_STRING'],
            uri,
            environ['REMOTE_ADDR'],
            environ['REMOTE_PORT'],
            environ['HTTP_X_REQUEST_ID'],
        ) = self.request
        environ['RAW_URI'] = environ['REQUEST_URI'] = uri
        try:
            result = application(environ, self.start)
            head = self.head
            if head and type(result) is list and len(result) == 1:
                body = result[0]
                if type(body) is bytes and self.length in (-1, len(body)):
                    size = len(head) + len(body)
                    if size <= COPIED_MAX:
                        self.lane = None
                        return _pack(size, self.word + _WHOLE) + head + body
                    lane = self.lane
                    if size <= JOINED_MAX and lane is not None:
                        self.lane = None
                        lane.hold(_pack(size, self.word + _WHOLE) + head, body)
                        return b''
            self.answer(result)
        except BaseException as error:
            self._fail(error)
            self.lane = None
        return b''

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        """The start_response of PEP 3333."""
        if self.head is not None or exc_info is not None:
            self._restart(exc_info)
        try:
            self.head, self.length = remembered[status, tuple(headers)]
        except (KeyError, TypeError):
            self.head, self.length = render_head(status, headers)
        return self.write

    def _restart(self, exc_info: ExcInfo | None) -> None:
        try:
            if exc_info is None:
                raise AssertionError(
                    'start_response was called twice; only a call with exc_info may replace what was said'
                )
            if self.head is BEGUN:
                raise exc_info[1].with_traceback(exc_info[2])
        finally:
            exc_info = None  # The traceback's frames refer to it, which would be a cycle (PEP 3333).

    def write(self, data: bytes) -> None:
        """The write() of PEP 3333: the block is on its way when this returns."""
        if self.lane is None:
            raise RuntimeError('write() was called after the response had ended')
        self._check_client()
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
            self._fail(error)
        finally:
            self.lane = None
            self._close(result)

    def _send_all(self, blocks: Any) -> None:
        """Sends the blocks of a plain sequence as one: nothing can happen between them."""
        for block in blocks:
            _check_block(block)
        data = blocks[0] if len(blocks) == 1 else b''.join(blocks)
        self._check_enough(self.sent + len(data))
        self._send(data, True)

    def _iterate(self, result: object) -> None:
        is_only = isinstance(result, bytes) or _has_one(result)
        for block in _blocks(result):
            self._send(block, is_only)
            if self.has_excess or (self.is_bodiless and self.head is BEGUN):
                return
            self._check_client()

    def _check_client(self) -> None:
        if self.lane is None or self.lane.is_aborted(self.word >> 8):
            raise ClientGone('the client has gone')

    def _send(self, data: bytes, is_last: bool) -> None:
        _check_block(data)
        if not data:
            return  # PEP 3333: the head leaves with the first block that is not empty.
        if self.head is None:
            raise AssertionError('a block of the response came before start_response was called')
        if self.head:
            if self.note_bodiless(self.head) and len(data) > JOINED_MAX:
                data = b''  # Nobody receives it, so nobody would give credit for it to a worker that waits for some.
        elif self.is_bodiless:
            return
        if self.length >= 0 and not self.is_bodiless:
            data = self._within_length(data)
            if not data:
                return
            is_last = self.sent + len(data) == self.length
        elif self.is_whole:
            raise AssertionError('the iterable gave a second block, although its len() is 1; the response had ended')
        self.sent += len(data)
        self._send_block(data, is_last)

    def note_bodiless(self, head: bytes) -> bool:
        # RFC 9110 9.3.2, 15.3.5, 15.3.6, 15.4.5: a declared length is that of the body another response would have.
        self.is_bodiless = self.request[0] == 'HEAD' or head[4:7] in BODILESS
        return self.is_bodiless

    def _check_enough(self, size: int) -> None:
        if self.head is None:
            raise AssertionError('the application returned without having called start_response')
        if self.head:
            self.note_bodiless(self.head)
        if self.length > size and not self.is_bodiless:
            raise ShortBody(f'the application gave {size} bytes, fewer than its Content-Length of {self.length}')

    def _within_length(self, data: bytes) -> bytes:
        left = self.length - self.sent
        if len(data) <= left:
            return data
        if not self.has_excess:
            self.has_excess = True
            report.log(
                f'the application gave more bytes than its Content-Length of {self.length}; the rest was cut off',
                'warning',
                describe(self.request),
            )
        return data[:left]

    def _send_block(self, data: bytes, is_last: bool) -> None:
        head, lane, stream = self.head, self.lane, self.word >> 8
        assert head is not None
        assert lane is not None
        self.head, self.is_whole = BEGUN, is_last
        if len(head) + len(data) <= JOINED_MAX:
            pieces = _pieces(stream, head, data, is_last)
            if is_last and head and self.request[0] in SAFE:
                lane.collect(*pieces)
            else:
                lane.send(*pieces)
            return
        self.is_whole = False
        view = memoryview(data)
        for at in range(0, len(data), lanes.BODY_MAX):
            if at:
                self._check_client()
            part = view[at : at + lanes.BODY_MAX]
            kind = lanes.RESPONSE if head else lanes.DATA
            begin = _pack(len(head) + len(part), kind | stream << 8) + head
            if is_last and at + len(part) == len(data):
                self.is_whole = True
                lane.send(begin, part, lanes.render(lanes.END, stream))
            else:
                lane.send(begin, part)
            head = BEGUN

    def send_file(self, frame: bytes, length: int) -> bool:
        """Sends the head and FILE; returns whether the edge has the file open, and with it the whole body."""
        lane, head = self.lane, self.head
        assert lane is not None
        assert head
        self.head = BEGUN
        lane.send(lanes.render(lanes.RESPONSE, self.word >> 8, head) + frame)
        if not lane.await_file_answer():
            self._check_client()
            return False
        self.sent = length
        return True

    def _finish(self) -> None:
        """The application has given all its blocks."""
        if self.is_whole:
            return
        self._check_enough(self.sent)
        assert self.lane is not None
        assert self.head is not None
        kind = lanes.RESPONSE_WHOLE if self.head else lanes.END
        self.is_whole = True
        self.lane.send(lanes.render(kind, self.word >> 8, self.head))
        self.head = BEGUN

    def _fail(self, error: BaseException) -> None:
        """The response cannot be completed: the edge answers 500, or cuts the connection if the head has left."""
        if isinstance(error, SystemExit) and self.lane is not None and self.lane.is_forked:
            raise error
        text = '' if is_of_the_client(error, False) else report.failure('', error, describe(self.request))
        if not self.is_whole and self.lane is not None:
            self.is_whole = True
            payload = text.encode('utf-8', 'backslashreplace')[:FAILED_BYTES_MAX]
            self.lane.send(lanes.render(lanes.FAILED, self.word >> 8, payload))

    def _close(self, result: object) -> None:
        """PEP 3333: close() is called once, however the request has ended; the response is on its way already."""
        try:
            close = getattr(result, 'close', None)
            if close is not None:
                close()
        except BaseException as error:
            report.failure('in close()', error, describe(self.request))


def _check_block(data: object) -> None:
    if not isinstance(data, bytes):
        raise TypeError(f'a block of the response must be bytes, not {type(data).__name__}')


def _has_one(result: Any) -> bool:
    """Whether the iterable has one block: its length, if it has one, can be relied on (PEP 3333)."""
    try:
        return len(result) == 1
    except Exception:
        return False


def _blocks(result: object) -> Iterable[bytes]:
    if isinstance(result, bytes):
        return (result,)  # The iterator of bytes would give numbers.
    if isinstance(result, FileWrapper):
        return read_blocks(result)
    if result is None or isinstance(result, str):
        raise TypeError(f'the application must return an iterable of bytes, not {type(result).__name__}')
    return result  # type: ignore[return-value]


def _pieces(stream: int, head: bytes, data: bytes, is_last: bool) -> tuple[bytes, ...]:
    """The frames of one block, in pieces: with the head if that is still to be sent, with the end if it is the last."""
    if head:
        kind, end = lanes.RESPONSE_WHOLE if is_last else lanes.RESPONSE, b''
    else:
        kind, end = lanes.DATA, lanes.render(lanes.END, stream) if is_last else b''
    begin = _pack(len(head) + len(data), kind | stream << 8) + head
    if len(data) <= COPIED_MAX:
        return (begin + data + end,)
    return (begin, data, end) if end else (begin, data)
