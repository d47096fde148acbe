"""A REQUEST whose body is large and has not come whole: the rest of it is received into the very memory that the application reads from.

Collected in pieces and joined, 1 MB would be copied twice more.
"""

from __future__ import annotations

import io

from . import lanes

LARGE_MISSING = 32 * 1024
"""So much must be missing of a frame for it to be received in this way: below it, joining two pieces costs less."""


class LargeRequest:
    def __init__(self, head: lanes.RequestHead, start: bytes, body_at: int) -> None:
        self.head = head
        self.start = start[:body_at]
        """The bytes of the frame up to the body."""
        size = lanes.HEADER.size + head[0] - body_at
        # A BytesIO gives away its memory as bytes, without a copy (`getvalue`). It gets the size before it is filled.
        self._file = io.BytesIO()
        self._file.seek(size - 1)
        self._file.write(b'\0')
        self._view = self._file.getbuffer()
        self._filled = len(start) - body_at
        self._view[: self._filled] = start[body_at:]

    @property
    def room(self) -> memoryview:
        """Where the bytes that come next belong."""
        return self._view[self._filled :]

    def fill(self, count: int) -> bool:
        """So many bytes were received into `room`. Returns whether the request is whole."""
        self._filled += count
        return self.is_whole

    @property
    def is_whole(self) -> bool:
        return self._filled == len(self._view)

    def take_body(self) -> bytes:
        self._view.release()
        return self._file.getvalue()


def large_request(data: bytes) -> LargeRequest | None:
    """The large request that these bytes begin, if they do and hold all of its head."""
    if len(data) < lanes.REQUEST_HEAD.size:
        return None
    head: lanes.RequestHead = lanes.REQUEST_HEAD.unpack_from(data)
    size, word, flags, request_size, block_size = head
    body_at = lanes.REQUEST_HEAD.size + request_size + (block_size & 0xFFFFFF)
    is_large = lanes.HEADER.size + size - len(data) >= LARGE_MISSING and size <= lanes.REQUEST_MAX
    if word & 0xFF != lanes.REQUEST or not flags & lanes.FLAG_BODY or not is_large or body_at > len(data):
        return None
    return LargeRequest(head, data, body_at)
