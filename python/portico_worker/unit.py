"""A unit: one thread, its lane to each edge thread, and the loop that runs requests on them one after another.

Answers are collected and leave together, unless a request was slow or unsafe: then nothing waits behind the next one.
"""

from __future__ import annotations

import io
import os
import time
from select import POLLIN, poll
from socket import MSG_DONTWAIT
from time import perf_counter
from typing import TYPE_CHECKING, Any, Callable, Dict, List

from . import lanes, report
from .conversation import COPIED_MAX, Conversation
from .environ import Environ, Environs
from .lane import Lane

if TYPE_CHECKING:
    from .worker import Worker

SLOW_S = 0.000_1
"""An answer that took longer leaves at once."""
HELD_S = 0.001
"""An answer leaves at most this long after it was made, unless the request behind it takes longer."""
COLLECTED_MAX = 64 * 1024
"""Bytes."""
ONE_BLOCK_MAX = 16 * 1024
"""Bytes; a larger body is sent without being joined with others."""

SAFE_METHODS = frozenset(('GET', 'HEAD', 'OPTIONS', 'TRACE'))
"""RFC 9110 9.2.1."""

Application = Callable[[Environ, Any], Any]


class Unit:
    def __init__(
        self, worker: 'Worker', index: int, application: Application, environs: Environs, board: memoryview, unit_lanes: List[Lane]
    ) -> None:
        self.worker = worker
        self.index = index
        self.application = application
        self.environs = environs
        self.board = board
        self.lanes = unit_lanes
        self.is_at_rest = True
        """Nothing runs; what is received from now on is not begun if the worker is stopping."""
        self.has_ended = False

    def connect(self) -> None:
        for lane in self.lanes:
            connection = self.worker.dial_until(lane.edge, 'requests', self.index)
            if connection is None:
                self.worker.lost_edge()
            self.board[lane.board_index] = 0
            lane.connected(connection)

    def serve(self) -> None:
        """Runs until every lane is drained."""
        if len(self.lanes) == 1:
            while not self.lanes[0].closed:
                self.is_at_rest = True
                self._serve(self.lanes[0], 0)
        else:
            self._serve_many()
        self.has_ended = True
        self.worker.unit_ended()

    def _serve_many(self) -> None:
        while True:
            open_lanes = [lane for lane in self.lanes if not lane.closed]
            if not open_lanes:
                return
            poller = poll()
            by_descriptor = {lane.socket.fileno(): lane for lane in open_lanes if not lane.lost}
            for descriptor in by_descriptor:
                poller.register(descriptor, POLLIN)
            changed = False
            while not changed:
                self.is_at_rest = True
                for descriptor, _ in poller.poll(100 if len(by_descriptor) < len(open_lanes) else None):
                    lane = by_descriptor[descriptor]
                    self._serve(lane, MSG_DONTWAIT)
                    changed = changed or lane.closed or lane.socket.fileno() != descriptor
                    self.is_at_rest = False

    def _serve(self, lane: Lane, flags: int) -> None:
        try:
            is_open = lane.read(flags)
            self.is_at_rest = False
            if self.worker.is_stopping:
                self.is_at_rest = True
                park()
            if lane.pending:
                self.worker.count(len(lane.pending))
                self.run(lane)
            while lane.rest and lane.unread():
                lane.read_again()
                self.run(lane)
        except lanes.Fault:
            lane.lost = True
        if lane.lost:
            self._reconnect(lane)
        elif lane.drained:
            lane.close()

    def _reconnect(self, lane: Lane) -> None:
        if os.getpid() != self.worker.pid:
            os._exit(0)  # The application has forked, and its child has come back to us.
        lane.close()
        connection = self.worker.dial_until(lane.edge, 'requests', self.index)
        if connection is None:
            self.worker.lost_edge()
        self.board[lane.board_index] = 0
        lane.connected(connection)

    def drop_pending(self) -> None:
        for lane in self.lanes:
            lane.pending.clear()

    def forked(self) -> None:
        for lane in self.lanes:
            lane.forked()

    def run(self, lane: Lane) -> None:
        """Runs what the lane has pending. This is the path that every request takes: it is written for the interpreter."""
        application, learn, remembered = self.application, self.environs.learn, self.environs.remembered.get
        board, place, aborted = self.board, lane.board_index, lane.aborted
        popleft, out, pack, clock = lane.pending.popleft, lane.out, lanes.HEADER.pack, perf_counter
        data, position = lane.data, lane.position
        first = began = clock()
        collected = 0
        while True:
            try:
                size, word, flags, request_size, block_size = popleft()
            except IndexError:
                break
            request_start = position + 20
            block_start = request_start + request_size
            body_start = block_start + block_size
            position += 8 + size
            if body_start > position:
                raise lanes.Fault('lanes.request-head')
            board[place] = word
            block = data[block_start:body_start]
            environ = (remembered(block) or learn(block)).copy()
            request = data[request_start:block_start].decode('latin-1').split('\0')
            conversation = Conversation()
            conversation.head = None
            conversation.lane = lane
            conversation.stream = word >> 8
            conversation.request = request
            try:
                if len(request) != 7:
                    add_pairs(environ, request)
                (
                    environ['REQUEST_METHOD'], environ['PATH_INFO'], environ['QUERY_STRING'], uri,
                    environ['REMOTE_ADDR'], environ['REMOTE_PORT'], environ['HTTP_X_REQUEST_ID'],
                ) = request
                environ['RAW_URI'] = environ['REQUEST_URI'] = uri
                if flags:
                    environ['wsgi.input'] = io.BytesIO(data[body_start:position])
                result = application(environ, conversation.start)
                head = conversation.head
                if head and type(result) is list and len(result) == 1:
                    body = result[0]
                    length = len(body)
                    if type(body) is bytes and (conversation.length == length or conversation.length < 0):
                        size = len(head) + length
                        out.append(pack(size, word + 129) + head + body)
                        collected += size
                        conversation.ended = True
                    else:
                        conversation.answer(result)
                else:
                    conversation.answer(result)
            except BaseException as e:
                conversation.fail(e)
            now = clock()
            if now - began > SLOW_S or now - first > HELD_S or request[0] != 'GET' or collected > COLLECTED_MAX:
                lane.flush()
                collected = 0
                first = now
            began = now
        lane.position = position
        lane.flush()


def add_pairs(environ, request):
    for at in range(7, len(request), 2):
        environ[request[at]] = request[at + 1]
    del request[7:]


def park() -> None:
    while True:
        time.sleep(3600)
