"""A request that may take over its client's connection: a WebSocket whose framing is the application's (flask-sock, Flask-SocketIO).

The application finds a socket in its environ, under the names that the libraries for it look for. What it writes there is the
response, and the bytes of the client come from there; the edge passes them on (docs/lanes.md, "Tunnels").
"""

from __future__ import annotations

import socket
from typing import Any, Callable, Protocol

from portico_worker.failures import ClientGone

from .conversation import Conversation
from .environ import Environ

NAMES = ('werkzeug.socket', 'gunicorn.socket')
ANSWER_S = 5.0
"""The edge answers at once, or has come to a standstill."""


class Dialler(Protocol):
    def dial(self, edge: int, role: str, unit: int, stream: int = 0) -> socket.socket | None: ...


class TunnelConversation(Conversation):
    host: Dialler
    edge: int
    unit: int

    def run(self, application: Callable[[Environ, Any], Any], environ: Environ) -> bytes:
        connection = self._open()
        if connection is None:
            return super().run(application, environ)
        self.offer(application, environ, connection)
        try:
            return super().run(application, environ)
        finally:
            _close(connection)

    def offer(self, application: Callable[[Environ, Any], Any], environ: Environ, connection: socket.socket) -> None:
        for name in NAMES:
            environ[name] = connection

    def _open(self) -> socket.socket | None:
        connection = self.host.dial(self.edge, 'tunnel', self.unit, self.word >> 8)
        if connection is None:
            return None
        try:
            connection.settimeout(ANSWER_S)
            if connection.recv(1):
                connection.settimeout(None)
                return connection
        except OSError:
            pass
        # The client has gone meanwhile.
        connection.close()
        return None

    def _check_enough(self, size: int) -> None:
        if self.head is None:
            raise ClientGone('the socket was the answer, or the edge says that there was none')
        super()._check_enough(size)

    def _fail(self, error: BaseException) -> None:
        # So the libraries tell their server that the socket was the answer; an application's own ConnectionError means the same client.
        super()._fail(ClientGone(str(error)) if isinstance(error, (StopIteration, ConnectionError)) else error)


def tunnelled(
    conversation: Conversation, host: Dialler, edge: int, unit: int, kind: type[TunnelConversation] = TunnelConversation
) -> Conversation:
    """The same conversation, with a socket."""
    own = kind()
    own.lane, own.word, own.request, own.head = (
        conversation.lane,
        conversation.word,
        conversation.request,
        conversation.head,
    )
    own.host, own.edge, own.unit = host, edge, unit
    return own


def _close(connection: socket.socket) -> None:
    """The request is over, and with it the connection. A thread that the application has left reading from it wakes up."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # The application has closed it, or the edge.
    connection.close()
