"""One HTTP request's conversation with the application: the body that it receives, and the response that it sends
(ASGI specification, "HTTP")."""

from __future__ import annotations

from collections import deque
from typing import Any

from portico_worker import lanes

from .response import COMPLETE, Response
from .stream import Application, Message

_NO_BODY: deque[bytes] = deque((b'',))
_NOTHING: deque[bytes] = deque(maxlen=0)


class HttpConversation(Response):
    __slots__ = ()

    # Requests without a body never set these.
    body = _NO_BODY
    """The parts of the request's body that have come and were not received; this shared object for a request without a
    body."""
    has_whole_body = True
    """The end of the body has come."""
    awaits_continue = False
    """The client waits to be told to send the body (RFC 9110 10.1.1)."""
    queued = 0
    """What `body` costs of the edge's credit."""

    def expect_body(self, awaits_continue: bool) -> None:
        """The request's body will come in frames."""
        self.body = deque()
        self.has_whole_body = False
        self.awaits_continue = awaits_continue

    async def run(self, application: Application, scope: dict[str, Any]) -> None:
        lane, word = self.lane, self.word
        lane.board[lane.board_index] = word
        try:
            await application(scope, self.receive, self.send)
            if self.phase != COMPLETE:
                self.end_early()
        except BaseException as error:
            self.fail(error)
        lane.finish(self)

    async def receive(self) -> Message:
        while self.phase != COMPLETE and not self.is_gone:
            body = self.body
            if body is _NO_BODY:
                self.body = _NOTHING
                return {'type': 'http.request', 'body': b'', 'more_body': False}
            if body:
                # The whole of what has come, so that the next call waits for more, and a loop of calls lets other tasks
                # run.
                part = b''.join(body)  # Of one, it is that one.
                body.clear()
                taken, self.queued = self.queued, 0
                if self.has_whole_body:
                    return {'type': 'http.request', 'body': part, 'more_body': False}
                self.take(taken)
                return {'type': 'http.request', 'body': part, 'more_body': True}
            if self.has_client_end:
                break
            if self.awaits_continue:
                self.awaits_continue = False
                self.give_credit(0)
            self.settle()
            await self.change()
        return {'type': 'http.disconnect'}

    def hear(self, kind: int, payload: bytes) -> None:
        if kind == lanes.BODY or kind == lanes.BODY_END:
            self._hear_body(payload, kind == lanes.BODY_END)
        elif kind == lanes.CREDIT:
            self.add_credit(payload)
        elif kind == lanes.ABORT:
            self.leave()
        elif kind == lanes.CLIENT_END:
            self.has_client_end = True
            self.wake()
        elif kind == lanes.FILE_OPENED or kind == lanes.FILE_REFUSED:
            self.hear_file_answer(kind == lanes.FILE_OPENED)
        else:
            raise lanes.Fault('lanes.unexpected-frame')

    def _hear_body(self, part: bytes, is_last: bool) -> None:
        if self.has_whole_body or (part and self.queued + self.taken >= lanes.CREDIT_BYTES):
            raise lanes.Fault('lanes.body')
        if part:
            self.queued += len(part) + lanes.PIECE_COST_BYTES
        self.has_whole_body = is_last
        # The last event may carry the part that waits already; where none waits, it carries an empty one.
        if part or (is_last and not self.body):
            self.body.append(part)
        self.wake()
