"""The scope of a request, from the two parts that the edge sends (docs/lanes.md, "The head of a request to ASGI").

What repeats between requests comes in the block part; a bounded memo turns its bytes into a scope that is copied.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from portico_worker import lanes

from .tls import copy_tls, read_tls

Scope = dict[str, Any]
Fields = list[tuple[bytes, bytes]]

REMEMBERED_MAX = 256
REMEMBERED_BYTES_MAX = 4096
CLIENTS_MAX = 1024

METHOD, RAW_PATH, QUERY, CLIENT, REQUEST_ID = range(5)
"""Where things are in the request part; triples follow."""
PER_REQUEST_COUNT = 5

SCHEME, VERSION, SERVER_NAME, SERVER_PORT, TLS, SCRIPT_NAME = range(6)
"""Where things are in the block part; pairs follow."""
PER_BLOCK_COUNT = 6

PERCENT = ord('%')
"""A number: to look for bytes in bytes, CPython first makes and drops the error that they are none."""

ASGI = {'version': '3.0', 'spec_version': '2.5'}

HTTP_EXTENSIONS: dict[str, dict[str, Any]] = {
    'http.response.pathsend': {},
    'http.response.zerocopysend': {},
    'http.response.early_hint': {},
    'http.response.trailers': {},
}
WEBSOCKET_EXTENSIONS: dict[str, dict[str, Any]] = {'websocket.http.response': {}}
DEBUG_EXTENSION = 'http.response.debug'
"""Offered in development alone: it is for tests, and servers should not have it (ASGI extensions, "Debug")."""

_METHODS = {name.encode(): name for name in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')}

_clients: dict[bytes, tuple[str, int]] = {}
"""Those seen last: a connection carries many requests, and a number in digits takes long to read."""


def _learn_client(text: bytes) -> tuple[str, int]:
    if len(_clients) >= CLIENTS_MAX:
        _clients.clear()
    address, _, port = text.decode('latin-1').rpartition(' ')
    client = _clients[text] = (address, int(port or 0))
    return client


class Block:
    """A block part: what the requests that have it share."""

    __slots__ = ('extensions', 'fields', 'root_path', 'scope')

    def __init__(self, parts: list[bytes], root_path: str, extensions: dict[str, dict[str, Any]]) -> None:
        self.root_path = root_path
        self.extensions = extensions
        self.fields: Fields = list(zip(parts[PER_BLOCK_COUNT::2], parts[PER_BLOCK_COUNT + 1 :: 2]))
        # The keys of each request have their place already: setting them never makes a copied dict grow.
        self.scope: Scope = {
            'type': 'http',
            'asgi': ASGI,
            'http_version': parts[VERSION].decode('latin-1'),
            'server': _server(parts[SERVER_NAME], parts[SERVER_PORT]),
            'client': None,
            'scheme': parts[SCHEME].decode('latin-1'),
            'method': '',
            # The application is mounted below what a proxy in front has taken away.
            'root_path': root_path + parts[SCRIPT_NAME].decode('utf-8', 'replace'),
            'path': '',
            'raw_path': b'',
            'query_string': b'',
            'headers': self.fields,
            'extensions': extensions,
            'state': {},
        }

    def http_scope(self, parts: list[bytes], state: Scope) -> Scope:
        """`parts`: those of the request part. Nothing that an application may change is shared with another request."""
        if len(parts) == PER_REQUEST_COUNT:
            method, raw_path, query, client, request_id = parts
            fields = [*self.fields, (b'x-request-id', request_id)]
        else:
            method, raw_path, query, client, request_id = parts[:PER_REQUEST_COUNT]
            fields = self.fields.copy()
            for at in range(PER_REQUEST_COUNT, len(parts), 3):
                fields.insert(int(parts[at]), (parts[at + 1], parts[at + 2]))
            fields.append((b'x-request-id', request_id))
        scope = self.scope.copy()
        scope['asgi'] = ASGI.copy()
        scope['extensions'] = self.extensions.copy()
        scope['state'] = state.copy()
        scope['method'] = 'GET' if method == b'GET' else _METHODS.get(method) or method.decode('latin-1')
        scope['raw_path'] = raw_path
        scope['query_string'] = query
        if client:
            scope['client'] = _clients.get(client) or _learn_client(client)
        scope['headers'] = fields
        try:
            path = (unquote_to_bytes(raw_path) if PERCENT in raw_path else raw_path).decode()
        except UnicodeDecodeError:
            path = unquote_to_bytes(raw_path).decode('utf-8', 'replace')
        # The path has the root path in front, which the proxy that it is for has taken away (ASGI specification, "WSGI Compatibility").
        scope['path'] = self.root_path + path if self.root_path else path
        return scope

    def websocket_scope(self, parts: list[bytes], state: Scope) -> Scope:
        scope = self.http_scope(parts, state)
        del scope['method']
        scope['type'] = 'websocket'
        scope['scheme'] = 'wss' if scope['scheme'] == 'https' else 'ws'
        scope['extensions'] = _websocket_extensions(scope['extensions'])
        offered = [value for name, value in scope['headers'] if name == b'sec-websocket-protocol']
        names = (name.strip() for name in b','.join(offered).decode('latin-1').split(','))
        scope['subprotocols'] = [name for name in names if name]
        return scope


class TlsBlock(Block):
    """A block part that came over TLS. A class of its own, so that requests without it need not ask."""

    __slots__ = ('tls',)

    def __init__(
        self, parts: list[bytes], root_path: str, extensions: dict[str, dict[str, Any]], server_certificate: str
    ) -> None:
        super().__init__(parts, root_path, extensions)
        self.tls = read_tls(parts[TLS], server_certificate)

    def http_scope(self, parts: list[bytes], state: Scope) -> Scope:
        scope = super().http_scope(parts, state)
        scope['extensions']['tls'] = copy_tls(self.tls)
        return scope


class Blocks:
    """Block parts seen before."""

    def __init__(self, root_path: str, development: bool, server_certificate: str = '') -> None:
        self._root_path = root_path
        self._server_certificate = server_certificate
        self._extensions = {**HTTP_EXTENSIONS, **({DEBUG_EXTENSION: {}} if development else {})}
        self.remembered: dict[bytes, Block] = {}

    def find(self, block: bytes) -> Block:
        """Raises lanes.Fault if these bytes are no block part."""
        return self.remembered.get(block) or self._learn(block)

    def _learn(self, block: bytes) -> Block:
        learned = self._read(block)
        if len(block) <= REMEMBERED_BYTES_MAX:
            if len(self.remembered) >= REMEMBERED_MAX:
                self.remembered.clear()
            self.remembered[block] = learned
        return learned

    def _read(self, block: bytes) -> Block:
        parts = block.split(b'\0')
        if len(parts) < PER_BLOCK_COUNT:
            raise lanes.Fault('lanes.request-head')
        if parts[TLS]:
            return TlsBlock(parts, self._root_path, self._extensions, self._server_certificate)
        return Block(parts, self._root_path, self._extensions)


def _websocket_extensions(of_http: dict[str, Any]) -> dict[str, Any]:
    extensions = WEBSOCKET_EXTENSIONS.copy()
    if 'tls' in of_http:
        extensions['tls'] = of_http['tls']
    return extensions


def _server(name: bytes, port: bytes) -> tuple[str, int | None]:
    return name.decode('utf-8', 'surrogateescape'), int(port) if port else None
