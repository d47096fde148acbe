"""The head of a response, as an application gives it to start_response: checked, and rendered for the lane.

The faults are the application's and are raised in it, where its author sees them (PEP 3333, "The start_response() Callable").
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from portico_worker.field_grammar import FIELD_VALUE, TOKEN
from portico_worker.lanes import BODY_MAX, PAYLOAD_MAX

Fields = tuple[Any, ...]
Head = tuple[bytes, int]
"""`u32 size`, then the text of docs/lanes.md; and the declared Content-Length, or -1."""

NAMING_A_FILE = ('x-accel-redirect', 'x-sendfile')

HEAD_MAX = PAYLOAD_MAX - BODY_MAX - 4
"""Bytes of a head. The first piece of the body is in the same frame, and by a frame that is too long the lane is lost,
with all that runs on it."""
REMEMBERED_MAX = 256
REMEMBERED_BYTES_MAX = 2048

_STATUS = r'[2-9][0-9][0-9](?: [\t\x20-\x7e\x80-\xff]*)?'
_is_status = re.compile(_STATUS).fullmatch
_is_name = re.compile(TOKEN).fullmatch
_is_value = re.compile(FIELD_VALUE).fullmatch
_is_length = re.compile(r'[0-9]{1,15}').fullmatch
_is_head = re.compile(f'{_STATUS}(?:\\0{TOKEN}\\0{FIELD_VALUE})*').fullmatch

remembered: dict[tuple[str, Fields], Head] = {}
"""Heads seen before, because most responses of a site repeat a few. Bounded; a head with a cookie for one client is not
kept."""


def render_head(status: object, headers: object) -> Head:
    """Raises TypeError or ValueError with the reason if an application may not send this."""
    if not isinstance(status, str):
        raise TypeError(f'the status must be a str such as "200 OK", not {status!r}')
    if not isinstance(headers, (list, tuple)):
        raise TypeError(f'the headers must be a list of tuples, not {type(headers).__name__}')
    fields = tuple(headers)
    _check_types(fields)
    text = '\0'.join(chain((status,), chain.from_iterable(fields)))
    # One match over the whole text; a NUL inside a value could still pass for the border of another.
    if _is_head(text) is None or text.count('\0') != 2 * len(fields):
        raise ValueError(_fault(status, fields))
    if len(text) > HEAD_MAX:
        raise ValueError(f'the fields of the response have {len(text)} bytes; {HEAD_MAX} is the most')
    encoded = text.encode('latin-1')
    head = len(encoded).to_bytes(4, 'little') + encoded, _content_length(fields)
    if len(text) <= REMEMBERED_BYTES_MAX and '\0set-cookie\0' not in text.lower():
        if len(remembered) >= REMEMBERED_MAX:
            remembered.clear()
        remembered[status, fields] = head
    return head


def _check_types(fields: Fields) -> None:
    for field in fields:
        if not isinstance(field, tuple) or len(field) != 2:
            raise TypeError(f'a header must be a tuple (name, value), not {field!r}')
        if not isinstance(field[0], str) or not isinstance(field[1], str):
            raise TypeError(f'name and value of a header must be str, not {field!r}')


def _fault(status: str, fields: Fields) -> str:
    if _is_status(status) is None:
        return f'the status must be three digits from 200 to 999, a space and a reason without control characters, not {status!r}'
    for name, value in fields:
        if _is_name(name) is None:
            return f'the header name {name!r} is not a token (RFC 9110 5.1)'
        if _is_value(value) is None:
            return f'the value of the header {name} has a control character or one that is not latin-1: {value!r}'
    return f'malformed response head {status!r}'


def _content_length(fields: Fields) -> int:
    values = [value for name, value in fields if len(name) == 14 and name.lower() == 'content-length']
    if not values:
        return -1
    if len(values) > 1 or _is_length(values[0]) is None:
        raise ValueError(f'Content-Length must be one number, not {values if len(values) > 1 else values[0]!r}')
    if any(name.lower() in NAMING_A_FILE for name, _ in fields):
        return -1  # What was declared is the length of the file, which the edge sends, or who is in front of it.
    return int(values[0])
