"""The response to one request: send() of the ASGI specification, "HTTP", and of its extensions.

The commonest answer, a start and one body, is made into a frame by `send` itself; everything else goes through `_send`,
block by block. Neither suspends unless it has to wait.
"""

from __future__ import annotations

import asyncio
from typing import Any

from portico_worker import lanes, report
from portico_worker.failures import ClientGone, ShortBody

from .files import open_path, open_span, read_span
from .head import find_head, render_fields
from .scope import METHOD
from .stream import Lane, Message, Stream, read_bytes, type_of

IDLE, HELD, STARTED, TRAILING, COMPLETE = range(5)
"""Phases of a response: nothing was sent; its head waits, and one body completes it; other bodies follow; its body is
complete and trailers follow; it is complete."""

BEGUN = b''
"""Stands in `head` once the head has left."""

WHOLE_BYTES_MAX = 64 * 1024
"""A head and body of no more bytes than this leave in one frame."""

IGNORED_BYTES_MAX = 256 * 1024
"""How much an application may send after the end of its response, before it is told that nobody reads it."""
IGNORED_MESSAGE_BYTES = 64
"""What each message after the end counts for beside its body."""

IGNORED_TYPES = frozenset(('http.response.debug', 'http.response.push'))

_pack = lanes.HEADER.pack
_WHOLE = lanes.WHOLE


class Response(Stream):
    __slots__ = ('head', 'length', 'phase')

    head: bytes | None
    """None before http.response.start, then the head, then BEGUN."""
    length: int
    """The Content-Length that the application declared, or -1."""
    phase: int

    # Most requests never set these: they stay the class's, which costs nothing.
    sent = 0
    """Bytes of the body that were sent."""
    ignored = 0
    """What was sent after the end, as IGNORED_BYTES_MAX counts it."""
    is_bodiless = False
    """RFC 9110 9.3.2, 15.3.5, 15.4.5: a declared length is that of the body another response would have."""
    has_trailers = False
    has_excess = False
    trailers: tuple[Any, ...] = ()
    file_answer: asyncio.Future[bool] | None = None
    has_client_end = False
    """The client sends nothing any more, and may have gone; the response is still sent."""

    def __init__(self, lane: Lane, word: int, parts: list[bytes]) -> None:
        # As Stream does it, but written out: every request passes here.
        self.lane = lane
        self.word = word
        self.parts = parts
        self.is_gone = False
        self.waiters = None
        self.head = None
        self.phase = IDLE

    @property
    def has_left(self) -> bool:
        return self.is_gone or self.has_client_end

    @property
    def has_ended(self) -> bool:
        return self.phase == COMPLETE

    def hear_file_answer(self, is_open: bool) -> None:
        """FILE_OPENED or FILE_REFUSED."""
        answer, self.file_answer = self.file_answer, None
        if answer is None:
            raise lanes.Fault('lanes.unexpected-frame')
        if not answer.done():
            answer.set_result(is_open)

    def leave(self) -> None:
        if self.lane.is_lost and self.file_answer is not None:
            self.hear_file_answer(False)  # No answer will come any more.
        super().leave()

    async def send(self, message: Message) -> None:
        phase = self.phase
        try:
            kind = message['type']
        except (KeyError, TypeError):
            kind = type_of(message)
        if phase == HELD:
            if kind == 'http.response.body' and not message.get('more_body') and not self.is_gone:
                body, head, length, lane = message.get('body', b''), self.head or b'', self.length, self.lane
                if type(body) is bytes and (length < 0 or length == len(body)):
                    size = len(head) + len(body)
                    if size <= WHOLE_BYTES_MAX and not lane.is_paused:
                        self.phase = COMPLETE
                        lane.send(_pack(size, self.word + _WHOLE) + head + body)
                        if self.waiters is not None:
                            self.waiters.wake()
                        if lane.is_paused:
                            await lane.until_taken()  # type: ignore[unreachable]  # `send` may have set it.
                        return
        elif phase == IDLE and kind == 'http.response.start' and not self.is_gone:
            self.start(message)
            return
        await self._send(type_of(message), message)

    def start(self, message: Message) -> None:
        """The head waits for the first body: until then the edge can still answer 500."""
        self.head, self.length, is_bodiless = find_head(message.get('status'), message.get('headers', ()))
        self.phase = HELD
        if is_bodiless or self.parts[METHOD] == b'HEAD':
            self.is_bodiless, self.phase = True, STARTED
        if message.get('trailers'):
            self.has_trailers, self.phase = True, STARTED

    async def _send(self, kind: str, message: Message) -> None:
        """Sends every event but the commonest."""
        if self.phase == COMPLETE:
            await self._ignore(message)
            return
        if self.is_gone:
            raise ClientGone('the client has gone')
        if kind == 'http.response.early_hint':
            await self._send_hints(message)
        elif kind in IGNORED_TYPES:
            self._note_debug(kind, message)
        elif kind not in _SENDERS:
            raise ValueError(f'{kind!r} is no message that an application can send for an HTTP request')
        elif self.phase == IDLE:
            raise RuntimeError(f'{kind} was sent before http.response.start')
        elif (self.phase == TRAILING) != (kind == 'http.response.trailers'):
            raise RuntimeError(f'{kind} was sent where {_EXPECTED[self.phase]}')
        else:
            await _SENDERS[kind](self, message)
            await self.lane.until_taken()

    async def _ignore(self, message: Message) -> None:
        """Ignores what an application sends after the end (ASGI specification, "Response Body")."""
        body = message.get('body')
        self.ignored += IGNORED_MESSAGE_BYTES + (len(body) if isinstance(body, bytes) else 0)
        if self.ignored > IGNORED_BYTES_MAX:
            raise ClientGone('the response is complete')
        # An application that sends for ever must not hold the event loop.
        await asyncio.sleep(0)

    async def _send_start(self, message: Message) -> None:
        raise RuntimeError('http.response.start was sent twice')

    async def _send_body(self, message: Message) -> None:
        data, is_last = read_bytes(message.get('body', b''), 'body'), not message.get('more_body')
        data = self.within_length(data, is_last)
        await self.write(data, is_last or self.has_excess)

    def within_length(self, data: bytes, is_last: bool) -> bytes:
        """The part of a block for which the declared Content-Length has room. Raises ShortBody if the body ends before
        that length."""
        left = self.length - self.sent
        if self.length < 0 or self.is_bodiless:
            return data
        if len(data) > left:
            self.note_excess()
            return data[:left]
        if is_last and len(data) < left:
            raise ShortBody(
                f'the application gave {self.sent + len(data)} bytes, fewer than its Content-Length of {self.length}'
            )
        return data

    def note_excess(self) -> None:
        if not self.has_excess:
            self.has_excess = True
            report.log(
                f'the application gave more bytes than its Content-Length of {self.length}; the rest was cut off'
            )

    async def write(self, data: bytes, is_last: bool) -> None:
        """Sends a block as far and as soon as there is credit for it."""
        if self.is_bodiless:
            data, is_last, self.has_trailers = b'', True, False
        at = 0
        if not data and not self.head and not is_last:
            await asyncio.sleep(0)  # Nothing bounds how many empty blocks are sent: other tasks are to run in between.
        while at < len(data) or self.head:
            await self.may_send()
            if len(data) > lanes.BODY_MAX:
                at = self._write_frames(data, at, is_last)
                continue
            at = len(data)
            is_whole = is_last and bool(self.head) and not self.has_trailers
            self._write_frame(data, is_whole)
            if is_whole:
                self.wake()
                return
        if is_last and self.phase != COMPLETE:
            self.end_body()

    def _write_frames(self, data: bytes, at: int, is_last: bool) -> int:
        """Sends all of a large block that there is credit for, and the end if it is reached; returns how far that is."""
        view, stream = memoryview(data), self.word >> 8 << 8
        pieces: list[bytes | memoryview] = []
        while at < len(data) and self.credit > 0:
            part, head = view[at : at + lanes.BODY_MAX], self.head or b''
            kind, self.head = lanes.RESPONSE if head else lanes.DATA, BEGUN
            pieces += (_pack(len(head) + len(part), kind | stream) + head, part)
            self.credit -= len(part) + lanes.PIECE_COST_BYTES
            at += len(part)
            self.sent += len(part)
        self.phase = STARTED
        if is_last and at == len(data) and not self.has_trailers:
            pieces.append(_pack(0, lanes.END | stream))
            self.phase = COMPLETE
        self.lane.send_large(pieces)
        if self.phase == COMPLETE:
            self.wake()
        return at

    def _write_frame(self, part: bytes | memoryview, is_whole: bool) -> None:
        kind, head = lanes.DATA, self.head or b''
        if head:
            kind = lanes.RESPONSE_WHOLE if is_whole else lanes.RESPONSE
        self.head = BEGUN
        self.phase = COMPLETE if is_whole else STARTED
        self.sent += len(part)
        if part:
            self.credit -= len(part) + lanes.PIECE_COST_BYTES
        self.lane.send_piece(_pack(len(head) + len(part), kind | self.word >> 8 << 8) + head, part)

    def end_body(self) -> None:
        """The body is complete, and with it the response, unless trailers follow."""
        if self.has_trailers:
            self.phase = TRAILING
        else:
            self._end(lanes.END, '')

    async def _send_trailers(self, message: Message) -> None:
        self.trailers = (*self.trailers, *message.get('headers', ()))
        fields = render_fields(self.trailers)
        if not message.get('more_trailers'):
            if fields:
                self.send_frame(lanes.TRAILERS, fields)
            self.has_trailers = False
            self.end_body()
        else:
            await asyncio.sleep(0)  # Trailers may be empty, and never end.

    async def _send_hints(self, message: Message) -> None:
        fields = render_fields([(b'link', link) for link in message.get('links', ())])
        # RFC 8297: hints are of use only before the response.
        if self.head != BEGUN and fields:
            await self.may_send()
            self.credit -= len(fields) + lanes.PIECE_COST_BYTES
            self.send_frame(lanes.HINTS, fields)
        else:
            await asyncio.sleep(0)  # Nothing bounds how many hints are sent: other tasks are to run in between.

    def _note_debug(self, kind: str, message: Message) -> None:
        if kind == 'http.response.debug' and self.lane.in_development:
            report.log(f'debug: {report.quote(repr(message.get("info")))}', 'info', self.describe())

    async def _send_path(self, message: Message) -> None:
        if self.head == BEGUN:
            raise RuntimeError('http.response.pathsend cannot be mixed with bodies')
        with open_path(message.get('path')) as span:
            await self._send_span(span, True)

    async def _send_file(self, message: Message) -> None:
        span = open_span(message.get('file'), message.get('offset'), message.get('count'))
        await self._send_span(span, not message.get('more_body'))
        span.advance()

    async def _send_span(self, span: Any, is_last: bool) -> None:
        """Lets the edge send a part of a file if nothing follows it; else reads it."""
        left = span.length if self.length < 0 or self.is_bodiless else min(span.length, self.length - self.sent)
        if left < span.length:
            self.note_excess()
            is_last = True
        elif is_last and self.length >= 0 and not self.is_bodiless and self.sent + left < self.length:
            raise ShortBody(f'the file has {left} bytes, fewer than its Content-Length of {self.length} leaves')
        if is_last and left and not self.is_bodiless and not self.has_trailers and await self._is_opened(span, left):
            self.sent += left
            self.end_body()
            return
        if self.is_bodiless or not left:
            await self.write(b'', is_last)
        at = 0
        while at < left and self.phase != COMPLETE:
            data = await read_span(span, at, min(lanes.BODY_MAX, left - at))
            at += len(data)
            await self.write(data, is_last and at == left)

    async def _is_opened(self, span: Any, length: int) -> bool:
        """Whether the edge has the file open and sends it."""
        frame = span.render(self.word >> 8, length)
        if frame is None:
            return False
        await self.may_send()
        if self.head:
            self._write_frame(b'', False)
        answer = self.file_answer = asyncio.get_running_loop().create_future()
        self.lane.send(frame)
        is_open: bool = await answer
        if self.is_gone or self.has_ended:
            raise ClientGone('the client has gone')
        return is_open

    def end_early(self) -> None:
        """The application has returned before its response was complete."""
        if self.has_left:
            # A client that has closed its sending side alone must not take a part of the response for the whole.
            self._end(lanes.END if self.is_gone else lanes.FAILED, '')
            return
        what = 'without having sent a response' if self.phase == IDLE else 'before its response was complete'
        text = f'the application returned {what}'
        report.log(text, about=self.describe())
        self._end(lanes.FAILED, text)

    def fail(self, error: BaseException) -> None:
        """The response cannot be completed: the edge answers 500, or cuts the connection if the head has left."""
        text = '' if self.is_no_fault(error) else report.failure('', error, self.describe())
        if self.phase != COMPLETE:
            self._end(lanes.FAILED, text)

    def _end(self, kind: int, text: str) -> None:
        """Ends the stream. Tasks that the application has left may still wait on it."""
        self.phase = COMPLETE
        self.send_end(kind, text)
        self.wake()


_EXPECTED = {HELD: 'its body was expected', STARTED: 'its body was expected', TRAILING: 'only trailers may follow'}
_SENDERS = {
    'http.response.start': Response._send_start,
    'http.response.body': Response._send_body,
    'http.response.trailers': Response._send_trailers,
    'http.response.pathsend': Response._send_path,
    'http.response.zerocopysend': Response._send_file,
}
