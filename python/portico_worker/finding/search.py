"""Runs the search for an application in a process of its own, which can be ended.

There are sources that Python's parser spends minutes on, and nothing interrupts it but the end of its process. A file
that has taken too long is passed over in a second search. The process also takes with it what the search has read: the
one that loads the application, and its workers, keep none of that.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import signal
import sys
from typing import Any, NoReturn

from portico_worker.standard import import_own

from .choice import Choice, Project
from .not_found import NotFound

FILE_CPU_S = 0.8
"""Processor time for one file. The largest that is read takes half a second, unless it is made to take longer."""
PATH_BYTES_MAX = 2 * 4096
"""Twice what the system takes for a path."""
SLOW_FILES_MAX = 3
"""Files that are passed over before the search is given up."""


def choose_in_time(app: str, interface: str, may_move: bool) -> Choice:
    """As `choose` of find_app.py."""
    slow: list[str] = []
    while True:
        answer, reading = _ask(app, interface, may_move, slow)
        if answer is not None:
            return _take(answer)
        if not reading or len(slow) == SLOW_FILES_MAX:
            raise NotFound(
                f'the search for an application takes too long, the last file was {reading or "none"}. '
                'Name the application, as in "portico serve main:app"'
            )
        slow.append(reading)


def _ask(app: str, interface: str, may_move: bool, slow: list[str]) -> tuple[dict[str, Any] | None, str]:
    """The answer, or None with the file that was read last."""
    reader, writer = os.pipe()
    note = mmap.mmap(-1, PATH_BYTES_MAX)
    pid = os.fork()
    if pid == 0:
        _search(app, interface, may_move, slow, writer, note)
    os.close(writer)
    with open(reader, 'rb') as said:
        text = said.read()
    answer: dict[str, Any] | None = json.loads(text) if text else None
    with contextlib.suppress(ChildProcessError):  # Nobody waits for children where a sitecustomize.py says so.
        _, status = os.waitpid(pid, 0)
        assert answer is not None or os.WIFSIGNALED(status), 'a search ended without an answer'
    return answer, os.fsdecode(note[:].partition(b'\0')[0])


def _search(app: str, interface: str, may_move: bool, slow: list[str], writer: int, note: mmap.mmap) -> NoReturn:
    # A process that was forked must not run on as a second of its kind, whatever happens.
    try:
        from . import sources

        def begin(path: str) -> None:
            name = os.fsencode(path) + b'\0'
            note[: len(name)] = name
            signal.setitimer(signal.ITIMER_PROF, FILE_CPU_S)

        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
        sources.attention = sources.Attention(begin, frozenset(slow))
        with open(writer, 'wb') as answer:
            answer.write(json.dumps(_answer(app, interface, may_move)).encode('ascii'))
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(1)


def _answer(app: str, interface: str, may_move: bool) -> dict[str, Any]:
    try:
        choice = import_own('finding.find_app').choose(app, interface, may_move)
        # What is no text is passed over by Python itself.
        return {'choice': choice, 'path': [entry for entry in sys.path if isinstance(entry, str)]}
    except NotFound as error:
        return {'error': str(error), 'details': error.details}


def _take(answer: dict[str, Any]) -> Choice:
    if 'error' in answer:
        error = NotFound(answer['error'])
        error.details = answer['details']
        raise error
    sys.path[:] = answer['path']
    choice = Choice(*answer['choice'])
    project = None if choice.project is None else Project(*choice.project)
    return choice._replace(project=project, notes=tuple(choice.notes))
