"""An edge for tests of the asynchronous worker, whose event loop runs in a thread of the test."""

import socket
import sys
import threading
from contextlib import contextmanager

from fake_edge import LIMIT_S, Answer, Listeners, Threaded
from portico_worker import lanes
from portico_worker.asgi.worker import AsgiWorker
from portico_worker.settings import Identity

BLOCK = ['http', '1.1', '127.0.0.1', '8000', '', '', 'host', 'localhost:8000']

ENDS = (lanes.RESPONSE_WHOLE, lanes.END, lanes.FAILED)


def request_payload(
    method='GET', path='/', query='', client='127.0.0.1 50000', request_id='id1', triples=(), block=None, flags=0
):
    values = [method, path, query, client, request_id, *triples]
    request = '\0'.join(values).encode('latin-1')
    text = '\0'.join(BLOCK if block is None else block).encode('latin-1')
    return b''.join(number.to_bytes(4, 'little') for number in (flags, len(request), len(text))) + request + text


def request_frame(stream=1, **options):
    return lanes.render(lanes.REQUEST, stream, request_payload(**options))


def websocket_frame(stream=1, fields=(), **options):
    block = [*BLOCK, *fields]
    return request_frame(stream, flags=lanes.FLAG_WEBSOCKET, block=block, **options)


class ThreadedAsgiWorker(Threaded, AsgiWorker):
    pass


class AsgiEdge(Listeners):
    def __init__(self, application, edges=1, accepts=True, **settings):
        super().__init__(edges)
        self.status, theirs = socket.socketpair()
        self.worker = ThreadedAsgiWorker(
            self.settings(**{'preload': 'always', 'loop': 'asyncio', **settings}), Identity(1, 'w1', 0), theirs
        )
        self.faults = []
        """What the event loop has complained of."""
        self.thread = threading.Thread(target=self._run, args=(application,), daemon=True)
        self.thread.start()
        self.requests = [self.accept(edge) for edge in range(edges)] if accepts else []

    def _run(self, application):
        try:
            self.worker.prepare(application)
            self.worker.loop.set_exception_handler(lambda loop, context: self.faults.append(context))
            self.worker.leave(self.worker.run({'interface': 'asgi'}))
        except SystemExit as error:
            self.worker.leave(error.code)

    @property
    def lane(self):
        return self.requests[0]

    def begin(self, stream=1, **options):
        self.lane.send(request_frame(stream, **options))

    def ask(self, stream=1, **options):
        self.begin(stream, **options)
        return self.answer(stream)

    def answer(self, stream=1):
        """All that is sent on a stream up to the stream's end."""
        frames = [self.next(stream)]
        while frames[-1].type not in ENDS:
            frames.append(self.next(stream))
        return Answer(frames)

    def next(self, stream=1):
        """The next frame of a stream; those of others stay for later."""
        passed = []
        while True:
            frame = self.lane.next()
            if frame.stream == stream:
                self.lane.frames[:0] = passed
                return frame
            passed.append(frame)

    def body(self, part, stream=1, is_last=False):
        self.lane.send(lanes.render(lanes.BODY_END if is_last else lanes.BODY, stream, part))

    def abort(self, stream=1):
        self.lane.send(lanes.render(lanes.ABORT, stream))

    def credit(self, count, stream=1):
        self.lane.send(lanes.render_words(lanes.CREDIT, stream, count))

    def ping(self):
        """Returns when the worker has handled all that was sent before, and the tasks that were woken by that have run:
        the second of two pings is answered a turn of the event loop later."""
        for _ in range(2):
            self.lane.send(lanes.render(lanes.PING, 0))
            assert self.next(0).type == lanes.PONG

    def drain(self):
        for lane in self.requests:
            lane.send(lanes.render(lanes.DRAIN, 0))

    def ended(self):
        """The code with which the worker has left, as it does when its lanes are closed."""
        for lane in self.requests:
            lane.close_after_rest()
        assert self.worker.has_left.wait(LIMIT_S), 'the worker has not left'
        return self.worker.code

    def close(self):
        self.worker.is_over = True
        if not self.worker.has_left.is_set():
            self.worker.terminate()
        super().close()
        self.thread.join(LIMIT_S)
        self.status.close()
        assert not self.thread.is_alive(), 'the worker does not end'
        assert self.faults == []


@contextmanager
def asgi_edge(application, **options):
    edge = AsgiEdge(application, **options)
    try:
        yield edge
    finally:
        edge.close()


def start(status=200, headers=(), **more):
    return {'type': 'http.response.start', 'status': status, 'headers': list(headers), **more}


def part(body=b'', more=False):
    return {'type': 'http.response.body', 'body': body, 'more_body': more}


async def reply(send, body=b'', status=200, headers=()):
    await send(start(status, headers))
    await send(part(body))


def http_only(handler):
    """An application without a lifespan."""

    async def application(scope, receive, send):
        assert scope['type'] != 'lifespan'
        await handler(scope, receive, send)

    return application


def ask(handler, **options):
    """Sends a request and takes its answer, by which the worker shows that it lives on."""
    with asgi_edge(http_only(handler)) as edge:
        answer = edge.ask(1, **options)
        edge.ping()
        return answer


IS_EAGER = sys.version_info >= (3, 12)
