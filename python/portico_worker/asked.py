"""Which Python was asked for a module that it does not have: the first that the reader of a failed import has to know."""

from __future__ import annotations

import os
import re
import sys

CHAIN_MAX = 20
"""How many exceptions are looked at that were raised while another was handled; a chain may be a ring."""

_INSTALLATIONS = {
    'uv.lock': 'uv sync',
    'poetry.lock': 'poetry install',
    'Pipfile.lock': 'pipenv sync',
    'requirements.txt': '{python} -m pip install -r requirements.txt',
}

_NAMED_ALIKE = frozenset(('bottle', 'django', 'falcon', 'fastapi', 'flask', 'litestar', 'quart', 'starlette'))
"""Modules whose package has the same name. Of others it is somebody else's (jwt is of PyJWT, and there is a package jwt), or anybody's who
has reserved what others misspell: no command is told that would install and run it."""

_VERSIONED = re.compile(r'python(3\.\d+t?)')


def name_python(found: str) -> str:
    """Such as `/srv/.venv/bin/python (Python 3.11.2, of .venv beside the application)`; `found` is the supervisor's word for it."""
    text = f'{sys.executable} (Python {sys.version.split()[0]}{found and ", " + found})'
    made_for = _made_for()
    if made_for:
        text += f'; the environment was made for Python {made_for}: make it again with this one'
    return text


def is_import_error(error: BaseException | None) -> bool:
    """True also for the exception that a framework raises in the place of an ImportError."""
    for _ in range(CHAIN_MAX):
        if error is None or isinstance(error, ImportError):
            return error is not None
        error = error.__cause__ or error.__context__
    return False


def way_out(error: BaseException | None) -> str:
    """What to do about a package that this Python has not got; '' for another fault: a name in a package that is there is a slip, or another version."""
    for _ in range(CHAIN_MAX):
        if isinstance(error, ModuleNotFoundError) and error.name and _is_missing(error.name.partition('.')[0]):
            name = error.name.partition('.')[0]
            return f'; install it there ({_installation(name)}), or name the Python that has it by --python'
        if error is None:
            break
        error = error.__cause__ or error.__context__
    return ''


def _is_missing(package: str) -> bool:
    from importlib.util import find_spec

    try:
        return package not in sys.modules and find_spec(package) is None
    except (ImportError, ValueError):
        return False


def _installation(package: str) -> str:
    """The command by which the project that is served installs what it needs, as far as its files tell."""
    for file, command in _INSTALLATIONS.items():
        if os.path.isfile(file):
            return command.format(python=sys.executable)
    return f'{sys.executable} -m pip install' + (
        f' {package}' if package in _NAMED_ALIKE else f', with the name of the package that has {package}'
    )


def _made_for() -> str:
    """The version of Python whose packages a virtual environment holds, if it is not ours: so it is after an upgrade of
    the system's Python."""
    import sysconfig  # Imported here, because it takes memory that a server which starts does not need.

    if sys.prefix == sys.base_prefix or os.path.isdir(sysconfig.get_path('purelib')):
        return ''
    try:
        names = sorted(os.listdir(os.path.join(sys.prefix, 'lib')))
    except OSError:
        return ''
    versions = [match[1] for match in map(_VERSIONED.fullmatch, names) if match]
    return versions[-1] if versions else ''
