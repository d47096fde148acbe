"""The environ of a request, from the two texts that the edge sends (docs/lanes.md, "The head of a request to WSGI").

What repeats between requests comes in the block part; a bounded memo turns its bytes into a ready dict that is copied.
"""

from __future__ import annotations

import io
from typing import Any

from portico_worker import report
from portico_worker.lanes import FLAG_BODY, FLAG_BODY_IN_FILE, FLAG_TUNNEL

from .body import EmptyInput, open_body

Environ = dict[str, Any]

REMEMBERED_MAX = 256
REMEMBERED_BYTES_MAX = 4096

PER_REQUEST = (
    'REQUEST_METHOD',
    'PATH_INFO',
    'QUERY_STRING',
    'RAW_URI',
    'REMOTE_ADDR',
    'REMOTE_PORT',
    'HTTP_X_REQUEST_ID',
)
"""The values of the request part, in this order; pairs follow."""
PER_REQUEST_COUNT = 7

CLOSED_MIN = 64 * 1024
"""Bytes of a body whose memory is given back when the request is over. To do it for each small one would cost more than they hold."""

_KNOWN = {
    key: key
    for key in (
        *(
            'SERVER_NAME',
            'SERVER_PORT',
            'SERVER_PROTOCOL',
            'wsgi.url_scheme',
            'SCRIPT_NAME',
            'CONTENT_TYPE',
            'HTTP_HOST',
        ),
        *(
            'HTTP_USER_AGENT',
            'HTTP_ACCEPT',
            'HTTP_ACCEPT_LANGUAGE',
            'HTTP_ACCEPT_ENCODING',
            'HTTP_CONNECTION',
            'HTTP_REFERER',
        ),
        *(
            'HTTP_ORIGIN',
            'HTTP_CACHE_CONTROL',
            'HTTP_PRAGMA',
            'HTTP_UPGRADE_INSECURE_REQUESTS',
            'HTTP_DNT',
            'HTTP_SEC_FETCH_SITE',
        ),
        *(
            'HTTP_SEC_FETCH_MODE',
            'HTTP_SEC_FETCH_DEST',
            'HTTP_SEC_FETCH_USER',
            'HTTP_SEC_CH_UA',
            'HTTP_SEC_CH_UA_MOBILE',
        ),
        *(
            'HTTP_SEC_CH_UA_PLATFORM',
            'HTTP_IF_NONE_MATCH',
            'HTTP_IF_MODIFIED_SINCE',
            'HTTP_X_FORWARDED_FOR',
            'HTTP_X_FORWARDED_PROTO',
        ),
        *('HTTP_X_FORWARDED_HOST', 'HTTP_X_REQUESTED_WITH', 'HTTP_RANGE', 'HTTP_TE', 'HTTP_PRIORITY'),
        *('HTTPS', 'SSL_PROTOCOL', 'SSL_CIPHER', 'SSL_CLIENT_VERIFY'),
        *('SSL_CLIENT_S_DN', 'SSL_CLIENT_I_DN', 'SSL_CLIENT_CERT'),
    )
}
"""The very strings that applications' literals are, so that a look-up compares pointers. (sys.intern would keep what clients make up.)"""


class Environs:
    """Block parts seen before, each with the environ to copy."""

    def __init__(self, base: Environ) -> None:
        # The dict has the keys of the request part already, so that setting them never makes a copy of it grow.
        self._base = {**base, **dict.fromkeys((*PER_REQUEST, 'REQUEST_URI'), ''), 'wsgi.input': EmptyInput()}
        self.remembered: dict[bytes, Environ] = {}

    def find(self, block: bytes) -> Environ:
        """The environ to copy for a block part."""
        return self.remembered.get(block) or self._learn(block)

    def _learn(self, block: bytes) -> Environ:
        parts = block.decode('latin-1').split('\0') if block else []
        environ = dict(self._base)
        known = _KNOWN.get
        for key, value in zip(parts[::2], parts[1::2]):
            environ[known(key, key)] = value
        if 'SCRIPT_NAME' in parts[::2]:
            # The application is mounted below what a proxy in front has taken away.
            environ['SCRIPT_NAME'] = self._base['SCRIPT_NAME'] + environ['SCRIPT_NAME']
        if len(block) <= REMEMBERED_BYTES_MAX:
            if len(self.remembered) >= REMEMBERED_MAX:
                self.remembered.clear()
            self.remembered[block] = environ
        return environ


def describe(request: list[str]) -> report.Request:
    """The request as an entry of the log names it, from the texts of its request part."""
    return report.describe(request[6], request[0], request[3].partition('?')[0] or request[1])


def add_rest(environ: Environ, request: list[str], flags: int, body: bytes) -> bool:
    """Adds what few requests have: further pairs, and a body. Returns whether the request needs a conversation of a kind of
    its own: it may take over the connection, or its input is to be closed."""
    for at in range(PER_REQUEST_COUNT, len(request), 2):
        environ[request[at]] = request[at + 1]
    del request[PER_REQUEST_COUNT:]
    if flags & FLAG_BODY_IN_FILE:
        path, descriptor = environ.pop('portico.body_file'), environ.pop('portico.body_descriptor', '')
        environ['wsgi.input'] = open_body(path.encode('latin-1'), descriptor.encode('latin-1'))
        return True
    if flags & FLAG_BODY:
        environ['wsgi.input'] = io.BytesIO(body)
        return len(body) >= CLOSED_MIN
    return flags == FLAG_TUNNEL
