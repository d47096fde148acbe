"""One WebSocket's conversation with the application: receive() and send() (ASGI specification, "WebSocket").

The edge speaks RFC 6455 with the client: here are whole messages, a handshake to be accepted or refused, and an end.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from portico_worker import lanes, report
from portico_worker.failures import ClientGone

from .head import render_fields
from .response import COMPLETE, Response
from .stream import Application, Lane, Message, Stream, read_bytes, type_of

CONNECTING, OPEN, REFUSING, CLOSED, ENDED = range(5)
"""Phases: the handshake waits for its answer; it was accepted; it is refused by an HTTP response; the application has
closed or refused it; the stream has ended."""

NORMAL, ABNORMAL = 1000, 1006
"""RFC 6455 7.4.1. The second stands for an end without a closing handshake."""
SENDABLE_CODES = frozenset((1000, 1001, 1002, 1003, *range(1007, 1015)))
"""RFC 6455 7.4 and its registry; applications have those from 3000 on for themselves."""
REASON_BYTES_MAX = 123
"""RFC 6455 5.5: a control frame has 125 bytes, of which two are the code."""

MESSAGE_BYTES_MAX = 1 << 30
"""The longest message of an application that the edge takes."""

IN_A_ROW_MAX = 16
"""Messages that are received without waiting, until others may run: thousands of small ones can lie here at a time."""

_KINDS = {lanes.WS_TEXT: 'text', lanes.WS_BINARY: 'bytes'}
_pack = lanes.HEADER.pack


class WebSocketConversation(Stream):
    __slots__ = ('messages', 'offered', 'phase', 'was_connected')

    messages: deque[tuple[str, bytes]]
    """Whole messages that were not received: 'text' or 'bytes', and the payload. Credit bounds their number, because
    each message costs some."""
    offered: list[str]
    """The subprotocols that the client offers."""
    phase: int
    was_connected: bool
    """websocket.connect was received."""

    pieces: list[bytes] | None = None
    """The pieces of a message whose last one has not come."""
    queued = 0
    """What `messages` and `pieces` cost of the edge's credit."""
    in_a_row = 0
    """Messages received since receive() has waited."""
    receivers = 0
    """Calls of receive() that wait."""
    is_large_waiting = False
    """The edge has a large message, and takes it in when the application waits for one."""
    disconnect: Message | None = None
    """What receive() gives in the end, for ever."""
    response: Response | None = None
    """The response by which the application refuses the handshake (ASGI extensions, "Websocket Denial Response")."""

    def __init__(self, lane: Lane, word: int, parts: list[bytes]) -> None:
        super().__init__(lane, word, parts)
        self.messages = deque()
        self.phase = CONNECTING
        self.was_connected = False

    @property
    def has_left(self) -> bool:
        return self.is_gone or self.disconnect is not None

    @property
    def has_ended(self) -> bool:
        return self.phase == ENDED or (self.response is not None and self.response.has_ended)

    async def run(self, application: Application, scope: dict[str, Any]) -> None:
        self.lane.board[self.lane.board_index] = self.word
        try:
            await application(scope, self.receive, self.send)
            self._end()
        except BaseException as error:
            self._fail(error)
        self.lane.finish(self)

    async def receive(self) -> Message:
        while True:
            if not self.was_connected:
                self.was_connected = True
                return {'type': 'websocket.connect'}
            if self.messages and self.phase == OPEN:
                if self.in_a_row == IN_A_ROW_MAX:
                    self.in_a_row = 0
                    await asyncio.sleep(0)
                    continue
                self.in_a_row += 1
                kind, payload = self.messages.popleft()
                cost = len(payload) + lanes.PIECE_COST_BYTES
                self.queued -= cost
                self.take(cost)
                return {'type': 'websocket.receive', kind: payload if kind == 'bytes' else payload.decode()}
            if self.response is not None and self.response.has_ended:
                self._note_end(ABNORMAL, '')
            if self.phase == ENDED:
                self._note_end(ABNORMAL, '')  # A task that the application has left may still wait.
            if self.disconnect is not None:
                return self.disconnect.copy()
            self.in_a_row = 0
            await self._await_message()

    async def _await_message(self) -> None:
        self.settle()
        self.receivers += 1
        try:
            self._ask_for_large()
            await self.change()
        finally:
            self.receivers -= 1

    def _ask_for_large(self) -> None:
        """Tells the edge, if it has asked, that the application waits and a large message may come."""
        if self.is_large_waiting and self.receivers and not self.messages and self.phase == OPEN:
            self.is_large_waiting = False
            self.send_frame(lanes.WS_WANTED)

    def hear(self, kind: int, payload: bytes) -> None:
        if kind == lanes.WS_CLOSE:
            if len(payload) < 2:
                raise lanes.Fault('lanes.close')
            self._note_end(int.from_bytes(payload[:2], 'little'), payload[2:].decode('utf-8', 'replace'))
            super().leave()
        elif kind == lanes.ABORT or kind == lanes.CLIENT_END:
            self.leave()  # Half of a WebSocket's connection is of no use.
        elif kind == lanes.CREDIT:
            if self.phase == REFUSING and self.response is not None:
                self.response.add_credit(payload)
            else:
                self.add_credit(payload)
        elif kind == lanes.WS_LARGE:
            self.is_large_waiting = True
            self._ask_for_large()
        elif kind != lanes.WS_MORE and kind not in _KINDS:
            raise lanes.Fault('lanes.unexpected-frame')
        elif self.phase == OPEN:  # In another phase the close of the client has crossed the application's on its way.
            self._hear_piece(kind, payload)

    def _hear_piece(self, kind: int, payload: bytes) -> None:
        if self.pieces is None and self.queued + self.taken >= lanes.CREDIT_BYTES:
            raise lanes.Fault('lanes.credit')
        self.queued += len(payload)
        if kind == lanes.WS_MORE:
            self.pieces = self.pieces or []
            self.pieces.append(payload)
            return
        self.queued += lanes.PIECE_COST_BYTES
        if self.pieces is not None:
            payload, self.pieces = b''.join((*self.pieces, payload)), None
        self.messages.append((_KINDS[kind], payload))
        self.wake()

    def leave(self) -> None:
        self._note_end(ABNORMAL, '')
        if self.response is not None:
            self.response.leave()
        super().leave()

    def _note_end(self, code: int, reason: str) -> None:
        if self.disconnect is None:
            self.disconnect = {'type': 'websocket.disconnect', 'code': code, 'reason': reason}

    async def send(self, message: Message) -> None:
        kind = type_of(message)
        if kind == 'websocket.send':
            frame_type, data = read_message(message)
            if self.phase != OPEN or self.is_gone or self.credit <= 0 or self.lane.is_paused:
                await self._may_send_message()
            self._send_message(frame_type, data)
        elif kind == 'websocket.accept':
            self._accept(message)
        elif kind == 'websocket.close':
            if self.is_gone and self.phase != REFUSING:
                return  # Litestar answers a close with the client's own 1006, which cannot be sent.
            code, reason = read_close(message)
            if self.phase == REFUSING:
                raise RuntimeError('websocket.close was sent after websocket.http.response.start')
            if self.phase not in (CLOSED, ENDED):
                self._close(code, reason)
        elif kind in _REFUSALS:
            await self._refuse(kind, message)
        else:
            raise ValueError(f'{kind!r} is no message that an application can send for a WebSocket')

    async def _may_send_message(self) -> None:
        if self.phase == CONNECTING or self.phase == REFUSING:
            raise RuntimeError('websocket.send was sent before websocket.accept')
        await self.may_send()
        if self.phase == CLOSED:
            raise ClientGone('the application has closed the WebSocket')

    def _send_message(self, frame_type: int, data: bytes) -> None:
        self.credit -= len(data) + lanes.PIECE_COST_BYTES
        if len(data) <= lanes.BODY_MAX:
            self.lane.send_piece(_pack(len(data), frame_type | self.word >> 8 << 8), data)
            return
        view, last = memoryview(data), (len(data) - 1) // lanes.BODY_MAX * lanes.BODY_MAX
        for at in range(0, len(data), lanes.BODY_MAX):
            piece = view[at : at + lanes.BODY_MAX]
            piece_type = frame_type if at == last else lanes.WORKER_WS_MORE
            self.lane.send_piece(_pack(len(piece), piece_type | self.word >> 8 << 8), piece)

    def _accept(self, message: Message) -> None:
        subprotocol, fields = message.get('subprotocol'), render_fields(message.get('headers', ()))
        if subprotocol is not None and not isinstance(subprotocol, str):
            raise TypeError(f'"subprotocol" must be a str, not {type(subprotocol).__name__}')
        if subprotocol and subprotocol not in self.offered:
            raise ValueError(f'the client did not offer the subprotocol {subprotocol!r} (RFC 6455 4.2.2)')
        if b'\0sec-websocket-protocol\0' in b'\0%s\0' % fields.lower():
            raise ValueError('the subprotocol goes under the key "subprotocol", not into the headers')
        if self.phase != CONNECTING:
            raise RuntimeError('websocket.accept was sent after the handshake had been answered')
        if self.is_gone:
            raise ClientGone('the client has gone')
        self.phase = OPEN
        self.send_frame(lanes.WS_ACCEPT, (subprotocol or '').encode('latin-1') + (b'\0' + fields if fields else b''))

    def _close(self, code: int, reason: str) -> None:
        # A WebSocket that was never accepted is refused with 403: there was no connection that could be closed.
        self._note_end(*((ABNORMAL, '') if self.phase == CONNECTING else (code, reason)))
        self.phase = CLOSED
        self.messages.clear()
        self.send_frame(lanes.WORKER_WS_CLOSE, code.to_bytes(2, 'little') + reason.encode('utf-8'))
        self.wake()

    async def _refuse(self, kind: str, message: Message) -> None:
        if self.phase != CONNECTING and self.phase != REFUSING:
            raise RuntimeError(f'{kind} was sent after the handshake had been answered')
        if self.response is None:
            response = self.response = Response(self.lane, self.word, self.parts)
            response.is_gone = self.is_gone
        if self.phase == CONNECTING:
            self.response.credit = self.credit
        # The application's first message may be wrong, and the handshake still be accepted.
        await self.response.send({**message, 'type': kind[len('websocket.') :]})
        self.phase = REFUSING
        if self.response.has_ended:
            self._note_end(ABNORMAL, '')
            self.wake()

    def _end(self) -> None:
        """The application has returned."""
        phase, self.phase = self.phase, ENDED
        if phase == REFUSING and self.response is not None:
            if not self.response.has_ended:
                self.response.end_early()
        elif phase == CONNECTING and not self.is_gone:
            text = 'the application returned without having accepted or refused the WebSocket'
            report.log(text, about=self.describe())
            self.send_end(lanes.FAILED, text)
        else:
            self.send_end(lanes.END, '')
        self._wake_left()

    def _fail(self, error: BaseException) -> None:
        is_over = self.is_no_fault(error)
        text = '' if is_over else report.failure('', error, self.describe())
        phase, self.phase = self.phase, ENDED
        if self.response is not None and self.response.has_ended:
            return
        if is_over or self.is_gone or phase == CLOSED:
            self.send_end(lanes.END, '')
        else:
            self.send_end(lanes.FAILED, text)
        self._wake_left()

    def _wake_left(self) -> None:
        """Wakes tasks that the application has left waiting on the stream."""
        if self.response is not None:
            self.response.phase = COMPLETE
            self.response.wake()
        self.wake()


def read_message(message: Message) -> tuple[int, bytes]:
    """The frame for an event websocket.send, and its payload."""
    text, data = message.get('text'), message.get('bytes')
    if (text is None) == (data is None):
        raise ValueError('websocket.send must have either "text" or "bytes"')
    if text is not None and not isinstance(text, str):
        raise TypeError(f'"text" must be a str, not {type(text).__name__}')
    kind = lanes.WORKER_WS_BINARY if text is None else lanes.WORKER_WS_TEXT
    payload = read_bytes(data, 'bytes') if text is None else text.encode('utf-8')
    if len(payload) > MESSAGE_BYTES_MAX:
        raise ValueError(f'a message has {len(payload)} bytes; {MESSAGE_BYTES_MAX} is the most')
    return kind, payload


def read_close(message: Message) -> tuple[int, str]:
    """Code and reason of an event websocket.close, in a form that can be sent (RFC 6455 7.4)."""
    code, reason = message.get('code'), message.get('reason')
    code = NORMAL if code is None else code
    if not isinstance(code, int) or isinstance(code, bool):
        raise TypeError(f'"code" must be an int, not {code!r}')
    if reason is not None and not isinstance(reason, str):
        raise TypeError(f'"reason" must be a str, not {type(reason).__name__}')
    if not (code in SENDABLE_CODES or 3000 <= code <= 4999):
        raise ValueError(f'{code} is no code that a WebSocket can be closed with (RFC 6455 7.4)')
    return int(code), (reason or '').encode('utf-8')[:REASON_BYTES_MAX].decode('utf-8', 'ignore')


_REFUSALS = frozenset(('websocket.http.response.start', 'websocket.http.response.body'))
