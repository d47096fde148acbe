"""Tracebacks for whoever wrote the application: they begin where the application does.

Above its first frame stand those of the worker and of the import system, in between those through which it has called us back. They say
nothing about its fault, so they are left out; its own, and those of its libraries, never are, nor are causes and contexts.
An exception that our code meets without having raised it is a fault of ours: then our frames are what is needed, and all of them stay.
"""

from __future__ import annotations

import importlib
import linecache
import os
import traceback
from collections.abc import Iterator
from typing import Any

CHAIN_MAX = 64
"""Exceptions of one traceback that are looked at: causes, contexts and members of groups."""
MESSAGE_MAX = 64 * 1024
"""Characters of what one exception says; a body of 50 MB within it took half a minute and 2 GB."""
CYCLE_MAX = 16
"""Functions that call one another in a circle, as they do in most RecursionErrors."""
CYCLE_SHOWN = 3
"""Python, too, shows a frame that repeats so often before it counts the rest."""

_NOTES = '__notes__'
_MESSAGE = '_str'
"""Where traceback.TracebackException of Python 3.9 to 3.14 has what str() has made of an exception."""
_OURS = os.path.dirname((lambda: 0).__code__.co_filename) + os.sep
_IMPORT_SYSTEM = ('<frozen importlib.', '<frozen runpy>', importlib.__file__ or '<none>')

Frame = traceback.FrameSummary


def render(error: BaseException) -> str:
    """The traceback as Python would print it, but for the frames that are left out. May raise what the exception's own methods raise."""
    found = traceback.TracebackException(type(error), error, error.__traceback__)
    for one in _chain(found):
        one.stack = _Frames(_of_application(list(one.stack)))
        _bound_message(one)
        _indent_notes(one)
    return ''.join(_indented(chunk) for chunk in found.format())


def naming(error: BaseException) -> str:
    """The line that Python ends a traceback with; without notes, which come behind it. May raise what the exception's own methods raise."""
    found = traceback.TracebackException(type(error), error, None)
    setattr(found, _NOTES, None)
    *_, line = found.format_exception_only()
    return cut(line.strip(), MESSAGE_MAX)


def cut(text: str, most: int) -> str:
    """Without its middle, where it is longer: what it begins and ends with says most."""
    return text if len(text) <= most else text[: most // 2] + '\n  …\n' + text[-most // 2 :]


def place(error: BaseException) -> str:
    """` (/srv/site/app.py, line 7)` for a fault of syntax, which no frame shows; else ''."""
    if not isinstance(error, SyntaxError) or not error.filename or error.filename.startswith('<'):
        return ''
    return f' ({error.filename}, line {error.lineno})'


def is_ours(filename: str) -> bool:
    return filename.startswith(_OURS)


def leads_to_application(filename: str) -> bool:
    """Whether code is the server's, or the import system's, whose frames say nothing about a fault of the application's."""
    return is_ours(filename) or filename.startswith(_IMPORT_SYSTEM)


def _chain(first: Any) -> Iterator[Any]:
    """An exception with all that it was raised from or in, or that it holds. A chain can be a ring."""
    waiting: list[Any] = [first]
    seen: set[int] = set()
    while waiting and len(seen) < CHAIN_MAX:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, *(getattr(one, 'exceptions', None) or ())]


def _bound_message(found: Any) -> None:
    """Before Python makes lines of it, which takes thirty times its length."""
    text = getattr(found, _MESSAGE, None)
    if isinstance(text, str):
        setattr(found, _MESSAGE, cut(text, MESSAGE_MAX))


def _indent_notes(found: Any) -> None:
    """Lines of a note must not pass for entries of their own, nor for the name of the exception."""
    notes = getattr(found, _NOTES, None)
    if isinstance(notes, (list, tuple)):
        lines = [f'    {line}' if type(note) is str else note for note in notes for line in _lines(note)]
        setattr(found, _NOTES, lines)


def _lines(note: object) -> list[object]:
    return [*cut(note, MESSAGE_MAX).split('\n')] if type(note) is str else [note]


def _of_application(frames: list[Frame]) -> list[Frame]:
    if frames and is_ours(frames[-1].filename) and not _is_raised_by_us(frames[-1]):
        return frames
    return [frame for frame in frames if not leads_to_application(frame.filename)]


def _is_raised_by_us(frame: Frame) -> bool:
    """Our code says what the application has done wrong, by a statement of its own."""
    return linecache.getline(frame.filename, frame.lineno or 0).lstrip().startswith('raise ')


class _Frames(traceback.StackSummary):
    """Frames of which a circle of calls is shown three times, and then counted."""

    def format(self, **options: Any) -> list[str]:
        lines: list[str] = []
        frames, at = list(self), 0
        while at < len(frames):
            length, count = _circle(frames, at)
            shown = frames[at : at + length * min(count, CYCLE_SHOWN)]
            lines += traceback.StackSummary.from_list(shown).format(**options)
            if count > CYCLE_SHOWN:
                what = 'Previous line' if length == 1 else f'Previous {length} calls'
                lines.append(f'  [{what} repeated {count - CYCLE_SHOWN} more times]\n')
            at += length * count
        return lines


def _circle(frames: list[Frame], at: int) -> tuple[int, int]:
    """How many frames from here on form a circle, and how often it is gone through; one frame, once, if none does."""
    for length in range(1, CYCLE_MAX + 1):
        count = 1
        while _are_same(frames, at, at + length * count, length):
            count += 1
        if count > CYCLE_SHOWN:
            return length, count
    return 1, 1


def _are_same(frames: list[Frame], first: int, second: int, length: int) -> bool:
    return second + length <= len(frames) and all(
        frames[first + index].filename == frames[second + index].filename
        and frames[first + index].lineno == frames[second + index].lineno
        for index in range(length)
    )


def _indented(chunk: str) -> str:
    """A message of several lines must not pass for entries of their own."""
    if chunk.startswith((' ', '\n')):
        return chunk
    return chunk.rstrip('\n').replace('\n', '\n    ') + '\n'
