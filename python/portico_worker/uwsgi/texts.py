"""Text and bytes as uWSGI's functions take them: either, text being UTF-8."""

from __future__ import annotations

import os
from typing import Union

Octets = Union[bytes, str, bytearray, memoryview]


def octets(value: Octets) -> bytes:
    if isinstance(value, str):
        return value.encode('utf-8', 'surrogateescape')
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f'text or bytes are wanted, not {type(value).__name__}')


def path_text(value: Octets) -> str:
    return os.fsdecode(octets(value))
