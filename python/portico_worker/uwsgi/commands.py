"""Programs and signals: what the keeper does to processes."""

from __future__ import annotations

import fcntl
import grp
import os
import pwd
import signal
import struct

from portico_worker import process, report

SHELL = '/bin/sh'
_FLOCK = struct.Struct('hhqqi4x') if os.uname().sysname == 'Linux' else struct.Struct('qqihh')
_CANNOT = 126


def start_command(
    command: str, output: int, *, folder: str = '', user: str = '', group: str = '', detaches: bool = False
) -> int:
    """Starts a command of the shell in a session of its own, and returns its number. `detaches`: what it starts belongs to init, and does not end with
    this process."""
    parent = os.getpid()
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        os.setsid()
        if detaches:
            if os.fork() != 0:
                os._exit(0)
        else:
            process.die_with_parent(parent)
        _set_up(output, folder)
        _become(user, group)
        os.execv(SHELL, [SHELL, '-c', command])
    except BaseException as error:
        report.log(f'"{command}" cannot be run: {report.summary(error)}')
    finally:
        os._exit(_CANNOT)


def _set_up(output: int, folder: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    if folder:
        os.chdir(folder)


def _become(user: str, group: str) -> None:
    if group:
        os.setgid(int(group) if group.isdigit() else grp.getgrnam(group).gr_gid)
    if user:
        entry = pwd.getpwuid(int(user)) if user.isdigit() else pwd.getpwnam(user)
        if not group:
            os.setgid(entry.pw_gid)
        os.initgroups(entry.pw_name, os.getgid())
        os.setuid(entry.pw_uid)


def send_signal(pid: int, number: int) -> bool:
    """False if there is no such process, or none that we may signal."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, number)
    except OSError:
        return False
    return True


def signal_group(pid: int, number: int) -> None:
    """The process and what it has started: it leads a session."""
    try:
        os.killpg(pid, number)
    except OSError:
        send_signal(pid, number)


def lock_holder(descriptor: int, place: int) -> int:
    """The process that holds the lock on this byte; 0: none, or one that the kernel does not name."""
    is_linux = _FLOCK.format.startswith('hh')
    values = (fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0) if is_linux else (place, 1, 0, fcntl.F_WRLCK, os.SEEK_SET)
    try:
        found = _FLOCK.unpack(fcntl.fcntl(descriptor, fcntl.F_GETLK, _FLOCK.pack(*values)))
    except OSError:
        return 0
    kind, pid = (found[0], found[4]) if is_linux else (found[3], found[2])
    return 0 if kind == fcntl.F_UNLCK else int(pid)
