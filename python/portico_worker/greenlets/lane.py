"""A concurrent lane on which WSGI conversations run, each in a greenlet; and what each of them takes for its lane."""

from __future__ import annotations

import socket
from typing import Any, Callable, Protocol

from portico_worker import lanes, report
from portico_worker.large_request import LargeRequest, large_request
from portico_worker.wsgi.conversation import Conversation
from portico_worker.wsgi.environ import PER_REQUEST_COUNT, Environs, add_rest
from portico_worker.wsgi.large_input import with_large_input
from portico_worker.wsgi.tunnel import tunnelled

from .websocket import GreenletTunnelConversation

RECEIVE_BYTES = 64 * 1024


class Host(Protocol):
    """The worker, as far as its lanes know it."""

    application: Any
    environs: Environs
    board: memoryview
    is_stopping: bool
    new_event: Callable[[], Any]
    spawn: Callable[..., Any]

    def board_index(self, unit: int, edge: int) -> int: ...

    def dial(self, edge: int, role: str, unit: int, stream: int = 0) -> socket.socket | None: ...

    def count(self, requests: int) -> None: ...

    def flush_streams(self) -> None: ...

    def lost_lane(self, lane: GreenletLane) -> None: ...

    def note_end(self, lane: GreenletLane) -> None: ...


class GreenletStream:
    """The lane as one conversation sees it: it waits for the client by credit, and others go on meanwhile."""

    __slots__ = ('credit', 'file_answer', 'is_gone', 'lane', 'turn')

    def __init__(self, lane: GreenletLane) -> None:
        self.lane = lane
        self.credit = lanes.CREDIT_BYTES
        self.is_gone = False
        """Nobody receives the response any more."""
        self.file_answer: bool | None = None
        self.turn: Any = None
        """Set when something has changed; only streams that have to wait have one."""

    is_forked = False

    def send(self, *parts: bytes | memoryview) -> None:
        size, word = lanes.HEADER.unpack_from(parts[0])
        kind = word & 0xFF
        if kind in (lanes.RESPONSE, lanes.DATA, lanes.HINTS):
            self._await_credit()
            head_size = 4 + int.from_bytes(parts[0][8:12], 'little') if kind == lanes.RESPONSE else 0
            if size > head_size:
                self.credit -= size - head_size + lanes.PIECE_COST_BYTES
        self.lane.write(parts)

    collect = hold = send
    """Answers leave together with what the other greenlets send in the same turn."""

    def is_aborted(self, stream: int) -> bool:
        return self.is_gone

    def await_file_answer(self) -> bool:
        while self.file_answer is None and not self.is_gone:
            self._wait()
        return bool(self.file_answer)

    def _await_credit(self) -> None:
        while self.credit <= 0 and not self.is_gone:
            self._wait()

    def _wait(self) -> None:
        if self.turn is None:
            self.turn = self.lane.worker.new_event()
        self.turn.clear()
        self.turn.wait()

    def hear(self, kind: int, payload: bytes) -> None:
        if kind == lanes.CREDIT:
            (credit,) = lanes.read_words(payload)
            self.credit += credit
        elif kind == lanes.ABORT:
            self.is_gone = True
        elif kind == lanes.FILE_OPENED or kind == lanes.FILE_REFUSED:
            self.file_answer = kind == lanes.FILE_OPENED
        else:
            raise lanes.Fault('lanes.unexpected-frame')
        self.wake()

    def leave(self) -> None:
        """The connection to the edge is lost."""
        self.is_gone = True
        self.wake()

    def wake(self) -> None:
        if self.turn is not None:
            self.turn.set()


class GreenletLane:
    def __init__(self, worker: Host, edge: int, connection: socket.socket) -> None:
        self.worker = worker
        self.edge = edge
        self.board_index = worker.board_index(0, edge)
        self.socket = connection
        self.streams: dict[int, GreenletStream] = {}
        """The streams whose application has not returned."""
        self.out: list[bytes | memoryview] = []
        self.has_out = worker.new_event()
        self.block = b''
        self.environ_of_block = worker.environs.find(b'')
        self.is_draining = False
        self.is_closed = False
        """Nothing is sent behind what was collected."""
        self.is_lost = False

    def read(self) -> None:
        """Hears the edge until the lane ends; a greenlet of its own."""
        rest = b''
        while True:
            large = large_request(rest) if rest else None
            try:
                if large is not None:
                    data = self._receive_large(large)
                else:
                    data = self.socket.recv(lanes.missing(rest, RECEIVE_BYTES) if rest else RECEIVE_BYTES)
            except OSError:
                data = b''
            if not data:
                break
            try:
                if large is not None:
                    self._begin(large.head[1] >> 8, lanes.read_request(data)._replace(body=large.take_body()))
                    rest = b''
                else:
                    data = rest + data if rest else data
                    rest = data[self._take(data) :]
            except lanes.Fault as fault:
                report.log(f'lane to edge thread {self.edge}: {fault}')
                break
            except Exception as error:
                report.failure(f'the lane to edge thread {self.edge} failed', error)
                break
        self.lose()

    def _receive_large(self, large: LargeRequest) -> bytes:
        """Receives all of the body; returns the payload that is in front of it, or b'' if the connection has ended."""
        while True:
            count = self.socket.recv_into(large.room)
            if large.fill(count):
                return large.start[lanes.HEADER.size :]
            if not count:
                return b''

    def lose(self) -> None:
        if not self.is_lost:
            self.is_lost = True
            self.socket.close()
            self.has_out.set()
            for stream in list(self.streams.values()):
                stream.leave()
            self.worker.lost_lane(self)

    def _take(self, data: bytes) -> int:
        """Begins each REQUEST and handles each other frame that is whole; returns where the rest begins."""
        position = 0
        while True:
            frame = lanes.frame_at(data, position)
            if frame is None:
                return position
            if frame.type == lanes.REQUEST:
                self._begin(frame.stream, lanes.read_request(frame.payload))
            elif frame.stream:
                stream = self.streams.get(frame.stream)
                if stream is not None:
                    stream.hear(frame.type, frame.payload)
            elif frame.type == lanes.PING:
                self.write((lanes.render(lanes.PONG, 0),))
            elif frame.type == lanes.DRAIN:
                self.is_draining = True
                self.worker.note_end(self)
            else:
                raise lanes.Fault('lanes.unexpected-frame')
            position += lanes.HEADER.size + len(frame.payload)

    def _begin(self, number: int, request: lanes.Request) -> None:
        if self.worker.is_stopping:
            self.write((lanes.render_words(lanes.RECALLED, 0, number),))
            return
        parts = request.request.decode('latin-1').split('\0')
        if request.block != self.block:
            self.block = request.block
            self.environ_of_block = self.worker.environs.find(request.block)
        environ = self.environ_of_block.copy()
        stream = self.streams[number] = GreenletStream(self)
        conversation = Conversation()
        conversation.lane = stream  # type: ignore[assignment]
        conversation.word, conversation.request, conversation.head = lanes.REQUEST | number << 8, parts, None
        if (request.flags or len(parts) != PER_REQUEST_COUNT) and add_rest(environ, parts, request.flags, request.body):
            conversation = (
                tunnelled(conversation, self.worker, self.edge, 0, GreenletTunnelConversation)
                if request.flags == lanes.FLAG_TUNNEL
                else with_large_input(conversation, environ)
            )
        self.worker.board[self.board_index] = conversation.word
        self.worker.count(1)
        self.worker.spawn(self._run, number, stream, conversation, environ)

    def _run(self, number: int, stream: GreenletStream, conversation: Conversation, environ: dict[str, Any]) -> None:
        try:
            frame = conversation.run(self.worker.application, environ)
        except Exception as error:
            # This is an error of ours, because those of the application are answered. The edge must not wait for this
            # stream for ever.
            report.failure('a request failed in the worker', error)
            frame = lanes.render(lanes.FAILED, number, b'')
        if frame:
            stream.send(frame)
        if self.streams.get(number) is stream:
            del self.streams[number]
        self.worker.note_end(self)

    def write(self, parts: tuple[bytes | memoryview, ...]) -> None:
        if not self.is_lost and not self.is_closed:
            self.out.extend(parts)
            self.has_out.set()

    def send(self) -> None:
        """Sends what was collected meanwhile in one piece, until the lane ends; a greenlet of its own."""
        while not self.is_lost:
            if not self.out:
                self.worker.flush_streams()
                if self.is_closed:
                    break
                self.has_out.clear()
                self.has_out.wait()
                continue
            data, self.out = b''.join(self.out), []
            try:
                self.socket.sendall(data)
            except OSError:
                self.lose()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # The connection is lost.

    def close(self) -> None:
        """Closes the lane when all that was collected has left: first our sending side alone. The edge closes its own
        when it has read that; had we closed both, the edge would lose what it has not read yet as soon as it writes."""
        self.is_closed = True
        self.has_out.set()
