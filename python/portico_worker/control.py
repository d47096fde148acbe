"""The messages of docs/control.md: one JSON object a line; no I/O."""

from __future__ import annotations

import json
from typing import Any

Message = dict[str, Any]

LINE_MAX = 1 << 20
"""Bytes; a longer line is a fault of the peer. `start` with a long list of sockets has some kilobytes."""


def render(message: Message) -> bytes:
    # ASCII, so that names with surrogates (paths that are not UTF-8) survive the way.
    return json.dumps(message, separators=(',', ':')).encode('ascii') + b'\n'


class Lines:
    """Cuts bytes into messages."""

    def __init__(self) -> None:
        self._rest = b''

    def feed(self, data: bytes) -> list[Message]:
        """Raises ValueError if the peer does not speak this language."""
        *lines, self._rest = (self._rest + data).split(b'\n')
        if len(self._rest) > LINE_MAX:
            raise ValueError('line too long')
        return [_read(line) for line in lines if line]


def _read(line: bytes) -> Message:
    value = json.loads(line)
    if not isinstance(value, dict) or not isinstance(value.get('kind'), str):
        raise ValueError('not a message')
    return value
