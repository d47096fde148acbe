"""`req` and `resp` of the hooks, made of the environ and of what the application answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

Environ = dict[str, Any]

_OF_CONTENT = {'CONTENT_TYPE': 'CONTENT-TYPE', 'CONTENT_LENGTH': 'CONTENT-LENGTH'}


class Request:
    """A request, before the application gets it. What `pre_request` changes in it, the application gets."""

    unreader = None
    fragment = ''
    must_close = False
    proxy_protocol_info: dict[str, Any] | None = None
    req_number = 1

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self.method: str = environ['REQUEST_METHOD']
        self.uri: str = environ['RAW_URI']
        self.query: str = environ['QUERY_STRING']
        self.path: str = self.uri.partition('?')[0]
        if not self.path.startswith('/'):
            # The absolute form, or *.
            self.path = urlsplit(self.uri).path
        self.scheme: str = environ['wsgi.url_scheme']
        self.version = _version(environ.get('SERVER_PROTOCOL', ''))
        self.body: Any = environ.get('wsgi.input')
        self.trailers: list[tuple[str, str]] = []
        self.headers = _headers(environ)
        self._first = (self.method, self.query, self.path, self.scheme, list(self.headers))

    @property
    def peer_addr(self) -> Any:
        address, port = self._environ.get('REMOTE_ADDR', ''), self._environ.get('REMOTE_PORT', '')
        return (address, int(port)) if port else address

    remote_addr = peer_addr

    def should_close(self) -> bool:
        return self.must_close

    def force_close(self) -> None:
        self.must_close = True

    def settle(self) -> None:
        """`pre_request` has been called: what it has changed gets to be the application's."""
        environ = self._environ
        method, query, path, scheme, headers = self._first
        if self.headers != headers:
            for name, _ in headers:
                environ.pop(_variable(name), None)
            for name, value in self.headers:
                key = _variable(name)
                environ[key] = f'{environ[key]},{value}' if key in environ else value
        if self.path != path:
            prefix = environ.get('SCRIPT_NAME', '')
            own = self.path[len(prefix) :] if prefix and self.path.startswith(prefix) else self.path
            environ['PATH_INFO'] = unquote_to_bytes(own).decode('latin-1')
        for key, value, first in (
            ('REQUEST_METHOD', self.method, method),
            ('QUERY_STRING', self.query, query),
            ('wsgi.url_scheme', self.scheme, scheme),
        ):
            if value != first:
                environ[key] = value


def _version(protocol: str) -> tuple[int, int]:
    major, _, minor = protocol.rpartition('/')[2].partition('.')
    return (int(major), int(minor or 0)) if major.isdigit() else (1, 1)


def _headers(environ: Environ) -> list[tuple[str, str]]:
    found = [(name, environ[key]) for key, name in _OF_CONTENT.items() if key in environ]
    named = (key for key in environ if key.startswith('HTTP_'))
    return [*((key[5:].replace('_', '-'), environ[key]) for key in named), *found]


def _variable(name: str) -> str:
    key = name.upper().replace('-', '_')
    return key if key in _OF_CONTENT else f'HTTP_{key}'


class Response:
    """A response, after the application has given it."""

    version = 'portico'
    chunked = False
    must_close = False
    upgrade = False
    sock = None
    response_length: int | None = None

    def __init__(self, req: Any, cfg: Any) -> None:
        self.req = req
        self.cfg = cfg
        self.status: Any = None
        self.status_code: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.headers_sent = False
        self.sent = 0

    def begin(self, status: Any, headers: Any) -> None:
        code = str(status).split(None, 1)[0] if status else ''
        self.status = status
        self.status_code = int(code) if code.isdigit() else None
        self.headers = list(headers)
        length = [value for name, value in self.headers if name.lower() == 'content-length']
        self.response_length = int(length[0]) if length and length[0].isdigit() else None
        self.chunked = self.response_length is None and self.status_code not in (204, 304)

    def force_close(self) -> None:
        self.must_close = True

    def should_close(self) -> bool:
        return self.must_close
