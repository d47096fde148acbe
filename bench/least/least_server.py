"""Starts least-edge.ts, and makes the answers that it relays: the least that a worker of Portico's shape can do.

python least_server.py NODE PORT [relays]

Its answers are those of the applications that the servers beside it run; no environ is made, no application called.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from struct import Struct

HEADER = Struct('<II')
RECEIVE_BYTES = 64 * 1024
COLLECTED_MAX = 64 * 1024
LARGE = 16 * 1024
"""A body of which so much is missing is received into memory of its own."""
LINE = b'0123456789abcde\n'
EDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'least-edge.ts')


def render(body):
    return b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n' % len(body) + body


PAGES = [render(LINE * 640), render(LINE * 65536)]


def start_edge(node, port, lane):
    with socket.create_server(('127.0.0.1', port), backlog=1024) as listener:
        descriptor = listener.fileno()
        edge = subprocess.Popen([node, EDGE, str(descriptor), *lane], pass_fds=[descriptor])
    return edge


def dial(path):
    lane = socket.socket(socket.AF_UNIX)
    while True:
        try:
            lane.connect(path)
            return lane
        except OSError:
            time.sleep(0.01)


def serve(lane):
    out, collected, rest = [], 0, b''

    def send():
        nonlocal collected
        if len(out) > 1 and collected > COLLECTED_MAX:
            lane.sendmsg(out)
        elif out:
            lane.sendall(b''.join(out))
        out.clear()
        collected = 0

    while data := lane.recv(RECEIVE_BYTES):
        data, at = rest + data, 0
        while len(data) - at >= HEADER.size:
            word, size = HEADER.unpack_from(data, at)
            end = at + HEADER.size + size
            if end > len(data):
                if end - len(data) < LARGE:
                    break
                body = receive_large(lane, data[at + HEADER.size :], size)
                end = len(data)
            else:
                body = data[at + HEADER.size : end]
            at = end
            answer = render(b'%d\n' % len(body)) if size else PAGES[word & 1]
            out.append(HEADER.pack(word >> 1, len(answer)))
            out.append(answer)
            collected += len(answer)
            if collected > COLLECTED_MAX:
                send()
        rest = data[at:]
        send()


def receive_large(lane, begin, size):
    """A body without a copy: the memory that it is received into is the memory that is read."""
    body = BytesIO()
    body.write(begin)
    body.seek(size - 1)
    body.write(b'\0')
    view = body.getbuffer()
    at = len(begin)
    while at < size:
        at += lane.recv_into(view[at:], 0, socket.MSG_WAITALL)
    view.release()
    return body.getvalue()


def main(node, port, *relays):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # The edge ends too.
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'lane')
        edge = start_edge(node, int(port), [path] if relays else [])
        try:
            if relays:
                serve(dial(path))
            edge.wait()
        finally:
            edge.kill()


if __name__ == '__main__':
    main(*sys.argv[1:])
