"""Which Python was asked for a module that it does not have: the first that the reader of a failed import has to know."""

from __future__ import annotations

import os
import re
import sys

CHAIN_MAX = 20
"""How many exceptions are looked at that were raised while another was handled; a chain may be a ring."""

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
