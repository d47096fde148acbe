"""An exception as the page of --reload shows it: JSON that the edge makes HTML or text of (docs/lanes.md, FAILED)."""

from __future__ import annotations

import json
import linecache
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from . import report, tracebacks
from .failures import FAILED_BYTES_MAX
from .origin import is_of_application

AROUND = 5
"""Source lines shown before and behind the one that runs."""
FRAMES_MAX = 80
"""Frames of one exception: of a deeper recursion its two ends tell all."""
ERRORS_MAX = 16
"""Exceptions that led to one another."""
LINE_MAX = 300
"""Characters of a source line."""

Fault = dict[str, Any]


def render(error: BaseException) -> str:
    """Never raises, whatever the exception's methods do, and never has more than FAILED_BYTES_MAX bytes."""
    fault: Fault = {'error': report.summary(error), 'text': report.format_error(error), 'errors': []}
    try:
        fault['errors'] = [_describe(one, link) for one, link in _chain(error)]
    except BaseException as second:
        fault['errors'] = [{'error': f'({type(second).__name__})', 'frames': []}]
    data = _encode(fault)
    if len(data) > FAILED_BYTES_MAX:
        # The text is a fourth of that at the most.
        data = _encode({**fault, 'errors': []})
    return data if len(data) <= FAILED_BYTES_MAX else _encode({**fault, 'text': '', 'errors': []})


def _encode(fault: Fault) -> str:
    return json.dumps(fault, separators=(',', ':'))


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """The exceptions in the order in which they came, each with how it led to the next."""
    found: list[tuple[BaseException, str]] = []
    link, one = '', error
    while one is not None and len(found) < ERRORS_MAX and all(one is not other for other, _ in found):
        found.append((one, link))
        if one.__cause__ is not None:
            link, one = 'cause', one.__cause__
        elif one.__context__ is not None and not one.__suppress_context__:
            link, one = 'context', one.__context__
        else:
            break
    yield from reversed(found)


def _describe(error: BaseException, link: str) -> Fault:
    every = list(_frames(error.__traceback__))
    # The way from the server to the application says nothing about its fault.
    frames = [frame for frame in every if not tracebacks.leads_to_application(frame['file'])]
    if not frames and not isinstance(error, SyntaxError):
        frames = every
    left_out = len(frames) - FRAMES_MAX
    if left_out > 0:
        frames = [*frames[: FRAMES_MAX // 4], *frames[-FRAMES_MAX * 3 // 4 :]]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append(_frame(error.filename, error.lineno or 1, '', error.offset or 0))
    return {'error': _message(error), 'link': link, 'frames': frames, 'leftOut': max(0, left_out)}


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return report.quote(tracebacks.naming(error))
    return report.quote(''.join(traceback.format_exception_only(type(error), error)))


def _frames(link: TracebackType | None) -> Iterator[Fault]:
    for frame, line in traceback.walk_tb(link):
        code = frame.f_code
        # Reads the source of modules that are no files, in a zip say, by their loaders.
        linecache.lazycache(code.co_filename, frame.f_globals)
        yield _frame(code.co_filename, line or 1, getattr(code, 'co_qualname', code.co_name), 0)


def _frame(path: str, line: int, name: str, column: int) -> Fault:
    is_ours = is_of_application(path)
    linecache.checkcache(path)
    lines = linecache.getlines(path) if is_ours else [linecache.getline(path, line)] if line > 0 else []
    first = max(1, line - AROUND) if is_ours else line
    shown = lines[first - 1 : line + AROUND] if is_ours else lines
    return {
        'file': path,
        'line': line,
        'name': name,
        'column': column,
        'isApplication': is_ours,
        'first': first,
        'code': [text.rstrip('\n')[:LINE_MAX] for text in shown],
    }
