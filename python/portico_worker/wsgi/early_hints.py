"""`wsgi.early_hints`, as gunicorn's applications find it in their environ: fields of a 103 (RFC 8297), sent while the application still works on the
response.

It is one function for all requests, so that none pays for it: whose request it is called in is seen by the frames that it is called from.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from types import FrameType
from typing import Union

from portico_worker import lanes
from portico_worker.field_grammar import FIELD_VALUE, TOKEN

from .conversation import BEGUN, Conversation

HINTED_BYTES_MAX = 64 * 1024
"""Bytes of all hints for one request: more would fill the edge's memory, because nothing holds up a worker that sends them to a slow client."""

_RUN = Conversation.run.__code__
_is_name = re.compile(TOKEN).fullmatch
_is_value = re.compile(FIELD_VALUE).fullmatch

Text = Union[str, bytes]


def early_hints(headers: Iterable[tuple[Text, Text]]) -> None:
    """Has no effect once the response has begun, and outside of the thread of a request. Raises ValueError for what is no field."""
    texts = [text if isinstance(text, str) else text.decode('latin-1') for pair in headers for text in pair]
    for name, value in zip(texts[::2], texts[1::2]):
        if _is_name(name) is None or _is_value(value) is None:
            raise ValueError(f'{name!r} is no field that can be sent, or its value is none')
    conversation = _running(sys._getframe(1))
    if conversation is None or conversation.lane is None or conversation.head is BEGUN or not texts:
        return
    payload = '\0'.join(texts).encode('latin-1')
    hinted = getattr(conversation, 'hinted', 0) + len(payload)
    if hinted <= HINTED_BYTES_MAX:
        conversation.__dict__['hinted'] = hinted
        conversation.lane.send(lanes.render(lanes.HINTS, conversation.word >> 8, payload))


def _running(frame: FrameType | None) -> Conversation | None:
    while frame is not None:
        if frame.f_code is _RUN:
            found: Conversation = frame.f_locals['self']
            return found
        frame = frame.f_back
    return None
