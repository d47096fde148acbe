"""Applications that a project names for other programs: FLASK_APP and its kin, `.flaskenv`, pyproject.toml."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from portico_worker.standard import import_standard

from .not_found import NotFound
from .sources import read_text

VARIABLES = ('FLASK_APP', 'QUART_APP', 'LITESTAR_APP')
FLASK_FILE = '.flaskenv'

_LINE = re.compile(r'^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*?)[ \t\r]*$', re.MULTILINE)
_COMMENT = re.compile(r'\s#.*$|^#.*$')
_TABLE = re.compile(r'^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*fastapi[ \t]*\][ \t\r]*(?:#.*)?$', re.MULTILINE)
_ENTRY = re.compile(r'^[ \t]*entrypoint[ \t]*=[ \t]*(?:"([^"\\\n]*)"|\'([^\'\n]*)\')[ \t\r]*(?:#.*)?$', re.MULTILINE)


class Named(NamedTuple):
    app: str
    by: str
    """What names it."""
    note: str | None = None


def named_by_environment() -> Named | None:
    for variable in VARIABLES:
        text = os.environ.get(variable, '').strip()
        if text:
            return Named(text, variable)
    return None


def named_by_flask_file(folder: str) -> Named | None:
    """What else the file sets is not loaded: a site does not run in Flask's debug mode because its developers do."""
    try:
        text = read_text(os.path.join(folder, FLASK_FILE)).decode('utf-8', 'replace')
    except (OSError, ValueError):
        return None
    values = {match[1]: _unquoted(match[2]) for match in _LINE.finditer(text)}
    app = values.pop('FLASK_APP', '')
    if not app:
        return None
    others = [name for name in values if not name.startswith('FLASK_RUN_')]
    note = (
        f'{FLASK_FILE} also sets {", ".join(others)}, which is not loaded: --env-file {FLASK_FILE} loads it'
        if others
        else None
    )
    return Named(app, f'FLASK_APP in {FLASK_FILE}', note)


def _unquoted(text: str) -> str:
    if text[:1] in ('"', "'"):
        return text[1:].partition(text[0])[0]
    return _COMMENT.sub('', text).strip()


def named_by_pyproject(folder: str) -> Named | None:
    """`entrypoint` of FastAPI's command. Raises NotFound for a file that may have one and is no TOML; any other such file is
    for the tools to complain of whose file it is."""
    try:
        text = read_text(os.path.join(folder, 'pyproject.toml')).decode('utf-8').removeprefix('\ufeff')
    except (OSError, ValueError):
        return None
    entry = _entrypoint(text) if 'fastapi' in text else None
    return Named(entry, '[tool.fastapi] in pyproject.toml') if entry else None


def _entrypoint(text: str) -> str | None:
    try:
        tomllib = import_standard('tomllib')
    except ImportError:
        return _plain_entrypoint(text)  # Python 3.9 and 3.10 cannot read TOML.
    try:
        entry = tomllib.loads(text)['tool']['fastapi']['entrypoint']
    except (ValueError, RecursionError) as error:
        if 'tool.fastapi' not in text or 'entrypoint' not in text:
            return None
        raise NotFound(
            f'pyproject.toml seems to name the application ([tool.fastapi]) and is no TOML: {error}. '
            'Mend it, or name the application, as in "portico serve main:app"'
        ) from None
    except (KeyError, TypeError):
        return None
    return entry if isinstance(entry, str) else None


def _plain_entrypoint(text: str) -> str | None:
    """As FastAPI's documentation writes it: a table of its own, with the entry on one line."""
    table = _TABLE.search(text)
    if table is None:
        return None
    rest = text[table.end() :]
    following = re.search(r'^[ \t]*\[', rest, re.MULTILINE)
    entry = _ENTRY.search(rest, 0, following.start() if following else len(rest))
    return (entry[1] or entry[2]) if entry else None
