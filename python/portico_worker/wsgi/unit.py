"""A unit: one thread, its lane to each edge thread, and the loop that runs requests on them one after another.

While requests are pending, answers are collected and leave together, unless they are slow to make or unsafe to make again.
"""

from __future__ import annotations

import os
import threading
import time
from select import POLLIN, poll
from socket import MSG_DONTWAIT
from time import monotonic, perf_counter

from portico_worker import lanes, report

from .conversation import SAFE, Conversation
from .environ import PER_REQUEST_COUNT, add_rest
from .host import Host
from .lane import FOLLOWERS_MIN, Lane
from .large_input import with_large_input
from .tunnel import tunnelled

HELD_S = 0.010
"""Answers of so long a time leave together while more requests are pending: each send wakes the edge, which costs both
sides some 50 µs. If a request takes longer than those before it, the edge asks for them back after 20 ms (RECALL),
and the helper sends what is collected."""
COLLECTED_MAX = 64 * 1024
"""Answers of so many bytes leave together."""
SLOW_S = 0.000_1
"""An answer that took longer to make waits for others only if enough of them are to come."""
REDIAL_MS = 100
REDIAL_FOR_S = 10.0
"""An edge that is not there for so long will not come back; the supervisor starts other workers."""


class Unit:
    """Everything but `run` is called seldom, and may be slow."""

    def __init__(self, worker: Host, index: int, unit_lanes: list[Lane]) -> None:
        self.worker = worker
        self.index = index
        self.lanes = unit_lanes
        self.application = worker.application
        self.environs = worker.environs
        self.board = worker.board
        self.block = b''
        self.environ_of_block = self.environs.find(b'')
        self.is_at_rest = True
        """Nothing runs in the unit; what it receives is not begun if the worker is stopping."""
        self.has_ended = False
        self.thread = 0
        """The number of the thread, by which its frames are found."""

    def connect(self) -> bool:
        for lane in self.lanes:
            self.board[lane.board_index] = 0
            connection = self.worker.dial_until(lane.edge, 'requests', self.index)
            if connection is None:
                return False
            lane.connect(connection)
        return True

    def serve(self) -> None:
        """Runs until every lane is drained, or the worker is to stop."""
        self.thread = threading.get_ident()
        if len(self.lanes) == 1:
            self._serve_one(self.lanes[0])
        else:
            while not self.worker.is_stopping and any(not lane.is_closed for lane in self.lanes):
                self._serve_many()
        self._rest()
        self.end()

    def end(self) -> None:
        """Closes the lanes: requests that nobody has begun go to other workers then."""
        for lane in self.lanes:
            lane.close()
        self.has_ended = True
        self.worker.unit_ended()

    def _serve_one(self, lane: Lane) -> None:
        while not lane.is_closed and not self.worker.is_stopping:
            if lane.is_lost:
                self._rest()
                self._redial(lane)
                time.sleep(REDIAL_MS / 1000 if lane.is_lost else 0)
            else:
                self._rest()
                self._serve(lane, 0)

    def _serve_many(self) -> None:
        """Serves the lanes that are open now, until one of them closes or a lost one is back."""
        missing = [lane for lane in self.lanes if lane.is_lost and not lane.is_closed]
        by_descriptor = {lane.socket.fileno(): lane for lane in self.lanes if not lane.is_lost and not lane.is_closed}
        poller = poll()
        for descriptor in by_descriptor:
            poller.register(descriptor, POLLIN)
        changed = False
        while not changed and not self.worker.is_stopping:
            self._rest()
            for descriptor, _ in poller.poll(REDIAL_MS if missing else None):
                lane = by_descriptor[descriptor]
                self._serve(lane, MSG_DONTWAIT)
                changed = changed or lane.is_lost or lane.is_closed
            for lane in missing:
                self._redial(lane)
                changed = changed or not lane.is_lost

    def _rest(self) -> None:
        self.worker.flush_streams()
        self.is_at_rest = True

    def _serve(self, lane: Lane, flags: int) -> None:
        try:
            lane.read(flags)
            self.is_at_rest = False
            if self.worker.is_stopping:
                lane.pending.clear()
                return
            if lane.pending:
                self.worker.count(len(lane.pending))
                self.run(lane)
                lane.data = lane.body = b''
            while lane.rest and not self.worker.is_stopping and lane.read_rest():
                self.run(lane)
        except lanes.Fault as fault:
            report.log(f'lane to edge thread {lane.edge}: {fault}')
            lane.disconnect()
        if lane.is_drained:
            lane.close()
        elif lane.is_lost:
            lane.disconnect()

    def drop_pending(self) -> None:
        for lane in self.lanes:
            lane.pending.clear()

    def stop_reading(self) -> None:
        """Called by the helper when the worker is stopping and the unit is at rest: the unit waits for requests no
        longer. While an application runs it may still need what the edge sends."""
        for lane in self.lanes:
            lane.stop_reading()

    def forked(self) -> None:
        for lane in self.lanes:
            lane.forked()

    def _redial(self, lane: Lane) -> None:
        if os.getpid() != self.worker.pid:
            os._exit(0)  # The application has forked, and the child has returned into our code.
        # The board still names a stream of the earlier connection of this lane.
        self.board[lane.board_index] = 0
        connection = self.worker.dial(lane.edge, 'requests', self.index)
        if connection is not None:
            lane.connect(connection)
        elif monotonic() > lane.lost_at + REDIAL_FOR_S:
            self.worker.lost_edge()
            lane.close()

    def run(self, lane: Lane) -> None:
        """Runs what the lane has pending. Every request takes this path: it is written for the interpreter."""
        application, board, place, clock = self.application, self.board, lane.board_index, perf_counter
        popleft, out, data, position, aborted = lane.pending.popleft, lane.out, lane.data, 0, lane.aborted
        block, environ_of_block, collected, large_body = self.block, self.environ_of_block, 0, lane.body
        first = began = clock()
        while True:
            try:
                size, word, flags, request_size, block_size = popleft()
            except IndexError:
                break
            block_at = position + 20 + request_size
            body_at, request = block_at + block_size, data[position + 20 : block_at].decode('latin-1').split('\0')
            position += 8 + size
            if body_at > position:
                raise lanes.Fault('lanes.request-head')
            if aborted and lane.skip(word >> 8):
                continue
            # A client asks more than once: to compare with the block before costs a quarter of hashing this one.
            if block_size != len(block) or not data.startswith(block, block_at):
                block = data[block_at:body_at]
                environ_of_block = self.environs.find(block)
            environ = environ_of_block.copy()
            conversation = Conversation()
            conversation.lane, conversation.word, conversation.request = lane, word, request
            conversation.head = None
            if (flags or len(request) != PER_REQUEST_COUNT) and add_rest(
                environ, request, flags, data[body_at:position] or large_body
            ):
                conversation = (
                    tunnelled(conversation, self.worker, lane.edge, self.index)
                    if flags == lanes.FLAG_TUNNEL
                    else with_large_input(conversation, environ)
                )
            board[place] = word
            frame = conversation.run(application, environ)
            now = clock()
            took = now - began
            if frame:
                out.append(frame)
                collected += len(frame)
            # The next request is expected to take as long as this one.
            if (
                now - first + took > HELD_S
                or collected + lane.collected > COLLECTED_MAX
                or request[0] not in SAFE
                or (took > SLOW_S and len(out) - lane.further == 1 and len(lane.pending) < FOLLOWERS_MIN)
            ):
                lane.flush()
                first, lane.collects = now, took < HELD_S
                collected = lane.collected = 0
            began = now
        self.block, self.environ_of_block = block, environ_of_block
        lane.flush()
