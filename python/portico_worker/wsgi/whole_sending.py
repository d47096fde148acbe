"""A socket on which everything that is sent leaves whole, and one after another.

simple-websocket sends a frame by `send` and does not look how much of it has left: as a rule all of it on a blocking socket, but on one of
gevent's only as much as there is room for. And threads or greenlets that send at the same time (a message, the answer to a ping) would
get their bytes between each other's.
"""

from __future__ import annotations

import functools
import socket
import threading
from typing import Any


class WholeSending:
    """Put in front of a class of sockets."""

    def __init__(self, *parameters: Any, **more: Any) -> None:
        super().__init__(*parameters, **more)
        self._turn = threading.Lock()  # This is gevent's lock, where gevent has changed the standard library.

    def send(self, data: Any, flags: int = 0) -> int:
        if self.gettimeout() == 0:  # type: ignore[attr-defined]
            sent: int = super().send(data, flags)  # type: ignore[misc]
            return sent
        self.sendall(data, flags)
        return memoryview(data).nbytes

    def sendall(self, data: Any, flags: int = 0) -> None:
        left = memoryview(data).cast('B')
        with self._turn:
            while left:
                left = left[super().send(left, flags) :]  # type: ignore[misc]


@functools.cache
def _kind_of(base: Any) -> Any:
    """WholeSending for the socket's own class, which is another one with gevent."""
    return type('WholeSendingSocket', (WholeSending, base), {})


def whole_sending(connection: socket.socket) -> socket.socket:
    family, kind, protocol = connection.family, connection.type, connection.proto
    base: Any = type(connection)
    own: socket.socket = _kind_of(base)(family, kind, protocol, connection.detach())
    return own
