"""Run by the supervisor as a program of its own, because Node has no flock(2): locks a folder of temporary files, or removes those that nobody has locked.

A lock lives as long as the open file that holds it, here the supervisor's own, and is seen from every PID namespace and by
systemd-tmpfiles, which leaves alone what is locked (tmpfiles.d(5)).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import stat
import sys
import time

PATIENCE_S = 30
"""A process that holds the lock for so long does not only look."""

FRESH_S = 60
"""A folder in which something was made or removed since may be one that is about to be locked."""


def lock(descriptor: int) -> str | None:
    """Locks the folder that the supervisor has open, and keeps open. (It is not our standard input, as Python does not
    start with a folder as that.) Returns what is in the way. A process that only looks whether the folder is locked
    holds the lock for a moment."""
    signal.alarm(PATIENCE_S)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        return str(error)
    return None


def remove_unlocked(paths: list[str]) -> None:
    for path in paths:
        try:
            _remove_if_unlocked(path)
        except OSError:
            continue  # The folder is another user's, has gone meanwhile, or is on a file system without locks: it is left alone.


def _remove_if_unlocked(path: str) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(folder)
        is_ours = found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077
        if is_ours and time.time() - found.st_mtime > FRESH_S:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(folder)


def main(arguments: list[str]) -> str | None:
    if arguments[:1] == ['lock']:
        return lock(int(arguments[1]))
    remove_unlocked(arguments)
    return None


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
