"""What a hook of uWSGI's does: `exec:COMMAND`, `write:FILE TEXT`, `call:MODULE.FUNCTION` and others. Raises what goes wrong."""

from __future__ import annotations

import grp
import importlib
import os
import pwd
import socket
import stat
import subprocess
import sys
import time
from typing import Callable

from portico_worker import report

from .instance import Instance

WAIT_S = 60.0
"""How long `wait_for_…` waits for what is to come, as uWSGI does (--wait-for-fs-timeout)."""
LOOK_S = 0.1


class ActionFault(Exception):
    pass


def run_action(action: str, instance: Instance) -> None:
    """`action`: what the model has checked the name of."""
    name, _, argument = action.partition(':')
    if name == 'unix_signal':
        _set_signal(argument)
    elif name == 'exit':
        raise SystemExit(int(argument or 0))
    else:
        _ACTIONS[name](argument)


def _two(argument: str) -> tuple[str, str]:
    first, _, rest = argument.strip().partition(' ')
    return first, rest.strip()


def _exec(command: str) -> None:
    code = subprocess.run(['/bin/sh', '-c', command], stdin=subprocess.DEVNULL, check=False).returncode
    if code != 0:
        raise ActionFault(f'"{command}" has ended with code {code}')


def _safe_exec(command: str) -> None:
    subprocess.run(['/bin/sh', '-c', command], stdin=subprocess.DEVNULL, check=False)


def _chmod(argument: str) -> None:
    path, mode = _two(argument)
    os.chmod(path, int(mode, 8))


def _chown(argument: str) -> None:
    path, owner = _two(argument)
    user, group = _two(owner)
    os.chown(path, _uid(user), int(group) if group.isdigit() else grp.getgrnam(group).gr_gid)


def _uid(name: str) -> int:
    return int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid


def _writing(mode: str, end: str) -> Callable[[str], None]:
    def write(argument: str) -> None:
        path, text = _two(argument)
        with open(path, mode, encoding='utf-8') as file:
            file.write(text + end)

    return write


def _write_fifo(argument: str) -> None:
    path, text = _two(argument)
    descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    try:
        os.write(descriptor, text.encode('utf-8'))
    finally:
        os.close(descriptor)


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass  # It is gone, as it was to be.


def _calling(takes: type | None, checks: bool) -> Callable[[str], None]:
    """uWSGI calls functions of C; here they are those of Python, `module.function`."""

    def call(argument: str) -> None:
        name, text = _two(argument)
        module, _, function = name.rpartition(':' if ':' in name else '.')
        found = getattr(importlib.import_module(module or '__main__'), function)
        answer = found(*([takes(text)] if takes is not None and text else [text] if text else []))
        if checks and answer not in (None, 0, True):
            raise ActionFault(f'{name} has returned {answer!r}')

    return call


def _waiting(is_there: Callable[[str], bool]) -> Callable[[str], None]:
    def wait(argument: str) -> None:
        path = argument.strip()
        deadline = time.monotonic() + WAIT_S
        while not is_there(path):
            if time.monotonic() > deadline:
                raise ActionFault(f'{path} has not come within {WAIT_S:g} s')
            time.sleep(LOOK_S)

    return wait


def _is_socket_open(address: str) -> bool:
    host, _, port = address.rpartition(':')
    try:
        if port.isdigit():
            socket.create_connection((host or '127.0.0.1', int(port)), timeout=1).close()
        else:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(address)
    except OSError:
        return False
    return True


def _set_signal(argument: str) -> None:
    """A function of C that a Unix signal calls; the one that everybody asks for is a graceful end by SIGTERM, which is always so here."""
    report.log(f'unix_signal:{argument} is not needed: the signals of the server are its own', 'debug')


def _print(text: str) -> None:
    sys.stderr.write(text + '\n')


def _create(path: str) -> None:
    with open(path, 'w', encoding='utf-8'):
        pass


_ACTIONS: dict[str, Callable[[str], None]] = {
    'cd': os.chdir,
    'chdir': os.chdir,
    'mkdir': lambda path: os.makedirs(path, exist_ok=True),
    'putenv': lambda pair: os.environ.__setitem__(*pair.split('=', 1)) if '=' in pair else None,
    'chmod': _chmod,
    'sticky': lambda path: os.chmod(path, os.stat(path).st_mode | stat.S_ISVTX),
    'chown': _chown,
    'chown2': _chown,
    'exec': _exec,
    'safeexec': _safe_exec,
    'create': _create,
    'creat': _create,
    'write': _writing('w', ''),
    'writen': _writing('w', '\n'),
    'append': _writing('a', ''),
    'appendn': _writing('a', '\n'),
    'writefifo': _write_fifo,
    'unlink': _unlink,
    'call': _calling(None, checks=False),
    'callret': _calling(None, checks=True),
    'callint': _calling(int, checks=False),
    'callintret': _calling(int, checks=True),
    'wait_for_fs': _waiting(os.path.exists),
    'wait_for_file': _waiting(os.path.isfile),
    'wait_for_dir': _waiting(os.path.isdir),
    'wait_for_socket': _waiting(_is_socket_open),
    'print': _print,
    'log': _print,
}
