"""The frames of docs/lanes.md: bytes to frames and back, no I/O.

A frame is `u32 size | u8 type | u24 stream`, little-endian, then `size` bytes. The vectors in tests/vectors/lanes are
shared with src/protocol/lanes.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, Callable, NamedTuple

REQUEST, BODY, BODY_END, ABORT, RECALL, CREDIT, DRAIN, FILE_OPENED, FILE_REFUSED, PING, CLIENT_END = range(1, 12)
WS_TEXT, WS_BINARY, WS_MORE, WS_CLOSE, WS_LARGE = range(16, 21)
"""Frames of the edge; where the worker has one of the same name, that begins with WORKER_."""

HELLO, RESPONSE, RESPONSE_WHOLE, DATA, END, FAILED, FILE, RECALLED = range(128, 136)
HINTS, TRAILERS, WORKER_CREDIT, PONG = range(136, 140)
WS_ACCEPT, WORKER_WS_TEXT, WORKER_WS_BINARY, WORKER_WS_MORE, WORKER_WS_CLOSE, WS_WANTED = range(144, 150)
"""From the worker."""

FLAG_BODY_IN_FILE, FLAG_BODY, FLAG_MORE, FLAG_WEBSOCKET, FLAG_EXPECT, FLAG_TUNNEL = 1, 2, 4, 8, 16, 32
"""Flags of REQUEST."""

WHOLE = RESPONSE_WHOLE - REQUEST
"""Added to the second word of a request's header, it makes that of its answer's."""

PAYLOAD_MAX = 1 << 20
REQUEST_MAX = (2 << 20) + (256 << 10)
"""The longest payload of a REQUEST: a body of 2 MiB, and its head."""
BODY_MAX = 256 * 1024
CREDIT_BYTES = 256 * 1024
"""What each side of a concurrent lane may send on a stream before it is given credit."""
PIECE_COST_BYTES = 64
"""Credit that each frame of a body and each message of a WebSocket costs beside its payload: a piece of one byte takes
about this much memory and time."""

BLOCK_SLOTS = 255
"""The slots in which block parts are kept, on a concurrent lane for ASGI."""
BLOCK_NOT_KEPT = BLOCK_SLOTS << 24
"""A block part is not kept if its word is not below this."""

HEADER = Struct('<II')
REQUEST_HEAD = Struct('<IIIII')
"""Header and the three words that a REQUEST begins with, read in one call: size, word, flags, request size, block size."""
FILE_HEAD = Struct('<QQQQ')

RequestHead = tuple[int, int, int, int, int]


class Fault(Exception):
    """The peer broke the rules of the lane; it is to be closed. The text is a stable code."""


class Frame(NamedTuple):
    type: int
    stream: int
    payload: bytes


class Request(NamedTuple):
    flags: int
    request: bytes
    block: bytes
    body: bytes


def render(kind: int, stream: int, payload: bytes = b'') -> bytes:
    return HEADER.pack(len(payload), kind | stream << 8) + payload


def render_words(kind: int, stream: int, *words: int) -> bytes:
    return render(kind, stream, Struct(f'<{len(words)}I').pack(*words))


def render_file(stream: int, offset: int, length: int, device: int, inode: int, path: bytes) -> bytes:
    return render(FILE, stream, FILE_HEAD.pack(offset, length, device, inode) + path)


def scan_requests(data: bytes, position: int, append: Callable[[Any], None]) -> int:
    """Appends the head of each whole REQUEST that follows the last; returns where the first other or unfinished frame begins.

    The heads carry no position: requests lie one behind the other, so that whoever takes them in order knows where each is.
    """
    unpack, last = REQUEST_HEAD.unpack_from, len(data) - REQUEST_HEAD.size
    while position <= last:
        head = unpack(data, position)
        end = position + 8 + head[0]
        if head[1] & 0xFF != REQUEST or end > last + 20 or head[0] > REQUEST_MAX or head[0] < 12:
            break
        append(head)
        position = end
    return position


def frame_at(data: bytes, position: int) -> Frame | None:
    """The frame that begins here, or None if more bytes are needed."""
    if len(data) - position < HEADER.size:
        return None
    size, word = HEADER.unpack_from(data, position)
    if size > (REQUEST_MAX if word & 0xFF == REQUEST else PAYLOAD_MAX):
        raise Fault('lanes.payload-size')
    start = position + HEADER.size
    if len(data) - start < size:
        return None
    return Frame(word & 0xFF, word >> 8, data[start : start + size])


def missing(data: bytes, least: int) -> int:
    """How many bytes to ask for when `data` begins a frame that is not whole."""
    if len(data) < HEADER.size:
        return least
    size: int = HEADER.unpack_from(data)[0]
    return max(least, HEADER.size + min(size, REQUEST_MAX) - len(data))


def read_request(payload: bytes) -> Request:
    if len(payload) < 12:
        raise Fault('lanes.request-head')
    flags, request_size, block_size = Struct('<III').unpack_from(payload)
    block_start = 12 + request_size
    body_start = block_start + block_size
    if body_start > len(payload):
        raise Fault('lanes.request-head')
    return Request(flags, payload[12:block_start], payload[block_start:body_start], payload[body_start:])


def read_words(payload: bytes) -> tuple[int, ...]:
    if len(payload) % 4:
        raise Fault('lanes.words')
    return Struct(f'<{len(payload) // 4}I').unpack(payload)


class FrameReader:
    """Cuts bytes into frames, for lanes where speed does not matter."""

    def __init__(self) -> None:
        self._rest = b''

    def feed(self, data: bytes) -> list[Frame]:
        data, position, frames = self._rest + data, 0, []
        while True:
            frame = frame_at(data, position)
            if frame is None:
                break
            frames.append(frame)
            position += HEADER.size + len(frame.payload)
        self._rest = data[position:]
        return frames
