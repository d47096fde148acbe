"""`uwsgi.spool` and what else is asked of spoolers."""

from __future__ import annotations

import os
import socket
from typing import Any, Callable

from . import spool_file
from .instance import Instance
from .texts import octets, path_text

OK, RETRY, IGNORE = -2, -1, 0


def spool_calls(instance: Instance, pids: Callable[[], list[int]]) -> dict[str, Callable[..., Any]]:
    """`pids`: the processes of spoolers, as far as this process knows them."""
    calls = _Calls(instance)
    return {
        'spool': calls.spool,
        'send_to_spooler': calls.spool,
        'set_spooler_frequency': calls.set_spooler_frequency,
        'spooler_jobs': calls.spooler_jobs,
        'spooler_get_task': calls.spooler_get_task,
        'spooler_dir': lambda: os.fsencode(instance.spool_folder) if instance.spool_folder else None,
        'spooler_pid': lambda: next(iter(pids()), 0),
        'spooler_pids': pids,
        'i_am_the_spooler': lambda: bool(instance.spool_folder) or None,
    }


class _Calls:
    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def spool(self, *arguments: dict[Any, Any], **named: Any) -> bytes:
        if arguments and not isinstance(arguments[0], dict):
            raise ValueError('The argument of spooler callable must be a dictionary')
        given: dict[Any, Any] = dict(arguments[0]) if arguments else dict(named)
        if not given:
            raise ValueError('The argument of spooler callable must be a dictionary')
        bodies = [octets(given.pop(key)) for key in ('body', b'body') if key in given]
        variables = {_key(key): _value(value) for key, value in given.items()}
        try:
            path = spool_file.write(self._folder_of(variables), variables, b''.join(bodies), socket.gethostname())
        except OSError as error:
            raise ValueError(f'unable to spool job: {error}') from error
        self._instance.send({'what': 'spooled', 'signal': 0})
        return os.fsencode(path)

    def _folder_of(self, variables: dict[bytes, bytes]) -> str:
        named = self._instance.plan.spooler.named
        if not named:
            raise ValueError('unable to spool job: there is no spooler (--spooler FOLDER)')
        wanted = variables.get(b'spooler')
        if not wanted:
            return named[0]
        path = os.path.realpath(os.fsdecode(wanted))
        for folder in named:
            if os.path.realpath(folder) == path:
                return folder
        raise ValueError(f'unable to spool job: {path} is no folder of a spooler')

    def set_spooler_frequency(self, seconds: int, /) -> bool:
        self._instance.shared[0] = max(0, int(seconds))
        return True

    def spooler_jobs(self) -> list[bytes]:
        named = self._instance.plan.spooler.named
        return [os.fsencode(path) for path in spool_file.jobs(named[0])] if named else []

    def spooler_get_task(self, path: Any, /) -> dict[Any, Any] | None:
        try:
            task = spool_file.take(path_text(path))
        except ValueError:
            return None
        if task is None:
            return None
        os.close(task.descriptor)
        return variables_of(task)


def variables_of(task: spool_file.Task) -> dict[Any, Any]:
    """As uWSGI gives a task to the function: what was spooled has keys of bytes, what it adds has text."""
    found: dict[Any, Any] = {'spooler_task_name': os.fsencode(os.path.basename(task.path))}
    found.update(task.variables)
    if task.body:
        found['body'] = task.body
    return found


def _key(key: Any) -> bytes:
    if not isinstance(key, (bytes, str)):
        raise ValueError('spooler callable dictionary must contains only bytes')
    return octets(key)


def _value(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview, str)):
        return octets(value)
    return str(value).encode('utf-8')
