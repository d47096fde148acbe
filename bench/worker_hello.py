"""What one "Hello World" costs in a worker: CPU time a request, with the edge's part played by a loop over a Unix socket.

    /usr/bin/python3 bench/worker_hello.py [--app module:callable] [--rounds N] [--edges 1]

Say which Python a figure is from: Debian's is built with profile-guided optimisation, pyenv's is not and takes half as long again.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, 'python'))

from portico_worker import lanes  # noqa: E402
from portico_worker.settings import Identity, Settings  # noqa: E402

WRK = {
    'SERVER_NAME': 'localhost',
    'SERVER_PORT': '8000',
    'SERVER_PROTOCOL': 'HTTP/1.1',
    'wsgi.url_scheme': 'http',
    'HTTP_HOST': 'localhost:8000',
}
BROWSER = {
    **WRK,
    'HTTP_CONNECTION': 'keep-alive',
    'HTTP_SEC_CH_UA': '"Chromium";v="124", "Google Chrome";v="124", "Not-A.Brand";v="99"',
    'HTTP_SEC_CH_UA_MOBILE': '?0',
    'HTTP_SEC_CH_UA_PLATFORM': '"Linux"',
    'HTTP_UPGRADE_INSECURE_REQUESTS': '1',
    'HTTP_USER_AGENT': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0',
    'HTTP_ACCEPT': 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'HTTP_SEC_FETCH_SITE': 'none',
    'HTTP_SEC_FETCH_MODE': 'navigate',
    'HTTP_SEC_FETCH_USER': '?1',
    'HTTP_SEC_FETCH_DEST': 'document',
    'HTTP_ACCEPT_ENCODING': 'gzip, deflate, br, zstd',
    'HTTP_ACCEPT_LANGUAGE': 'en-GB,en-US;q=0.9,en;q=0.8,de;q=0.7',
    'HTTP_CACHE_CONTROL': 'max-age=0',
    'HTTP_REFERER': 'http://localhost:8000/some/page/that/links/here',
    'HTTP_X_FORWARDED_FOR': '203.0.113.7',
    'HTTP_X_FORWARDED_PROTO': 'http',
}
HEADS = {'wrk': [WRK], 'browser': [BROWSER], '100 browsers': [{**BROWSER, 'HTTP_DNT': str(n)} for n in range(100)]}
REQUEST = ('GET', '/', '', '/', '127.0.0.1', '50000', '0123456789abcdef')


def hello(environ, start):
    start('200 OK', [('Content-Type', 'text/html'), ('Content-Length', '11')])
    return [b'Hello World']


def request_frame(stream, block):
    request = '\0'.join(REQUEST).encode()
    text = '\0'.join(part for pair in block.items() for part in pair).encode()
    head = b''.join(number.to_bytes(4, 'little') for number in (0, len(request), len(text)))
    return lanes.render(lanes.REQUEST, stream, head + request + text)


def serve(folder, app, edges):
    """The process that is measured: a worker of one unit without its zygote."""
    from portico_worker.loader import load
    from portico_worker.wsgi.worker import WsgiWorker

    paths = [os.path.join(folder, f'lane.{edge}.sock') for edge in range(edges)]
    board = os.open(os.path.join(folder, 'board'), os.O_RDWR)
    settings = Settings(app, '', [], 'never', 1, 0, 0, paths, board, '', False, False)
    status, _ = kept = socket.socketpair()
    worker = WsgiWorker(settings, Identity(1, 'w1', 0), status)
    worker.prepare(load(app).application if app else hello)
    assert kept
    worker.run({})


def cpu_seconds(pid):
    with open(f'/proc/{pid}/schedstat') as file:
        return int(file.read().split()[0]) / 1e9


class Run:
    """One worker and what it takes."""

    def __init__(self, app, edges):
        self.folder = tempfile.TemporaryDirectory()
        name = self.folder.name
        with open(os.path.join(name, 'board'), 'wb') as file:
            file.write(bytes(4096))
        self.listeners = [self._listen(os.path.join(name, f'lane.{edge}.sock')) for edge in range(edges)]
        command = [sys.executable, os.path.abspath(__file__), '--serve', name, '--edges', str(edges), '--app', app]
        self.process = subprocess.Popen(command)
        connections = [listener.accept()[0] for listener in self.listeners for _ in (0, 1)]
        hellos = [(connection, connection.recv(4096)) for connection in connections]
        self.lanes = [connection for connection, text in hellos if b'"requests"' in text]

    def _listen(self, path):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        return listener

    def measure(self, blocks, depth, requests):
        """CPU and elapsed microseconds a request, `depth` of them in each write."""
        frames = [request_frame(n + 1, blocks[n % len(blocks)]) for n in range(max(depth, len(blocks)))]
        batches = [b''.join(frames[at : at + depth]) for at in range(0, len(frames) - depth + 1, depth)]
        lane, size = self.lanes[0], self._answer_size(frames[0])
        self._feed(lane, batches, depth * size, 200)
        cpu, began = cpu_seconds(self.process.pid), time.perf_counter()
        turns = requests // depth
        self._feed(lane, batches, depth * size, turns)
        elapsed = time.perf_counter() - began
        # Both: the slower is what limits.
        return (cpu_seconds(self.process.pid) - cpu) / (turns * depth) * 1e6, elapsed / (turns * depth) * 1e6

    def _answer_size(self, frame):
        self.lanes[0].sendall(frame)
        time.sleep(0.2)
        return len(self.lanes[0].recv(1 << 20))

    def _feed(self, lane, batches, size, turns):
        for turn in range(turns):
            lane.sendall(batches[turn % len(batches)])
            got = 0
            while got < size:
                got += len(lane.recv(1 << 18))

    def close(self):
        self.process.kill()
        self.process.wait()
        for connection in (*self.lanes, *self.listeners):
            connection.close()
        self.folder.cleanup()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--app', default='')
    parser.add_argument('--edges', type=int, default=1)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--requests', type=int, default=40_000)
    parser.add_argument('--serve', help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.app, options.edges)
    print(f'{sys.executable} {sys.version.split()[0]}, {options.edges} edge threads')
    for name, blocks in HEADS.items():
        for depth in (1, 8, 64):
            results = []
            for _ in range(options.rounds):
                run = Run(options.app, options.edges)
                results.append(run.measure(blocks, depth, options.requests // (1 if depth > 1 else 4)))
                run.close()
            cpu, elapsed = (statistics.median(column) for column in zip(*results))
            print(f'{name:13} {depth:3} in a write: {cpu:6.2f} µs CPU, {elapsed:6.2f} µs elapsed a request', flush=True)


if __name__ == '__main__':
    main()
