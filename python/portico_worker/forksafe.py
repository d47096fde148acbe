"""Whether what an import left behind can be forked, and what has to be made anew in the fork."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import weakref
from collections.abc import Iterator
from typing import Any

from . import descendants, open_files
from .import_calls import ImportCalls
from .origin import is_of_application

NAMED_MAX = 3
"""How many reasons are given; one is enough to load the application in each worker."""


class Watch:
    """Compares the process after the application's import with the process before it."""

    def __init__(self) -> None:
        self._descriptors = open_files.descriptors()
        self._tasks = _task_count()
        self._threads = set(threading.enumerate())
        self._modules = set(sys.modules)
        self._folders = _temporary_folders()
        self.holds_lock = False
        """`reasons` has found a lock on a file."""
        self.calls = ImportCalls()

    def end(self) -> None:
        self.calls.end()

    def reasons(self) -> list[str]:
        """Why forking now is unsafe; empty if nothing speaks against it."""
        files = dict.fromkeys(open_files.reasons(self._descriptors))
        locks = [reason for reason in files if reason.startswith(open_files.LOCKED)]
        self.holds_lock = bool(locks)
        found = [
            *locks,
            *self._thread_reasons(),
            *(reason for reason in files if reason not in locks),
            *_process_reasons(),
            *self.calls.reasons(),
            *self._numpy_reasons(),
            *(
                f'the import made the temporary folder {name}, which the first worker to end would remove'
                for name in self._new_folders()
            ),
        ]
        rest = len(found) - NAMED_MAX
        return found if rest <= 0 else [*found[:NAMED_MAX], f'{rest} more']

    def undo(self) -> None:
        """This process is thrown away, and the application imported elsewhere: ends programs and removes folders that
        would be there twice."""
        for pid in descendants.children():
            try:
                os.kill(pid, signal.SIGTERM)
            except OSError:
                pass  # The process has ended.
        for remove in self._new_folders().values():
            remove()

    def _new_folders(self) -> dict[str, Any]:
        return {name: remove for name, remove in _temporary_folders().items() if name not in self._folders}

    def _thread_reasons(self) -> Iterator[str]:
        threads = [thread for thread in threading.enumerate() if thread not in self._threads]
        for thread in threads:
            yield f'the import started the thread "{thread.name}"'
        native = _task_count() - self._tasks - len(threads)
        if native > 0:
            yield f'a library started {native} native thread{"s" if native > 1 else ""} during the import'

    def _numpy_reasons(self) -> Iterator[str]:
        """Generators of numpy's that the application keeps, wherever: in a module, a table or a closure. numpy's own is seeded anew (`reseed`)."""
        numpy: Any = sys.modules.get('numpy.random')
        kinds = tuple(getattr(numpy, name) for name in ('Generator', 'RandomState') if hasattr(numpy, name))
        if not kinds:
            return
        # The type is looked at: isinstance of the object would make lazy objects of the application's look up what they
        # stand for.
        generators = {id(item): item for item in gc.get_objects() if issubclass(type(item), kinds)}
        generators.pop(id(getattr(numpy.mtrand, '_rand', None)), None)
        names = {number: '' for number, item in generators.items() if not _has_given_seed(item)}
        for name in sorted(set(sys.modules) - self._modules) if names else ():
            module = sys.modules[name]
            is_ours = is_of_application(getattr(module, '__file__', None) or '<built in>')
            for attribute, value in list(vars(module).items()):
                held = {attribute: value, **{f'{attribute}.{key}': item for key, item in _attributes(value)}}
                for path, item in held.items():
                    if id(item) not in names:
                        continue
                    if is_ours:
                        names[id(item)] = f'{name}.{path}'
                    elif not names[id(item)]:
                        # A library's: its numbers are its own affair.
                        del names[id(item)]
        for path in names.values():
            yield f'{path or "an object of the application"} is a random generator, of which all workers would have the same numbers'


def _has_given_seed(generator: Any) -> bool:
    """Whether a generator of numpy's was given a seed: seeds that the system gives are numbers of 128 bits. A
    RandomState does not tell."""
    sequence = getattr(getattr(generator, 'bit_generator', None), 'seed_seq', None)
    entropy = getattr(sequence, 'entropy', None)
    return entropy is not None and not (isinstance(entropy, int) and entropy >= 2**64)


def _attributes(value: Any) -> list[tuple[str, Any]]:
    """The attributes of a class or an instance."""
    found = getattr(value, '__dict__', None)
    return list(found.items()) if isinstance(found, dict) or (isinstance(value, type) and found is not None) else []


def close_connections() -> None:
    """Django opens database and cache connections again when they are needed; two processes must not share one."""
    database = sys.modules.get('django.db')
    if database is not None and _is_configured():
        database.connections.close_all()
    cache = sys.modules.get('django.core.cache')
    if cache is not None and _is_configured():
        cache.close_caches()


def reseed(calls: ImportCalls | None) -> None:
    """Seeds generators anew that would give all workers the same numbers: numpy's global one, and those that libraries
    have made. The random module does this itself for its own generator."""
    if calls is not None:
        calls.reseed()
    numpy_random = sys.modules.get('numpy.random')
    if numpy_random is not None:
        numpy_random.seed()


def _process_reasons() -> Iterator[str]:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except OSError:
        return  # This process has no child at all.
    for pid, name in sorted(descendants.children().items()):
        yield f'the import started the process {pid} ({name})'


def _temporary_folders() -> dict[str, Any]:
    """Folders of tempfile.TemporaryDirectory, each with the function that removes it when a process ends."""
    tempfile: Any = sys.modules.get('tempfile')
    if tempfile is None:
        return {}
    cleanup = tempfile.TemporaryDirectory._cleanup.__func__
    registry = dict(getattr(weakref.finalize, '_registry', {}))
    return {
        str(info.args[0]): remove for remove, info in registry.items() if getattr(info.func, '__func__', 0) is cleanup
    }


def _is_configured() -> bool:
    conf = sys.modules.get('django.conf')
    return conf is not None and bool(conf.settings.configured)


def _task_count() -> int:
    try:
        return len(os.listdir('/proc/self/task'))
    except OSError:
        return 1
