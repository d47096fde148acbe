"""Makes the module `uwsgi`, which is there before the application is imported, and `uwsgidecorators` for whoever imports it."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import types
from importlib.machinery import ModuleSpec
from typing import Any, Callable

from portico_worker import report

from .cache_calls import cache_calls
from .instance import Instance
from .lock_calls import area_calls, lock_calls
from .mule_calls import mule_calls
from .refusals import named_calls
from .request import Current
from .server_calls import request_calls, rpc_calls, server_calls
from .signal_calls import signal_calls
from .spool_calls import IGNORE, OK, RETRY, spool_calls

DECORATORS = 'uwsgidecorators'

VERSION = '2.0.28'
"""What programs compare that look for features of uWSGI; `uwsgi.portico` tells who answers."""


class Uwsgi:
    """The module, and what the processes do with what the application has put into it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.no_request = Current()
        self.current: Callable[[], Current] = lambda: self.no_request
        """The request of the calling thread."""
        self.spooler_pids: list[int] = []
        self.module = types.ModuleType('uwsgi')
        vars(self.module).update(self._content())

    def _current(self) -> Current:
        return self.current()

    def install(self) -> None:
        sys.modules['uwsgi'] = self.module
        sys.meta_path.insert(0, _Decorators())

    def _content(self) -> dict[str, Any]:
        instance = self.instance
        hooks: list[Callable[[bytes], Any]] = []
        return {
            **named_calls(),
            **cache_calls(instance),
            **lock_calls(instance),
            **area_calls(instance),
            **signal_calls(instance),
            **mule_calls(instance, self.run_signal),
            **spool_calls(instance, lambda: list(self.spooler_pids)),
            **server_calls(instance),
            **request_calls(instance, self._current),
            **rpc_calls(),
            **self._values(),
            'SPOOL_OK': OK,
            'SPOOL_RETRY': RETRY,
            'SPOOL_IGNORE': IGNORE,
            'mule_msg_extra_hooks': hooks,
            'install_mule_msg_hook': hooks.append,
        }

    def _values(self) -> dict[str, Any]:
        settings, plan = self.instance.settings, self.instance.plan
        options = options_of(plan.options)
        buffer = options.get('buffer-size')
        return {
            'version': VERSION.encode('ascii'),
            'version_info': (*(int(part) for part in VERSION.split('.')), 0, b'portico'),
            'portico': True,
            'hostname': socket.gethostname().encode('utf-8', 'replace'),
            'numproc': settings.workers,
            'cores': settings.threads,
            'has_threads': 1,
            'buffer_size': int(buffer) if isinstance(buffer, bytes) and buffer.isdigit() else 4096,
            'started_on': self.instance.started_on,
            'is_a_reload': settings.is_reload,
            'unbit': None,
            'loop': None,
            'applications': None,
            'sockets': [],
            'magic_table': {},
            'spoolers': tuple(os.fsencode(folder) for folder in plan.spooler.named),
            'opt': options,
        }

    def run_signal(self, number: int) -> None:
        """Runs the handler that this process has for the signal. What it raises is logged."""
        handler = self.instance.signals.handlers.get(number)
        if handler is None:
            report.log(
                f'signal {number} of uWSGI has no handler in this process: it was registered in another', 'warning'
            )
            return
        board, row = self.instance.board, self.instance.board.row
        if row >= 0:
            board.count_signal(row)
            board.show_signal(row, number + 1)
        try:
            handler.function(number)
        except Exception as error:
            report.failure(f'in the handler of signal {number} of uWSGI', error)
        finally:
            if row >= 0:
                board.show_signal(row, 0)

    def call(self, name: str) -> None:
        """Calls what the application has put into the module under this name."""
        function = vars(self.module).get(name)
        if callable(function):
            try:
                function()
            except Exception as error:
                report.failure(f'in uwsgi.{name}', error)

    def hear(self, message: bytes) -> None:
        """In a mule: a message for which no program waits."""
        hooks = list(self.module.mule_msg_extra_hooks)
        hook = vars(self.module).get('mule_msg_hook')
        for function in (*((hook,) if callable(hook) else ()), *hooks):
            try:
                function(message)
            except Exception as error:
                report.failure('in the hook for messages of a mule', error)


def options_of(options: tuple[tuple[str, str | bool], ...]) -> dict[str, Any]:
    """As `uwsgi.opt` is under Python 3: bytes, True for an option without a value, and the last of what was given several times."""
    return {
        name: value if isinstance(value, bool) else value.encode('utf-8', 'surrogateescape') for name, value in options
    }


class _Decorators:
    """Finds the module of ours, also where uWSGI's package is installed beside."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != DECORATORS:
            return None
        file = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'decorators.py')
        return importlib.util.spec_from_file_location(DECORATORS, file)
