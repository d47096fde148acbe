"""A request that may take over its client's connection: a WebSocket whose framing is the application's (flask-sock, Flask-SocketIO).

The application finds a socket in its environ, under the names that the libraries for it look for. What it writes there is the
response, and the bytes of the client come from there; the edge passes them on (docs/lanes.md, "Tunnels").
"""

from __future__ import annotations

import socket
from time import monotonic
from typing import Any, Callable, Protocol

from portico_worker import report
from portico_worker.failures import ClientGone

from .conversation import Conversation
from .environ import Environ
from .whole_sending import whole_sending

NAMES = ('werkzeug.socket', 'gunicorn.socket')
OPEN, GONE = b'\1', b'\0'
"""The edge's answer to a tunnel that was dialled."""
ANSWER_S = 5.0
"""How long the answer may take: the edge gives it at once, or stands still."""


class Dialler(Protocol):
    def dial(self, edge: int, role: str, unit: int, stream: int = 0) -> socket.socket | None: ...


class TunnelConversation(Conversation):
    host: Dialler
    edge: int
    unit: int

    def run(self, application: Callable[[Environ, Any], Any], environ: Environ) -> bytes:
        connection, word = self._open()
        if word == GONE:
            self._fail(ClientGone('the client has gone'))
            self.lane = None
            return b''
        if connection is None:
            return super().run(_refuse, environ)
        self.offer(application, environ, connection)
        try:
            return super().run(application, environ)
        finally:
            _close(connection)

    def offer(self, application: Callable[[Environ, Any], Any], environ: Environ, connection: socket.socket) -> None:
        for name in NAMES:
            environ[name] = connection

    def _open(self) -> tuple[socket.socket | None, bytes]:
        """The connection, if the edge gives one, and what the edge has said: nothing, if it has no descriptor left for
        the connection."""
        connection = self.host.dial(self.edge, 'tunnel', self.unit, self.word >> 8)
        word = b''
        if connection is not None:
            try:
                connection.settimeout(ANSWER_S)
                word = connection.recv(1)
                connection.settimeout(None)
                connection = whole_sending(connection)
            except OSError:
                pass
            if word != OPEN:
                connection.close()
                connection = None
        return connection, word

    def _check_enough(self, size: int) -> None:
        if self.head is None:
            raise ClientGone('the socket was the answer, or the edge says that there was none')
        super()._check_enough(size)

    def _fail(self, error: BaseException) -> None:
        # The libraries raise these to tell their server that the socket was the answer. A ConnectionError of the
        # application's own says that the same client is gone.
        super()._fail(ClientGone(str(error)) if isinstance(error, (StopIteration, ConnectionError)) else error)


def tunnelled(
    conversation: Conversation, host: Dialler, edge: int, unit: int, kind: type[TunnelConversation] = TunnelConversation
) -> Conversation:
    """Makes the conversation into one that has a socket."""
    own = kind()
    own.become(conversation)
    own.host, own.edge, own.unit = host, edge, unit
    return own


_told_at = [0.0]
TELL_EVERY_S = 1.0


def _refuse(environ: Environ, start_response: Any) -> list[bytes]:
    """Answers 503 for an application that has no socket, and would fail in words of its own."""
    now = monotonic()
    if now - _told_at[0] >= TELL_EVERY_S:
        _told_at[0] = now
        report.log(
            'a WebSocket was answered 503: the edge could not take the connection that its application needs; '
            'each takes two of its descriptors (ulimit -n, LimitNOFILE=)',
            'warning',
        )
    start_response(
        '503 Service Unavailable', [('Retry-After', '1'), ('Content-Type', 'text/plain'), ('Content-Length', '0')]
    )
    return [b'']


def _close(connection: socket.socket) -> None:
    """The request is over, and with it the connection. A thread that the application has left reading from it wakes up."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # The application has closed it, or the edge.
    connection.close()
