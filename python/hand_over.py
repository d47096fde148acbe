"""Run by `bin/launch.sh` in its own place when a service manager such as systemd has started it; at its end it becomes
Node. Node can neither look at the sockets of LISTEN_FDS nor speak to that of NOTIFY_SOCKET, which takes datagrams.
Both are done here: the sockets are described for Node, and the notification socket stays open as a connected
descriptor, into which Node writes as into a file. The process remains the one that the service manager has started,
so that its messages count whatever `NotifyAccess=` says."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
from typing import Any

FIRST = 3
"""The descriptor of the first socket (SD_LISTEN_FDS_START)."""
SOCKETS_MAX = 256
SEND_BUFFER = 64 * 1024
"""Bytes of messages that may wait in the kernel while the service manager is busy."""

OURS = (
    b'LISTEN_PID',
    b'LISTEN_FDS',
    b'LISTEN_FDNAMES',
    b'LISTEN_PIDFDID',
    b'NOTIFY_SOCKET',
    b'WATCHDOG_USEC',
    b'WATCHDOG_PID',
)
"""Variables for this process alone: no program that it starts may take them for its own."""
HANDED_OVER = b'PORTICO_SERVICE_MANAGER'


class Facts:
    """What is handed over, as src/supervisor/service-manager.ts reads it."""

    def __init__(self) -> None:
        self.sockets: list[dict[str, Any]] = []
        self.notify: int | None = None
        self.watchdog_us = 0
        self.faults: list[str] = []
        self.warnings: list[str] = []

    def render(self) -> str:
        facts = {
            'sockets': self.sockets,
            'notifyFd': self.notify,
            'watchdogUs': self.watchdog_us,
            'faults': self.faults,
            'warnings': self.warnings,
        }
        return json.dumps(facts)


def collect(given: dict[str, str], pid: int) -> Facts:
    facts = Facts()
    count = _take_sockets(given, pid, facts)
    address = given.get('NOTIFY_SOCKET', '')
    if not address:
        return facts
    try:
        facts.notify = connect(address, FIRST + count)
    except (OSError, ValueError) as error:
        # This is no fault: programs leave the variable to whatever they start, also where the socket cannot be reached.
        facts.warnings.append(f'NOTIFY_SOCKET is {address!r}, which cannot be spoken to: {error}')
        return facts
    if given.get('WATCHDOG_PID', str(pid)) == str(pid) and given.get('WATCHDOG_USEC', '').isdecimal():
        facts.watchdog_us = int(given['WATCHDOG_USEC'])
    return facts


def _take_sockets(given: dict[str, str], pid: int, facts: Facts) -> int:
    text = given.get('LISTEN_FDS', '')
    if not text:
        return 0
    count = int(text) if text.isdecimal() and len(text) <= len(str(SOCKETS_MAX)) else 0
    meant_for = given.get('LISTEN_PID', '')
    if meant_for != str(pid):
        # A program that was given sockets may leave the variables to whatever it starts. If the sockets are here as
        # well, they are for this process.
        if any(_is_listening(fd) for fd in range(FIRST, FIRST + min(count, SOCKETS_MAX))):
            facts.faults.append(
                f'LISTEN_FDS is for process {meant_for or "(none)"}, and this is {pid}: let the service manager start '
                'portico itself, or a script replace itself by it (exec)'
            )
        return 0
    if not 0 < count <= SOCKETS_MAX:
        facts.faults.append(f'LISTEN_FDS is {text!r}, and not a number from 1 to {SOCKETS_MAX}')
        return 0
    names = given.get('LISTEN_FDNAMES', '').split(':')
    for number in range(count):
        fd = FIRST + number
        name = names[number] if number < len(names) else ''
        try:
            facts.sockets.append({'fd': fd, **describe(fd)})
        except (OSError, ValueError) as error:
            facts.faults.append(
                f'descriptor {fd} of LISTEN_FDS ({name or "without a name"}) cannot be listened on: {error}'
            )
    return count


def _is_listening(fd: int) -> bool:
    try:
        describe(fd)
    except (OSError, ValueError):
        return False
    return True


def describe(fd: int) -> dict[str, Any]:
    """A socket that accepts connections. Raises OSError or ValueError for anything else."""
    connection = socket.socket(fileno=fd)
    try:
        if connection.type != socket.SOCK_STREAM:
            raise ValueError('it is no stream socket (ListenStream=)')
        if not connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            raise ValueError('it is one connection, or does not listen (Accept=no is needed)')
        name = connection.getsockname()
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            return {'kind': 'tcp', 'address': name[0], 'port': name[1], 'path': ''}
        if connection.family == socket.AF_UNIX:
            path = os.fsdecode(name)
            return {'kind': 'unix', 'address': '', 'port': 0, 'path': '@' + path[1:] if path.startswith('\0') else path}
        raise ValueError('it is neither of TCP nor a Unix socket')
    finally:
        connection.detach()


def connect(address: str, floor: int) -> int:
    """A descriptor into which a message is written. `floor` is beyond the sockets, so that those remain where they are."""
    if address[0] not in '/@':
        raise ValueError('only Unix sockets are')
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        connection.connect('\0' + address[1:] if address[0] == '@' else address)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        # A service manager that stands still must not make the server stand still.
        connection.setblocking(False)
        fd = fcntl.fcntl(connection, fcntl.F_DUPFD, floor)
    finally:
        connection.close()
    return fd


def main(program: list[str]) -> None:
    given = {name.decode(): os.fsdecode(os.environb[name]) for name in OURS if name in os.environb}
    environment = {name: value for name, value in os.environb.items() if name not in OURS}
    environment[HANDED_OVER] = collect(given, os.getpid()).render().encode()
    os.execve(program[0], program, environment)


if __name__ == '__main__':
    main(sys.argv[1:])
