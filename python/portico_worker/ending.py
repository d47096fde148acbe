"""The end of a worker, which is that of a Python process: threads are joined, executors finish, exit handlers run, the interpreter
is finalized. It has a deadline, beyond which the log says what still ran and the process ends as it is.
"""

from __future__ import annotations

import atexit
import faulthandler
import gc
import io
import math
import os
import signal
import sys
import threading
from collections.abc import Iterator
from time import monotonic
from types import FrameType
from typing import Any, Callable

from . import report
from .still_threads import StillThreads

RESERVE_S = 2.0
"""What the shutdown of a lifespan, and exit handlers, have beyond the deadline if what went before took all the time.
The supervisor kills a second later (`workerEndMs`)."""
JOIN_LEAST_S = 0.3
"""How long threads may take to end, if nothing is left of the time."""
LOOK_S = 0.5
"""How often it is looked whether the threads that are waited for do anything."""
STUCK_S = 0.5
"""So long after the reserve faulthandler says where the process stands, because no Python code runs any more that
could."""
NAMED_MAX = 5
"""How many of the threads and processes that still run are named in the log."""

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_INSTALLED = tuple(_STANDARD + name + os.sep for name in ('site-packages', 'dist-packages'))

_given_up: set[int] = set()
"""The process that its own deadline ends, if there is one: a fork of it has the set, but another number."""


class Ending:
    """The deadline of a worker, watched by a thread of its own once there is one."""

    def __init__(self, overdue: Callable[[str], None], running: Callable[[], list[str]]) -> None:
        """`overdue` gets, in the watching thread, what still runs, and does not return. `running` tells what runs of
        the worker's own work."""
        self._overdue = overdue
        self._running = running
        self._changed = threading.Condition()
        self._deadline = math.inf
        self._stage = 'work'
        """'work', then 'threads' (they are joined), then 'handlers' (those of atexit)."""
        self._joins_since = 0.0
        self._still_threads = StillThreads()
        self._is_watched = False
        self._pid = os.getpid()
        self._last_resort = _LastResort()

    def within(self, seconds: float) -> None:
        """The worker has to be done so long from now, or earlier if it was told so before."""
        with self._changed:
            self._deadline = min(self._deadline, monotonic() + seconds)
            self._changed.notify_all()
            is_new, self._is_watched = not self._is_watched, True
        if is_new:
            try:
                threading.Thread(target=self._watch, name='portico-deadline', daemon=True).start()
            except RuntimeError:
                pass  # There can be no further thread, or the interpreter ends: then the supervisor alone watches the time.

    def left_s(self) -> float:
        """The time that is left until the deadline."""
        return max(0.0, self._deadline - monotonic())

    def join_threads(self) -> None:
        """The worker's own work is done; from now on it waits for threads."""
        if self._stage == 'work':
            self._joins_since = monotonic()
            self._set_stage('threads')

    def begin(self, seconds: float) -> None:
        """The last step before the interpreter ends; called in the main thread."""
        self.within(seconds)
        self.join_threads()
        # atexit calls the function that was registered last first.
        atexit.register(self._run_handlers)
        self._last_resort.set(max(self._deadline + RESERVE_S, monotonic()) + STUCK_S)

    def _run_handlers(self) -> None:
        if os.getpid() == self._pid:
            self._set_stage('handlers')

    def _set_stage(self, stage: str) -> None:
        with self._changed:
            self._stage = stage
            self._changed.notify_all()

    def _watch(self) -> None:
        with self._changed:
            while True:
                left = self._end_of_stage() - monotonic()
                if left <= 0 or self._waits_in_vain():
                    break
                self._changed.wait(min(left, LOOK_S) if self._stage == 'threads' else left)
            stage = self._stage
        self._give_up(stage)

    def _end_of_stage(self) -> float:
        if self._stage == 'threads':
            return max(self._deadline, self._joins_since + JOIN_LEAST_S)
        return self._deadline + RESERVE_S

    def _waits_in_vain(self) -> bool:
        """Whether all that the worker waits for are threads that do nothing."""
        return (
            self._stage == 'threads'
            and self._still_threads.are_all(threading.enumerate(), monotonic())
            and not _processes()
        )

    def _give_up(self, stage: str) -> None:
        try:
            what = _list([*(self._running() if stage == 'work' else ()), *_blockers(stage)])
            _given_up.add(os.getpid())
            _kill_processes()
            if stage == 'threads':
                report.log(f'exit handlers are run although there still runs {what}', 'warning')
                self._last_resort.set(monotonic() + RESERVE_S)
                atexit._run_exitfuncs()
        except BaseException as error:
            what = f'{report.summary(error)} when it was looked for'
        self._overdue(what)


class _LastResort:
    """faulthandler's thread, which ends the process with a traceback when nothing else can. A process that an exit handler forks would, at its own
    end, wait for this thread, which it has not got; so the thread is stopped while somebody forks."""

    def __init__(self) -> None:
        self._deadline = math.inf
        self._hears_forks = False

    def set(self, deadline: float) -> None:
        self._deadline = deadline
        if not self._hears_forks:
            self._hears_forks = True
            os.register_at_fork(before=faulthandler.cancel_dump_traceback_later, after_in_parent=self._start)
        self._start()

    def _start(self) -> None:
        left = max(self._deadline - monotonic(), 0.001)
        faulthandler.dump_traceback_later(left, exit=True, file=report.descriptor())


def flush_files_at_last() -> None:
    """Called before anything else has registered an exit handler, so that this one runs last: it writes what is in the
    buffers of files that nobody has closed. Python writes them when it frees the files, but not those that a daemon
    thread or a cycle still holds then."""
    atexit.register(_flush_files)


def _flush_files() -> None:
    gc.unfreeze()  # Objects that were set apart before the fork are found only after this.
    for item in gc.get_objects():
        if type(item) in (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom):
            try:
                item.flush()
            except (OSError, ValueError):
                pass  # The file is closed, or its other end is; nobody is left to be told.
    # The collections at the end of the interpreter would take 50 ms for a Django site, and copy the memory that workers share.
    gc.freeze()
    if os.getpid() in _given_up and threading.current_thread() is threading.main_thread():
        # The main thread waited for processes that the deadline has killed. It must not end this process as if all had been done.
        threading.Event().wait(RESERVE_S)


def _list(items: list[str]) -> str:
    if not items:
        return 'the main thread'
    rest = len(items) - NAMED_MAX
    return ', '.join(items[:NAMED_MAX]) + (f' and {rest} more' if rest > 0 else '')


def _blockers(stage: str) -> Iterator[str]:
    """What the end of a Python process waits for."""
    frames = sys._current_frames()
    if stage == 'handlers':
        main = frames.get(threading.main_thread().ident or 0)
        yield f'an exit handler{place(main)}'
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.main_thread():
            yield f'the thread "{thread.name}"{place(frames.get(thread.ident or 0))}'
    for process in _processes():
        yield f'the process "{process.name}" ({process.pid})'


def place(frame: FrameType | None) -> str:
    """Where a thread is in the application; in the library that it waits in, if no code of the application runs in it."""
    innermost = frame
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith((_STANDARD, _OURS)) or name.startswith(_INSTALLED):
            break
        frame = frame.f_back
    found = frame or innermost
    return '' if found is None else f' at {found.f_code.co_filename}:{found.f_lineno} in {found.f_code.co_name}'


def _processes() -> list[Any]:
    """The living children of multiprocessing, those of its pools and of executors among them."""
    module = sys.modules.get('multiprocessing')
    return [] if module is None else list(module.active_children())


def _kill_processes() -> None:
    """Kills them: they belong to this process, and would not notice its end."""
    for process in _processes():
        try:
            os.kill(process.pid, signal.SIGKILL)
        except OSError:
            pass
