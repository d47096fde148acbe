"""Whether what an import left behind can be forked, and what has to be made anew in the fork."""

from __future__ import annotations

import os
import sys
import threading


class Watch:
    """Compares the process after the application's import with what it was before."""

    def __init__(self) -> None:
        self._descriptors = _descriptors()
        self._tasks = _task_count()
        self._threads = set(threading.enumerate())

    def reasons(self) -> list[str]:
        """Why forking now is unsafe; empty if nothing speaks against it."""
        threads = [thread for thread in threading.enumerate() if thread not in self._threads]
        reasons = [f'the import started the thread "{thread.name}"' for thread in threads]
        native = _task_count() - self._tasks - len(threads)
        if native > 0:
            reasons.append(f'a library started {native} native thread{"s" if native > 1 else ""} during the import')
        for descriptor, target in sorted(_descriptors().items()):
            if self._descriptors.get(descriptor) == target:
                continue
            if target.startswith('socket:'):
                reasons.append(f'the import left a socket open (descriptor {descriptor})')
            elif target == 'anon_inode:[eventpoll]':
                reasons.append(f'the import left an event loop open (descriptor {descriptor})')
        return reasons


def close_connections() -> None:
    """Django opens database and cache connections again when they are needed; two processes must not share one."""
    database = sys.modules.get('django.db')
    if database is not None and _is_configured():
        database.connections.close_all()
    cache = sys.modules.get('django.core.cache')
    if cache is not None and _is_configured():
        cache.close_caches()


def reseed() -> None:
    """The random module does this itself after a fork; numpy's global generator does not, and workers would draw the same numbers."""
    numpy_random = sys.modules.get('numpy.random')
    if numpy_random is not None:
        numpy_random.seed()


def _is_configured() -> bool:
    conf = sys.modules.get('django.conf')
    return conf is not None and bool(conf.settings.configured)


def _descriptors() -> dict[int, str]:
    found: dict[int, str] = {}
    try:
        names = os.listdir('/proc/self/fd')
    except OSError:
        return found  # Not Linux: nobody can say.
    for name in names:
        try:
            found[int(name)] = os.readlink(f'/proc/self/fd/{name}')
        except OSError:
            pass  # The descriptor of the listing itself.
    return found


def _task_count() -> int:
    try:
        return len(os.listdir('/proc/self/task'))
    except OSError:
        return 1
