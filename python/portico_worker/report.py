"""What the worker itself writes to the log: one entry, one write, nothing unescaped that a client could have sent."""

from __future__ import annotations

import os
import traceback

ENTRY_MAX = 64 * 1024
"""Characters; a traceback through a thousand frames of different code is cut in the middle."""
PATH_MAX = 300


class _Log:
    descriptor = 2


def write_to(descriptor: int) -> None:
    """From now on entries go here: a duplicate that survives an application which closes its standard streams."""
    _Log.descriptor = descriptor


def descriptor() -> int:
    return _Log.descriptor


def log(text: str) -> None:
    data = (text + '\n').encode('utf-8', 'backslashreplace')
    try:
        # One write, so that entries of threads do not mix; the rest only if a signal cut it short.
        while data:
            data = data[os.write(_Log.descriptor, data) :]
    except OSError:
        pass  # Nobody reads the log any more; there is nowhere left to say so.


def describe(request_id: str, method: str, path: str) -> str:
    """A request as an entry names it; without the query, which may hold secrets."""
    if len(path) > PATH_MAX:
        path = path[:PATH_MAX] + '…'
    return f'request {_ascii(request_id)} {_ascii(method)} {_ascii(path)}'


def _ascii(text: str) -> str:
    return ascii(text)[1:-1]


def summary(error: BaseException) -> str:
    """The exception in one line."""
    try:
        lines = traceback.format_exception_only(type(error), error)
        return _printable(lines[-1].strip().replace('\n', ' '))[:500]
    except BaseException:
        return type(error).__name__


def format_error(error: BaseException) -> str:
    """The traceback, bounded; never raises, whatever the exception's methods do."""
    try:
        chunks = [_indented(chunk) for chunk in traceback.format_exception(type(error), error, error.__traceback__)]
        text = _printable(''.join(chunks)).rstrip('\n')
    except BaseException as second:
        text = f'{type(error).__name__} (its traceback cannot be shown: {type(second).__name__})'
    if len(text) > ENTRY_MAX:
        text = text[: ENTRY_MAX // 2] + '\n  …\n' + text[-ENTRY_MAX // 2 :]
    return text


def quote(text: str) -> str:
    """What an application has said, bounded, as a part of an entry."""
    return _indented(_printable(text[:ENTRY_MAX].strip())).rstrip('\n')


def _indented(chunk: str) -> str:
    """A message of several lines must not pass for entries of their own."""
    if chunk.startswith((' ', '\n')):
        return chunk
    return chunk.rstrip('\n').replace('\n', '\n    ') + '\n'


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return ''.join(c if c.isprintable() or c in '\n\t' else c.encode('unicode_escape').decode('ascii') for c in text)


def failure(description: str, error: BaseException, where: str = '') -> str:
    """Logs an exception of the application, with what was running described; returns the traceback."""
    text = format_error(error)
    log(f'{description}: {summary(error)}{where}\n{text}')
    return text
