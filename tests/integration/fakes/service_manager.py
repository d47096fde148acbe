"""Starts a program as systemd does: with sockets that listen (LISTEN_FDS), and an ear for what it says of itself (NOTIFY_SOCKET).

Usage: service_manager.py [--notify] [--watchdog=USEC] [--tcp] [--unix=PATH] [--pid=wrong] PROGRAM ARGUMENT...

The program takes the place of this process. What it says is printed by a child, as `NOTIFIED <pid of whoever said it> <message>`.
"""

import os
import socket
import struct
import sys

CREDENTIALS = struct.Struct('3i')


def listen(connection: socket.socket, address: object) -> socket.socket:
    connection.bind(address)
    connection.listen(16)
    return connection


def hear(ear: socket.socket, parent: int) -> None:
    ear.settimeout(0.2)
    while os.getppid() == parent:
        try:
            data, ancillary, _, _ = ear.recvmsg(4096, socket.CMSG_SPACE(CREDENTIALS.size))
        except socket.timeout:
            continue
        pid = CREDENTIALS.unpack(ancillary[0][2])[0]
        # One line, however many the message has.
        os.write(2, f'NOTIFIED {pid} {data.decode().strip()!r}\n'.encode())
    os._exit(0)


def main() -> None:
    arguments = sys.argv[1:]
    options = {}
    while arguments[0].startswith('--'):
        name, _, value = arguments.pop(0).partition('=')
        options[name] = value
    sockets = []
    if '--tcp' in options:
        sockets.append(listen(socket.socket(), ('127.0.0.1', 0)))
    if '--unix' in options:
        sockets.append(listen(socket.socket(socket.AF_UNIX), options['--unix']))
    if '--notify' in options:
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        ear.bind('')  # The kernel chooses a name in the abstract namespace.
        os.environ['NOTIFY_SOCKET'] = '@' + os.fsdecode(ear.getsockname())[1:]
        parent = os.getpid()
        if os.fork() == 0:
            for connection in sockets:
                connection.close()
            hear(ear, parent)
        ear.close()
    if '--watchdog' in options:
        os.environ.update(WATCHDOG_USEC=options['--watchdog'], WATCHDOG_PID=str(os.getpid()))
    if sockets:
        os.environ.update(
            LISTEN_PID=options.get('--pid', str(os.getpid())), LISTEN_FDS=str(len(sockets)), LISTEN_FDNAMES='a:b'
        )
        high = [
            os.dup2(connection.fileno(), 100 + number, inheritable=False) for number, connection in enumerate(sockets)
        ]
        for number, descriptor in enumerate(high):
            os.dup2(descriptor, 3 + number, inheritable=True)
    os.execvp(arguments[0], arguments)


main()
