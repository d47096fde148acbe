"""The head of a response, as an application gives it to send(): checked, and rendered for the lane.

The faults are the application's and are raised in it, where its author sees them (ASGI specification, "Error Handling").
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from portico_worker.field_grammar import FIELD_VALUE, TOKEN
from portico_worker.lanes import BODY_MAX, PAYLOAD_MAX

Head = tuple[bytes, int, bool]
"""`u32 size`, then the text of docs/lanes.md; the declared Content-Length, or -1; and whether its status has no body."""
Pair = tuple[bytes, bytes]

BODILESS = frozenset((204, 205, 304))
"""RFC 9110 15.3.5, 15.3.6, 15.4.5."""

NAMING_A_FILE = (b'x-accel-redirect', b'x-sendfile')

HEAD_MAX = PAYLOAD_MAX - BODY_MAX - 4
"""Bytes of a head. The first piece of the body is in the same frame, and by a frame that is too long the lane is lost,
with all that runs on it."""
REMEMBERED_MAX = 256
REMEMBERED_BYTES_MAX = 2048

_NAME, _VALUE = TOKEN.encode('ascii'), FIELD_VALUE.encode('ascii')
_is_name = re.compile(_NAME).fullmatch
_is_value = re.compile(_VALUE).fullmatch
_is_length = re.compile(rb'[0-9]{1,15}').fullmatch
_are_fields = re.compile(b'(?:\\0' + _NAME + b'\\0' + _VALUE + b')*').fullmatch

remembered: dict[tuple[int, tuple[Any, ...]], Head] = {}
"""Heads seen before, because most responses of a site repeat a few. Bounded; a head with a cookie for one client is not
kept."""


def find_head(status: object, headers: Any) -> Head:
    """Raises TypeError or ValueError with the reason if an application may not send this."""
    if type(status) is not int:
        status = _check_status(status)
    try:
        pairs = tuple(headers)
    except TypeError:
        raise TypeError(f'the headers must be an iterable of pairs, not {type(headers).__name__}') from None
    try:
        return remembered[status, pairs]
    except (KeyError, TypeError):
        return _render_head(status, pairs)


def _check_status(status: object) -> int:
    if not isinstance(status, int) or isinstance(status, bool):
        raise TypeError(f'the status must be an int, not {status!r}')
    return int(status)


def _render_head(status: int, items: tuple[Any, ...]) -> Head:
    if not 200 <= status <= 999:
        raise ValueError(f'the status must be from 200 to 999, not {status}')
    pairs = read_pairs(items)
    text = b'%d%s' % (status, _render(pairs))
    if len(text) > HEAD_MAX:
        raise ValueError(f'the fields of the response have {len(text)} bytes; {HEAD_MAX} is the most')
    head = len(text).to_bytes(4, 'little') + text, _content_length(pairs), status in BODILESS
    if len(text) <= REMEMBERED_BYTES_MAX and b'\0set-cookie\0' not in text.lower():
        if len(remembered) >= REMEMBERED_MAX:
            remembered.clear()
        remembered[status, tuple(pairs)] = head
    return head


def render_fields(headers: Any) -> bytes:
    """Name, value, name, value …, joined by NUL: of trailers, hints, or the answer to a handshake."""
    try:
        items = tuple(headers)
    except TypeError:
        raise TypeError(f'the headers must be an iterable of pairs, not {type(headers).__name__}') from None
    text = _render(read_pairs(items))[1:]
    if len(text) > PAYLOAD_MAX // 2:
        raise ValueError(f'the fields have {len(text)} bytes; {PAYLOAD_MAX // 2} is the most')
    return text


def read_pairs(items: tuple[Any, ...]) -> list[Pair]:
    """Any iterables of two byte strings, as the specification has it."""
    pairs = []
    for item in items:
        try:
            name, value = item
        except (TypeError, ValueError):
            raise TypeError(f'a header must be a pair of name and value, not {item!r}') from None
        if not isinstance(name, bytes) or not isinstance(value, bytes):
            raise TypeError(f'name and value of a header must be bytes, not {item!r}')
        pairs.append((name, value))
    return pairs


def _render(pairs: list[Pair]) -> bytes:
    text = b'\0'.join(chain((b'',), chain.from_iterable(pairs)))
    # One match over the whole text; a NUL inside a value could still pass for the border of another.
    if _are_fields(text) is None or text.count(b'\0') != 2 * len(pairs):
        raise ValueError(_fault(pairs))
    return text


def _fault(pairs: list[Pair]) -> str:
    for name, value in pairs:
        if _is_name(name) is None:
            return f'the header name {name!r} is not a token (RFC 9110 5.1)'
        if _is_value(value) is None:
            return f'the value of the header {name!r} has a control character: {value!r}'
    return 'malformed headers'


def _content_length(pairs: list[Pair]) -> int:
    values = [value for name, value in pairs if len(name) == 14 and name.lower() == b'content-length']
    if not values:
        return -1
    if len(values) > 1 or _is_length(values[0]) is None:
        raise ValueError(f'Content-Length must be one number, not {values if len(values) > 1 else values[0]!r}')
    if any(name.lower() in NAMING_A_FILE for name, _ in pairs):
        return -1  # What was declared is the length of the file, which the edge sends, or who is in front of it.
    return int(values[0])
