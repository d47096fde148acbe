"""What applications on gevent-websocket find in their environ: `wsgi.websocket` (Flask-SocketIO where it is installed,
Flask-Sockets). The library's own server answers the handshake before it calls the application. Here the handshake is
answered when the application first reads or writes, because the application may as well answer as WSGI has it."""

from __future__ import annotations

import base64
import hashlib
import logging
import socket
import sys
from types import SimpleNamespace
from typing import Any

from portico_worker.wsgi.environ import Environ
from portico_worker.wsgi.tunnel import TunnelConversation

KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
"""RFC 6455 1.3."""


class GreenletTunnelConversation(TunnelConversation):
    def offer(self, application: Any, environ: Environ, connection: socket.socket) -> None:
        super().offer(application, environ, connection)
        # An application that wants the library has imported it.
        library: Any = sys.modules.get('geventwebsocket.websocket')
        if library is not None:
            stream = LateStream(connection, _handshake(application, environ))
            handler = SimpleNamespace(
                environ=environ,
                socket=connection,
                logger=logging.getLogger('geventwebsocket'),
                server=SimpleNamespace(application=application),
            )
            environ['wsgi.websocket'] = library.WebSocket(environ, stream, handler)
            environ['wsgi.websocket_version'] = environ['HTTP_SEC_WEBSOCKET_VERSION']


class LateStream:
    """The connection as the library wants it. It answers the handshake before anything else is done with it."""

    def __init__(self, connection: socket.socket, answer: bytes) -> None:
        self.connection = connection
        self.answer = answer
        self.file = connection.makefile('rb')

    def read(self, size: int) -> bytes:
        self._answer()
        return self.file.read(size)

    def write(self, data: bytes) -> None:
        self._answer()
        self.connection.sendall(data)

    def _answer(self) -> None:
        if self.answer:
            answer, self.answer = self.answer, b''
            self.connection.sendall(answer)


def _handshake(application: Any, environ: Environ) -> bytes:
    """RFC 6455 4.2.2; the edge has checked what the client has sent."""
    key = environ['HTTP_SEC_WEBSOCKET_KEY'] + KEY_SUFFIX
    accept = base64.b64encode(hashlib.sha1(key.encode('latin-1')).digest())
    fields = [b'Upgrade: websocket', b'Connection: Upgrade', b'Sec-WebSocket-Accept: ' + accept]
    # Applications of the library's own kind choose a subprotocol by this method.
    choose = getattr(application, 'app_protocol', None)
    offered = [name.strip() for name in environ.get('HTTP_SEC_WEBSOCKET_PROTOCOL', '').split(',')]
    protocol = choose(environ['PATH_INFO']) if choose is not None else None
    if protocol and protocol in offered:
        fields.append(b'Sec-WebSocket-Protocol: ' + protocol.encode('latin-1'))
    return b'\r\n'.join([b'HTTP/1.1 101 Switching Protocols', *fields, b'', b''])
