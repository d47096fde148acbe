"""The worker's side of body-routes.ts: receives bodies of 1 MB by one of the routes, and says what each cost it.

python bench/body_routes.py ROUTE SOCKET SEGMENT
"""

import mmap
import socket
import sys
import time

MB = 1 << 20
PIECE = 64 * 1024


def receive_pieces(connection):
    """As much as comes, joined at the end."""
    parts, left = [], MB
    while left:
        part = connection.recv(min(left, PIECE))
        if not part:
            return b''
        parts.append(part)
        left -= len(part)
    return b''.join(parts)


def receive_whole(connection):
    """Into the memory that the application reads from."""
    return connection.recv(MB, socket.MSG_WAITALL)


def main(route, path, segment):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    count, began = 0, time.process_time()
    if route == 'segment':
        with open(segment, 'rb') as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as shared:
            while place := connection.recv(1):
                body = shared[place[0] * MB : (place[0] + 1) * MB]
                count += len(body) == MB
                connection.sendall(b'.')
    else:
        receive = receive_whole if route == 'whole' else receive_pieces
        while len(receive(connection)) == MB:
            count += 1
            connection.sendall(b'.')
    print(f'{route}: worker {(time.process_time() - began) / count * 1e6:.0f} us', flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
