"""What the worker itself writes to the log: one entry at a time, nothing unescaped that a client could have sent.

The log pipe is also what the application prints to. So that the supervisor can tell the two apart, each line of an entry begins with a mark that
it has chosen, which no client can know (docs/control.md). Lines leave in writes that the kernel takes whole (PIPE_BUF), so entries of several
threads never stand inside one another's lines.
"""

from __future__ import annotations

import itertools
import json
import os
import select
from collections.abc import Iterator
from typing import Callable, NamedTuple

from . import tracebacks
from .failures import Answered

ENTRY_MAX = 64 * 1024
"""Characters; a traceback through a thousand frames of different code is cut in the middle."""
PATH_MAX = 300
SUMMARY_MAX = 500
WHOLE_MAX: int = min(getattr(select, 'PIPE_BUF', 512), 4096)
"""Bytes that a pipe takes in one piece or not at all (POSIX)."""
PIECE_MAX = WHOLE_MAX - 128
"""Bytes of a line; a longer one is sent in pieces. The rest is for what stands before it."""

ROOM_MS = 5000
"""A supervisor that has read nothing for so long is stopped or gone."""

RECORD = b'\x1e'
MORE, LAST, PIECE = b'+', b'.', b'-'
"""What follows a line of an entry: another line, nothing, or the rest of the line."""


Render = Callable[[BaseException], str]


class _Log:
    descriptor = 2
    mark = b''
    numbers = itertools.count()
    render_page: tuple[Render, ...] = ()
    """One, or none."""


class Request(NamedTuple):
    """A request as an entry names it."""

    id: str
    method: str
    path: str

    def __str__(self) -> str:
        return f'request {self.id} {self.method} {self.path}'


def write_to(descriptor: int) -> None:
    """From now on entries go here: a duplicate that survives an application which closes its standard streams."""
    _Log.descriptor = descriptor


def mark_with(mark: str) -> None:
    """From now on entries carry the supervisor's mark."""
    _Log.mark = mark.encode('ascii')


def descriptor() -> int:
    return _Log.descriptor


def log(text: str, level: str = 'error', about: Request | None = None) -> None:
    """Level: 'debug', 'info', 'warning' or 'error'. Text: what happened in one line, and behind it, if there is more, a traceback."""
    text = text if about is None else f'{about}: {text}'
    if _Log.mark:
        for chunk in _chunks(_marked(text, level, about)):
            _write(chunk)
    else:
        _write((text + '\n').encode('utf-8', 'backslashreplace'))


def _marked(text: str, level: str, about: Request | None) -> Iterator[bytes]:
    """The lines of an entry, each in pieces of bounded length. The first tells what those behind it are."""
    number = f'{os.getpid():x}:{next(_Log.numbers):x}'.encode('ascii')
    before = RECORD + _Log.mark + b' ' + number
    facts = (
        {'level': level}
        if about is None
        else {'level': level, 'requestId': about.id, 'method': about.method, 'path': about.path}
    )
    yield before + MORE + json.dumps(facts).encode('ascii') + b'\n'
    *lines, last = text.encode('utf-8', 'backslashreplace').split(b'\n')
    for line, end in (*((line, MORE) for line in lines), (last, LAST)):
        for at in range(0, len(line) - PIECE_MAX, PIECE_MAX):
            yield before + PIECE + line[at : at + PIECE_MAX] + b'\n'
        yield before + end + line[max(0, len(line) - 1) // PIECE_MAX * PIECE_MAX :] + b'\n'


def _chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    chunk = b''
    for line in lines:
        if chunk and len(chunk) + len(line) > WHOLE_MAX:
            yield chunk
            chunk = b''
        chunk += line
    yield chunk


def _write(data: bytes) -> None:
    try:
        while data:
            try:
                data = data[os.write(_Log.descriptor, data) :]
            except BlockingIOError:
                if not _has_room():
                    return
    except OSError:
        pass  # Nobody reads the log any more; there is nowhere left to say so.


def _has_room() -> bool:
    """Where the application, or a program that has its standard error, has made the pipe non-blocking for all who write to it."""
    waiting = select.poll()
    waiting.register(_Log.descriptor, select.POLLOUT)
    return bool(waiting.poll(ROOM_MS))


def describe(request_id: str, method: str, path: str) -> Request:
    """A request as an entry names it; without the query, which may hold secrets."""
    if len(path) > PATH_MAX:
        path = path[:PATH_MAX] + '…'
    return Request(_ascii(request_id), _ascii(method), _ascii(path))


def _ascii(text: str) -> str:
    return ascii(text)[1:-1]


def summary(error: BaseException) -> str:
    """The exception in one line; one of syntax with its file and line at the end."""
    try:
        text = tracebacks.naming(error)[:SUMMARY_MAX] + tracebacks.place(error)[:SUMMARY_MAX]
        return _printable(text.replace('\n', ' '))
    except BaseException:
        return type(error).__name__


def format_error(error: BaseException) -> str:
    """The traceback of the application, bounded; never raises, whatever the exception's methods do."""
    try:
        text = _printable(tracebacks.cut(tracebacks.render(error), 2 * ENTRY_MAX)).rstrip('\n')
    except BaseException as second:
        text = f'{type(error).__name__} (its traceback cannot be shown: {type(second).__name__})'
    return tracebacks.cut(text, ENTRY_MAX)


def quote(text: str) -> str:
    """What an application has said, bounded, as a part of an entry."""
    return _printable(text[:ENTRY_MAX].strip()).replace('\n', '\n    ')


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return ''.join(c if c.isprintable() or c in '\n\t' else c.encode('unicode_escape').decode('ascii') for c in text)


def show_pages(render: Render) -> None:
    """From now on `failure` returns what a developer's browser is to show."""
    _Log.render_page = (render,)


def page_of(error: BaseException) -> str:
    """'' where no developer looks."""
    return _Log.render_page[0](error) if _Log.render_page else ''


def failure(what: str, error: BaseException, about: Request | None = None) -> str:
    """Logs an exception of the application, `what` being what has failed, if more than the request is to be said; returns the traceback."""
    is_logged = isinstance(error, Answered) and error.is_logged
    if isinstance(error, Answered):
        error = error.error
    text, line = format_error(error), summary(error)
    said = f'{line}{what and " " + what}' if about else f'{what}: {line}'
    # An exception that no frame of the application's has raised is all said in one line.
    log(said if text == line or is_logged else f'{said}\n{text}', about=about)
    return page_of(error) or text
