"""What `uwsgi` tells of the server and its workers, and what it does for the request that runs."""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any, Callable

from portico_worker import report

from . import scoreboard
from .instance import Instance
from .request import Current
from .spool_file import decode
from .texts import Octets, octets, path_text

_PR_SET_NAME = 15
_NAME_BYTES = 15
"""Of a process, as the kernel keeps it."""
_HEAD_BYTES = 4
"""Of a packet."""


def print_line(text: bytes) -> None:
    """As what the application prints: uWSGI's log has the text as it is."""
    try:
        os.write(report.descriptor(), text.rstrip(b'\n') + b'\n')
    except OSError:
        pass  # Nobody reads the log any more.


Rpc = dict[str, Callable[..., Any]]


def server_calls(instance: Instance) -> dict[str, Callable[..., Any]]:
    board = instance.board

    def workers() -> tuple[dict[str, Any], ...]:
        found = []
        for number in range(1, board.workers + 1):
            worker = scoreboard.describe(board, number)
            counts = {'requests': worker['requests'], 'exceptions': worker['exceptions']}
            application = {
                'id': 0,
                'modifier1': 0,
                'mountpoint': b'',
                'startup_time': 0,
                'interpreter': 0,
                'callable': 0,
            }
            found.append({**worker, 'apps': ({**application, **counts, 'chdir': b''},)})
        return tuple(found)

    def total_requests() -> int:
        numbers = (board.latest(number) for number in range(1, board.workers + 1))
        return sum(_requests(instance, row) for row in numbers if row is not None)

    def request_id() -> int:
        return _requests(instance, board.row) if board.row >= 0 else 0

    def tell(what: str) -> Callable[[], bool]:
        def ask() -> bool:
            instance.send({'what': what, 'signal': 0})
            return True

        return ask

    def log(text: Octets, /) -> bool:
        print_line(octets(text))
        return True

    def setprocname(name: Octets, /) -> None:
        try:
            ctypes.CDLL(None).prctl(_PR_SET_NAME, octets(name)[:_NAME_BYTES], 0, 0, 0)
        except (OSError, AttributeError):
            pass  # Not Linux: a process has no name of its own there.

    def parsefile(path: Octets, /) -> dict[bytes, bytes] | None:
        try:
            with open(path_text(path), 'rb') as file:
                return decode(file.read()[_HEAD_BYTES:])
        except (OSError, ValueError):
            return None

    return {
        'workers': workers,
        'total_requests': total_requests,
        'request_id': request_id,
        'worker_id': lambda: instance.worker_id,
        'masterpid': lambda: instance.master,
        'mem': lambda: scoreboard.memory_of(os.getpid()),
        'micros': lambda: time.time_ns() // 1000,
        'ready': lambda: True,
        'accepting': lambda: None,
        'reload': tell('reload'),
        'stop': tell('stop'),
        'log': log,
        'setprocname': setprocname,
        'logsize': lambda: 0,
        'set_warning_message': lambda text, /: None,
        'parsefile': parsefile,
    }


def _requests(instance: Instance, row: int) -> int:
    return instance.board.get(row, scoreboard.REQUESTS_BEFORE) + instance.board.sum(row).requests


def request_calls(instance: Instance, current: Callable[[], Current]) -> dict[str, Callable[..., Any]]:
    def set_logvar(name: Octets, value: Octets, /) -> None:
        found = current()
        if found.variables is None:
            found.variables = {}
        found.variables[octets(name)] = octets(value)

    def get_logvar(name: Octets, /) -> bytes | None:
        return (current().variables or {}).get(octets(name))

    def set_user_harakiri(seconds: int, /) -> None:
        at = current().column
        if at >= 0:
            until = time.time_ns() // 1_000_000 + int(seconds) * 1000 if seconds > 0 else 0
            instance.board.words[at + scoreboard.DEADLINE_MS] = until
            if until:
                instance.send({'what': 'harakiri', 'signal': 0})

    def add_var(name: Octets, value: Octets, /) -> bool:
        environ = current().environ
        if environ is not None:
            environ[octets(name).decode('latin-1')] = octets(value).decode('latin-1')
        return True

    def content_length() -> int:
        length = str((current().environ or {}).get('CONTENT_LENGTH') or '')
        return int(length) if length.isdigit() else 0

    return {
        'set_logvar': set_logvar,
        'get_logvar': get_logvar,
        'log_this_request': lambda: None,
        'set_user_harakiri': set_user_harakiri,
        'add_var': add_var,
        'cl': content_length,
    }


def rpc_calls() -> dict[str, Callable[..., Any]]:
    """Procedures of this process. Those of other servers are not called."""
    procedures: Rpc = {}

    def register_rpc(name: Octets, function: Callable[..., Any], count: int = 0, /) -> bool:
        procedures[octets(name).decode('utf-8', 'replace')] = function
        return True

    def call(name: Octets, /, *arguments: Octets) -> bytes:
        function = procedures.get(octets(name).decode('utf-8', 'replace'))
        if function is None:
            raise ValueError('unable to call rpc function')
        answer = function(*(octets(argument) for argument in arguments))
        return octets(answer) if isinstance(answer, (str, bytes, bytearray)) else b''

    def rpc(node: Octets | None, name: Octets, /, *arguments: Octets) -> bytes:
        if node:
            raise ValueError('procedures of other servers are not called by Portico. Send an HTTP request')
        return call(name, *arguments)

    return {
        'register_rpc': register_rpc,
        'rpc': rpc,
        'call': call,
        'rpc_list': lambda: tuple(name.encode('utf-8') for name in procedures),
    }
