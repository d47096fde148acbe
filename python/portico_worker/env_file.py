"""A `.env` beside the application is told of, and not loaded unasked: what it sets may be a developer's. Of its lines only the names are read."""

from __future__ import annotations

import os
import re
import sys

NAME = '.env'
READERS = frozenset(('decouple', 'dotenv', 'dynaconf', 'environ', 'environs', 'pydantic_settings', 'starlette.config'))
"""Modules by which applications read the file themselves."""
TEXT_MAX = 10_000
"""Characters of an error's text that are searched for names."""


def unread(cwd: str) -> str:
    """The file in the current folder, named as from `cwd`; '' if there is none, or it sets nothing new."""
    return os.path.relpath(NAME, cwd or os.getcwd()) if _names() - os.environ.keys() else ''


def notes(path: str) -> list[str]:
    """For an application that is loaded. One that has a reader for such files has found it, or is not meant to."""
    if not path or any(module in sys.modules for module in READERS):
        return []
    return [f'there is a {NAME} here, which is not loaded: --env-file {path} loads it']


def hint(path: str, error: BaseException) -> str:
    """For an application that cannot be loaded because of a variable that the file has."""
    if not path:
        return ''
    try:
        said = set(re.findall(r'\w+', str(error)[:TEXT_MAX].lower()))
    except Exception:
        return ''
    missing = sorted(name for name in _names() - os.environ.keys() if name.lower() in said)
    if not missing:
        return ''
    return f'. {missing[0]} is set in {path}, which is not loaded: --env-file {path} loads it'


def _names() -> set[str]:
    if not os.path.isfile(NAME):
        return set()
    from .finding.sources import read_text

    try:
        text = read_text(NAME).decode('utf-8', 'replace')
    except (OSError, ValueError):
        return set()
    return set(re.findall(r'^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=', text, re.MULTILINE))
