"""An edge for tests: listens where a worker dials, sends frames, takes frames. The worker's units run in threads of the test."""

import json
import os
import socket
import tempfile
import threading
import time
from contextlib import contextmanager

from portico_worker import lanes
from portico_worker.ending import Ending
from portico_worker.settings import Identity, Settings
from portico_worker.wsgi.worker import WsgiWorker

LIMIT_S = 5
"""Nothing here takes a tenth of it; longer is a failure, not a wait."""

DEFAULTS = {
    'SERVER_NAME': 'localhost',
    'SERVER_PORT': '8000',
    'SERVER_PROTOCOL': 'HTTP/1.1',
    'wsgi.url_scheme': 'http',
    'HTTP_HOST': 'localhost:8000',
}


def request_payload(
    method='GET', path='/', query='', body=None, pairs=None, block=None, body_file=None, request_id='id1', tunnel=False
):
    uri = path + ('?' + query if query else '')
    values = [method, path, query, uri, '127.0.0.1', '50000', request_id]
    further = dict(pairs or {})
    flags = lanes.FLAG_TUNNEL if tunnel else 0
    if body is not None:
        flags |= lanes.FLAG_BODY
        further.setdefault('CONTENT_LENGTH', str(len(body)))
    if body_file is not None:
        flags |= lanes.FLAG_BODY | lanes.FLAG_BODY_IN_FILE
        further['portico.body_file'] = body_file
    for key, value in further.items():
        values += [key, value]
    request = '\0'.join(values).encode('latin-1')
    merged = {**DEFAULTS, **(block or {})}
    text = '\0'.join(part for pair in merged.items() for part in pair).encode('latin-1')
    head = b''.join(number.to_bytes(4, 'little') for number in (flags, len(request), len(text)))
    return head + request + text + (body or b'')


def request_frame(stream, **options):
    return lanes.render(lanes.REQUEST, stream, request_payload(**options))


class Answer:
    """The frames that answered one stream, taken apart."""

    def __init__(self, frames):
        self.frames = frames
        self.kinds = [frame.type for frame in frames]
        self.status, self.fields, self.body, self.failure = None, [], b'', None
        for frame in frames:
            if frame.type in (lanes.RESPONSE, lanes.RESPONSE_WHOLE):
                size = int.from_bytes(frame.payload[:4], 'little')
                self.status, *rest = frame.payload[4 : 4 + size].decode('latin-1').split('\0')
                self.fields = list(zip(rest[::2], rest[1::2]))
                self.body += frame.payload[4 + size :]
            elif frame.type == lanes.DATA:
                self.body += frame.payload
            elif frame.type == lanes.FAILED:
                self.failure = frame.payload.decode()

    @property
    def is_whole(self):
        return self.kinds[-1] in (lanes.RESPONSE_WHOLE, lanes.END)


class EdgeLane:
    """The edge's end of one lane."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(LIMIT_S)
        self.reader = lanes.FrameReader()
        self.frames = []
        hello = self.next()
        assert hello.type == lanes.HELLO
        self.hello = json.loads(hello.payload)

    def send(self, *frames):
        self.socket.sendall(b''.join(frames))

    def send_cut(self, data, generator, size_max):
        """In pieces of random sizes, which end anywhere."""
        at = 0
        while at < len(data):
            size = 1 + generator.randrange(size_max)
            self.send(data[at : at + size])
            at += size

    def next(self):
        while not self.frames:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self.frames += self.reader.feed(data)
        return self.frames.pop(0)

    def close_after_rest(self):
        """Closes as the edge does: when the worker sends nothing more, and all of it was read."""
        try:
            while data := self.socket.recv(65536):
                self.frames += self.reader.feed(data)
        except OSError:
            pass  # The connection is closed already.
        self.socket.close()

    def answer(self):
        """The frames up to the end of the response that runs."""
        taken = [self.next()]
        while taken[-1].type not in (lanes.RESPONSE_WHOLE, lanes.END, lanes.FAILED, lanes.FILE):
            taken.append(self.next())
        return Answer(taken)

    def is_quiet(self):
        """Whether nothing has come, as far as that can be known without waiting."""
        self.socket.settimeout(0.02)
        try:
            self.frames += self.reader.feed(self.socket.recv(65536))
        except OSError:
            pass
        self.socket.settimeout(LIMIT_S)
        return not self.frames

    def ended(self):
        try:
            frame = self.next()
        except (EOFError, OSError):
            self.socket.close()  # The edge closes, and the worker waits for that.
            return True
        raise AssertionError(f'{frame} instead of the end')


class Listeners:
    """The sockets of the edge threads in a folder of their own."""

    def __init__(self, edges=1):
        self.folder = tempfile.TemporaryDirectory(prefix='edge-')
        self.paths = [os.path.join(self.folder.name, f'lane.{edge}.sock') for edge in range(edges)]
        self.board = os.path.join(self.folder.name, 'board')
        with open(self.board, 'wb') as file:
            file.write(bytes(4096))
        self.board_descriptor = os.open(self.board, os.O_RDWR)
        self.sockets = [self._listen(path) for path in self.paths]
        self.lanes = []

    def settings(self, **more):
        """Settings of a worker that serves these sockets."""
        values = {
            'app': '',
            'chdir': '',
            'threads': 1,
            'max_requests': 0,
            'max_requests_jitter': 0,
            'lanes': self.paths,
            'board': self.board_descriptor,
            'secret': 'secret',
            'development': False,
            'multiprocess': False,
            'graceful_s': 3600,
        }
        return Settings(**{**values, **more})

    def _listen(self, path):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)
        listener.settimeout(LIMIT_S)
        return listener

    def accept(self, edge):
        lane = EdgeLane(self.sockets[edge].accept()[0])
        self.lanes.append(lane)
        return lane

    def started(self, slot=0, edge=0):
        """The stream that the board says was started last."""
        with open(self.board, 'rb') as file:
            file.seek((slot * len(self.paths) + edge) * 8)
            return int.from_bytes(file.read(8)[4:], 'little') >> 8

    def close(self):
        for lane in self.lanes:
            lane.socket.close()
        for listener in self.sockets:
            listener.close()
        os.close(self.board_descriptor)
        self.folder.cleanup()


class PatientEnding(Ending):
    """A deadline that nobody watches. Its thread would outlive the worker, and open files in the process of the tests, where others count them."""

    def _watch(self):
        pass


class Threaded:
    """A worker without a process: what would end the process ends the thread."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.ending = PatientEnding(None, None)
        self.said = []
        self.has_left = threading.Event()
        self.is_over = False

    def say(self, kind, **values):
        self.said.append((kind, values))

    def dial(self, *arguments):
        if self.is_over:
            raise SystemExit
        return super().dial(*arguments)

    def leave(self, code):
        self.code = code
        self.has_left.set()


class ThreadedWorker(Threaded, WsgiWorker):
    def unit_ended(self):
        super().unit_ended()
        if self.all_ended.is_set():
            self.leave(self.code)


class Edge(Listeners):
    def __init__(self, application, threads=1, edges=1, **settings):
        super().__init__(edges)
        self.status, theirs = socket.socketpair()
        self.worker = ThreadedWorker(
            self.settings(**{'preload': 'never', 'threads': threads, **settings}), Identity(1, 'w1', 0), theirs
        )
        self.worker.prepare(application)
        self._start(self._run)
        self._accept(edges, threads)

    def _start(self, target):
        def run():
            try:
                target()
            except SystemExit:
                pass

        threading.Thread(target=run, daemon=True).start()

    def _run(self):
        self.worker.control_lanes.connect()
        for unit in self.worker.units:
            unit.connect()
        for unit in self.worker.units:
            self._start(unit.serve)
        self.worker.control_lanes.run()

    def close(self):
        self.worker.is_over = True
        super().close()

    def _accept(self, edges, threads):
        self.control, self.requests = {}, {}
        for edge in range(edges):
            for _ in range(threads + 1):
                self._add(edge, self.accept(edge))

    def _add(self, edge, lane):
        if lane.hello['role'] == 'control':
            self.control[edge] = lane
        else:
            self.requests[lane.hello['unit'], edge] = lane

    @property
    def lane(self):
        return self.requests[0, 0]

    def ask(self, stream=1, **options):
        self.lane.send(request_frame(stream, **options))
        return self.lane.answer()

    def recall(self, unit=0, edge=0):
        self.control[edge].send(lanes.render_words(lanes.RECALL, 0, unit))

    def abort(self, stream, unit=0, edge=0):
        self.control[edge].send(lanes.render_words(lanes.ABORT, 0, unit, stream))

    def wait_for_abort(self, stream):
        """Waits until the helper thread has heard the ABORT."""
        until(lambda: stream in self.worker.units[0].lanes[0].aborted)


def until(condition):
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, 'waited in vain'
        time.sleep(0.002)


@contextmanager
def edge_for(application, **options):
    edge = Edge(application, **options)
    try:
        yield edge
    finally:
        edge.close()


def read_words(frame):
    return list(lanes.read_words(frame.payload))
