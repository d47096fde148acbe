"""Servers that tests have started: one for each application and its settings, on a free port, ended with the tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

START_S = 60.0
"""How long an application may take to be loaded."""
STOP_S = 10.0
"""Between SIGTERM and SIGKILL."""
LOG_LINES_MAX = 5000
"""Lines of a server's log that are kept."""
SHOWN_LINES_MAX = 200
"""Lines that are shown of one failed test."""

LISTENING = re.compile(r'listening:? +https?://127\.0\.0\.1:(\d+)')

# Ends the server when the pipe closes, which happens however this process ends.
GUARDIAN = 'read _; kill -QUIT "$1" 2>/dev/null'


class LiveServer:
    """A server that runs. As text, and with `+`, it is its address, as Django's live server is."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], folder: Path) -> None:
        self.name = name
        self.port = 0
        self.log_lines: list[str] = []
        self.dropped = 0
        """Lines that are no longer kept."""
        self.marked = 0
        """What was logged when the running test began."""
        self._known = threading.Event()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding='utf-8',
            errors='backslashreplace',
            # Ctrl-C is for pytest, which then ends its servers.
            start_new_session=True,
        )
        self._guardian = subprocess.Popen(
            ['/bin/sh', '-c', GUARDIAN, 'sh', str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name=f'portico log of {name}', daemon=True)
        self._reader.start()
        # pytest-django's helper for live_server has Django's settings changed while a test runs.
        self._live_server_modified_settings = SimpleNamespace(enable=lambda: None, disable=lambda: None)

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f'http://127.0.0.1:{self.port}'

    @property
    def log(self) -> str:
        """What the server and the application have written so far."""
        return '\n'.join(self.log_lines)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def __str__(self) -> str:
        return self.url

    def __add__(self, path: object) -> str:
        return f'{self}{path}'

    def __repr__(self) -> str:
        return f'<LiveServer of {self.name} at {self.url}>'

    def await_start(self) -> None:
        """Fails the test if the server does not start."""
        is_late = not self._known.wait(START_S)
        if self.port == 0:
            late = f' within {START_S:.0f} s' if is_late else ''
            self.stop()
            pytest.fail(f'the server of {self.name} did not start{late}:\n\n{self.log}', pytrace=False)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.log_lines.append(line.rstrip('\n'))
            if len(self.log_lines) > LOG_LINES_MAX:
                del self.log_lines[0]
                self.dropped += 1
            found = LISTENING.search(line) if self.port == 0 else None
            if found is not None:
                self.port = int(found[1])
                self._known.set()
        self._known.set()

    def mark(self) -> None:
        self.marked = self.dropped + len(self.log_lines)

    def logged_since(self) -> list[str]:
        lines = self.log_lines[max(0, self.marked - self.dropped) :]
        left_out = len(lines) - SHOWN_LINES_MAX
        return lines if left_out <= 0 else [f'… {left_out} lines', *lines[-SHOWN_LINES_MAX:]]

    def begin_stop(self) -> None:
        if self._guardian.poll() is None:
            self._guardian.kill()
        self._process.terminate()

    def stop(self) -> None:
        """Ends the server; requests that run may finish."""
        self.begin_stop()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._guardian.wait()
        assert self._guardian.stdin is not None
        self._guardian.stdin.close()
        self._reader.join(STOP_S)
        # Where a program of the application's holds the other end still, the reader goes on until that ends.
        if not self._reader.is_alive() and self._process.stdout is not None:
            self._process.stdout.close()


class Servers:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: dict[Any, LiveServer] = {}

    def start(
        self,
        app: object,
        *,
        args: Iterable[str] = (),
        env: Mapping[str, str] | None = None,
        workers: int = 1,
        cwd: str | os.PathLike[str] | None = None,
        label: str = '',
    ) -> LiveServer:
        """The server of an application, started if none of this application and these settings runs. `app`: what `portico serve` takes, or the
        application itself, if it has a name in a module. `args`: further flags of `portico serve`. `label`: what it is called in reports."""
        name = app if isinstance(app, str) else name_of(app)
        folder = self._folder if cwd is None else Path(cwd)
        flags = [
            '--bind',
            '127.0.0.1:0',
            '--workers',
            str(workers),
            '--edge-threads',
            '1',
            '--graceful-timeout',
            '5',
            *args,
        ]
        key = (name, folder, tuple(flags), tuple(sorted((env or {}).items())))
        server = self._servers.get(key)
        if server is not None and not server.is_running:
            # Its guardian must not outlive it: by the end of the tests another process may have its number.
            server.stop()
        if server is None or not server.is_running:
            command = [*program(), 'serve', name, '--python', sys.executable, *flags]
            server = LiveServer(label or name, command, environment(env or {}), folder)
            server.await_start()
            self._servers[key] = server
        return server

    def mark(self) -> None:
        for server in self._servers.values():
            server.mark()

    def sections(self) -> list[tuple[str, str]]:
        logs = [(server.name, server.logged_since()) for server in self._servers.values()]
        return [(f'Portico: the log of {name}', '\n'.join(lines)) for name, lines in logs if lines]

    def stop(self) -> None:
        for server in self._servers.values():
            server.begin_stop()
        for server in self._servers.values():
            server.stop()


def program() -> list[str]:
    """The installed program, or that of the checkout which this file is a part of."""
    here = Path(__file__).resolve().parent
    if (here / 'bin' / 'launch.sh').exists():
        return [sys.executable, '-m', 'portico']
    return [str(here.parents[1] / 'bin' / 'portico')]


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """What the tests can import, the application can. Settings of other servers (PORTICO_…) are not for this one."""
    standard = {sysconfig.get_path(name) for name in ('stdlib', 'platstdlib', 'purelib', 'platlib')}
    # Python passes over entries of other kinds, such as the Path that a conftest.py has added.
    told = [path for path in sys.path if isinstance(path, str) and path and path not in standard]
    paths = [path for path in told if not path.endswith(('.zip', 'lib-dynload'))]
    own = {name: text for name, text in os.environ.items() if not name.startswith('PORTICO_') and name != 'PORT'}
    return {**own, 'PYTHONPATH': os.pathsep.join(paths), **given}


def name_of(app: object) -> str:
    """By which name another process can import an object."""
    if not callable(app):
        pytest.fail(f'portico_server() serves an application or its name, not {type(app).__name__}', pytrace=False)
    for module in list(sys.modules.values()):
        names = _names_in(module, app)
        if names:
            return f'{_module_name(module)}:{names[0]}'
    pytest.fail(
        f'portico_server(): {app!r} has no name in any module, and the processes of the server have to import it. '
        "Give it a name at the top of a module, or name what makes it: portico_server('module:make_app()')",
        pytrace=False,
    )


def _names_in(module: Any, app: object) -> list[str]:
    try:
        return [name for name, value in vars(module).items() if value is app and name.isidentifier()]
    except TypeError:
        return []


def _module_name(module: Any) -> str:
    """A test file by its path: pytest may have imported it under a name that only means something to pytest."""
    path = getattr(module, '__file__', None)
    name: str = module.__name__
    file = os.path.basename(path or '')
    is_of_tests = file.startswith(('test_', 'conftest')) or file.endswith('_test.py') or name == '__main__'
    return path if path is not None and is_of_tests else name


StartServer = Callable[..., LiveServer]
