"""What the words of gunicorn's access_log_format stand for."""

from __future__ import annotations

import base64
import binascii
import os
from datetime import timedelta
from typing import Any


class SafeAtoms(dict[str, Any]):
    """A format may name what a request has not: that is '-'. Names in braces are those of fields, in any case."""

    def __init__(self, atoms: dict[str, Any]) -> None:
        super().__init__(
            {key: value.replace('"', '\\"') if isinstance(value, str) else value for key, value in atoms.items()}
        )

    def __getitem__(self, key: str) -> Any:
        return self.get(key.lower() if key.startswith('{') else key, '-')


def atoms_of(resp: Any, req: Any, environ: dict[str, Any], took: timedelta, now: str) -> dict[str, Any]:
    status, sent, get = resp.status, getattr(resp, 'sent', None), environ.get
    method, protocol = get('REQUEST_METHOD'), get('SERVER_PROTOCOL')
    microseconds = took.seconds * 1_000_000 + took.microseconds
    return {
        'h': get('REMOTE_ADDR', '-'),
        'l': '-',
        'u': _user(get('HTTP_AUTHORIZATION')) or '-',
        't': now,
        'r': f'{method} {get("RAW_URI")} {protocol}',
        's': status.split(None, 1)[0] if isinstance(status, str) else status,
        'm': method,
        'U': get('PATH_INFO'),
        'q': get('QUERY_STRING'),
        'H': protocol,
        'b': '-' if sent is None else str(sent),
        'B': sent,
        'f': get('HTTP_REFERER', '-'),
        'a': get('HTTP_USER_AGENT', '-'),
        'T': took.seconds,
        'D': microseconds,
        'M': microseconds // 1000,
        'L': f'{took.seconds}.{took.microseconds:06d}',
        'p': f'<{os.getpid()}>',
        **{f'{{{name.lower()}}}i': value for name, value in _pairs(getattr(req, 'headers', req))},
        **{f'{{{name.lower()}}}o': value for name, value in _pairs(resp.headers)},
        **{f'{{{name.lower()}}}e': value for name, value in environ.items()},
    }


def _pairs(fields: Any) -> Any:
    return fields.items() if hasattr(fields, 'items') else fields


def _user(authorization: str | None) -> str | None:
    scheme, _, rest = (authorization or '').partition(' ')
    if scheme.lower() != 'basic':
        return None
    try:
        return base64.b64decode(rest.strip().encode('utf-8')).split(b':', 1)[0].decode('utf-8')
    except (TypeError, binascii.Error, UnicodeDecodeError):
        return None
