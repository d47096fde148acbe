"""What signals do to the zygote and the workers, and what is left of that in the processes that the application starts.

Nothing is ignored by SIG_IGN: programs inherit what is ignored, and an application's Ctrl-C or SIGHUP would have no effect on them.
A handler is reset when a program is executed; in a process that was forked and executes none it is reset here.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from typing import Any, Callable, ClassVar, NamedTuple

Handlers = dict[int, Any]


class OfImport(NamedTuple):
    """What the application's import has set, for each worker to have it."""

    handlers: Handlers
    timers: dict[int, tuple[float, float]]
    """Of `signal.setitimer`, and of `signal.alarm`: a process that is forked has none of its parent's."""


_DEFAULTS: Handlers = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
    signal.SIGUSR1: signal.SIG_DFL,
}
"""The signals that the supervisor acts on, each with the handler that Python has for it."""

_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)

TRACEBACKS = signal.SIGUSR2
"""The signal by which the supervisor asks a stuck worker for tracebacks."""


class _State:
    hear: Callable[[], None] | None = None
    """What SIGTERM does in a worker."""
    has_come = False
    """SIGTERM has come before `hear` was set."""
    is_told = False
    """`tell_application` has called the application's own handler of SIGTERM."""
    is_worker_forked = False
    masks: ClassVar[dict[int, Any]] = {}
    """The signals that each thread which is forking had blocked before."""


def be_quiet() -> None:
    """Ignores signals to stop or reload that are sent to the whole group of processes: the supervisor decides the order
    of things."""
    for number in _DEFAULTS:
        signal.signal(number, _nothing)
    os.register_at_fork(before=_hold, after_in_parent=_release, after_in_child=_reset)


def take_over(before: Handlers) -> OfImport:
    """Puts back the handlers of `before`, and stops timers; returns what the application's import has set. In the
    zygote a handler of SIGCHLD would take the end of workers for that of the application's own children, one of
    SIGTERM would end the zygote, and so would a timer without its handler."""
    timers = stop_timers()
    changed = {number: handler for number, handler in handlers().items() if handler != before.get(number)}
    for number in changed:
        signal.signal(number, before[number])
    return OfImport(changed, timers)


def stop_timers() -> dict[int, tuple[float, float]]:
    """Returns those that were set."""
    timers = {which: signal.setitimer(which, 0) for which in _TIMERS}
    return {which: timer for which, timer in timers.items() if timer[0] > 0}


def handlers() -> Handlers:
    """The handlers that are set now and that Python can put back."""
    found = {int(number): signal.getsignal(number) for number in signal.valid_signals()}
    return {number: handler for number, handler in found.items() if handler is not None}


def be_worker(of_import: OfImport | None) -> None:
    """`of_import`: what the zygote has taken over, if the application was imported there."""
    if of_import is None:
        return
    for number, handler in of_import.handlers.items():
        signal.signal(number, handler)
    for which, (delay, interval) in of_import.timers.items():
        signal.setitimer(which, delay, interval)


def on_terminate(hear: Callable[[], None]) -> None:
    """Sets what SIGTERM does; it may have come already, while the application was loaded."""
    _State.hear = hear
    if _State.has_come:
        hear()


def wake_by(descriptor: int) -> None:
    """From now on each signal that has a handler also writes its number as a byte into this pipe. A signal that comes in the moment before the main
    thread waits in a system call does not end that wait: without somebody who reads the pipe, the handler would be called
    after the next request, and an idle worker would not hear SIGTERM."""
    signal.set_wakeup_fd(descriptor, warn_on_full_buffer=False)


def ends_worker(woken_by: bytes) -> bool:
    """Whether SIGTERM is among the signals that have written these bytes, and is ours to obey: the application has no handler for it."""
    return signal.SIGTERM in woken_by and signal.getsignal(signal.SIGTERM) is _terminated


def tell_application() -> None:
    """Calls the handler that the application has set for SIGTERM, once: under other servers the end of a worker begins
    with it. Called from another thread than the main one, it runs in the main thread, and what it raises is raised
    there."""
    handler = signal.getsignal(signal.SIGTERM)
    if _State.is_told or not callable(handler) or handler in (_terminated, _nothing):
        return
    _State.is_told = True
    if threading.current_thread() is not threading.main_thread():
        os.kill(os.getpid(), signal.SIGTERM)
        return
    try:
        signal.raise_signal(signal.SIGTERM)
        for _ in range(2):
            pass  # By now the handler has run: the interpreter looks for signals at the end of each round.
    except (SystemExit, KeyboardInterrupt):
        pass  # The handler asks for the end of the process, which has come.


def _nothing(number: int, frame: object) -> None:
    pass


def _terminated(number: int, frame: object) -> None:
    _State.has_come = True
    if _State.hear is not None:
        _State.hear()


def fork_worker() -> int:
    """os.fork for a zygote or a worker of ours."""
    _State.is_worker_forked = True
    try:
        return os.fork()
    finally:
        _State.is_worker_forked = False


def _hold() -> None:
    """Blocks signals around a fork: one that reaches the child before it has its own handlers would be taken for the
    parent's, and lost."""
    _State.masks[threading.get_ident()] = signal.pthread_sigmask(signal.SIG_BLOCK, (*_DEFAULTS, TRACEBACKS))


def _release() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _State.masks.pop(threading.get_ident()))


def _reset() -> None:
    """Undoes our handling in a process that was forked: `terminate()` of multiprocessing must end it, and its signals
    must not wake our event loop. A worker hears SIGTERM from here on."""
    if _State.is_worker_forked:
        signal.signal(signal.SIGTERM, _terminated)
    else:
        for number, default in _DEFAULTS.items():
            if signal.getsignal(number) in (_nothing, _terminated):
                signal.signal(number, default)
        if signal.getsignal(TRACEBACKS) == signal.SIG_DFL:
            faulthandler.unregister(TRACEBACKS)
        signal.set_wakeup_fd(-1)
    _release()
