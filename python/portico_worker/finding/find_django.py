"""Finds the application of the Django project in a folder: what its wsgi.py or asgi.py makes, with the settings that
this file names. manage.py names settings too, but for whoever works on the project, often with DEBUG on. Here
manage.py only tells where the project is: its files are read, nothing of the project is run until its wsgi.py or
asgi.py is imported, as every other server would do."""

from __future__ import annotations

import ast
import glob
import os
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from .choice import Project
from .sources import parse, read_text

SETTINGS_VARIABLE = 'DJANGO_SETTINGS_MODULE'

_SETTINGS_LINE = re.compile(
    rf"""environ(?:\.setdefault\(|\[)\s*['"]{SETTINGS_VARIABLE}['"]\s*(?:,|\]\s*=)\s*['"]([\w.]+)['"]"""
)
_MODULE = re.compile(r'[^\W\d]\w*(\.[^\W\d]\w*)*')

INCLUDES_MAX = 16
"""How many settings modules are read because another one takes its settings from them."""
ASGI_APPS = frozenset(('daphne', 'channels'))
"""Every project has an asgi.py; a project that installs one of these wants it run."""


def find_project() -> Project | None:
    """The project in the current folder; None if there is none."""
    drop_empty_variable()
    named = os.environ.get(SETTINGS_VARIABLE)
    if named and not os.path.isfile('manage.py') and not (_MODULE.fullmatch(named) and source_of(named)):
        named = None  # The settings are those of another project, whose folder this is not.
    settings = named or settings_line('manage.py')
    entries: dict[str, str] = {}
    wants_asgi = False
    if settings and _MODULE.fullmatch(settings):
        _take_folder_of(settings)
        said = _read_settings(settings)
        for kind in ('wsgi', 'asgi'):
            dotted = said.names.get(f'{kind.upper()}_APPLICATION') or _beside(settings, kind)
            if dotted is not None:
                entries[kind] = dotted
        wants_asgi = 'asgi' in entries and _is_asynchronous(named or settings_of(entries['asgi']) or settings)
    else:
        entries = {kind: dotted for kind in ('wsgi', 'asgi') for dotted in _only_one_below(kind)}
    if not settings and not entries:
        return None
    return Project(entries, settings, wants_asgi)


def project_of_package(package: str) -> Project:
    """The project whose wsgi.py and asgi.py are in a package."""
    drop_empty_variable()
    entries: dict[str, str] = {}
    for kind in ('wsgi', 'asgi'):
        module = f'{package}.{kind}' if package else kind
        if source_of(module) is not None:
            entries[kind] = f'{module}.application'
    settings = os.environ.get(SETTINGS_VARIABLE) or settings_line('manage.py')
    in_use = os.environ.get(SETTINGS_VARIABLE) or (settings_of(entries['asgi']) if 'asgi' in entries else None)
    return Project(entries, settings, in_use is not None and _is_asynchronous(in_use))


def drop_empty_variable() -> None:
    """With an empty variable wsgi.py could not name its settings."""
    if not os.environ.get(SETTINGS_VARIABLE):
        os.environ.pop(SETTINGS_VARIABLE, None)


def is_of_django(manage: str) -> bool:
    """Whether a manage.py is that of a Django project."""
    try:
        text = read_text(manage)
    except (OSError, ValueError):
        return False
    return SETTINGS_VARIABLE.encode('ascii') in text or b'django.core.management' in text


def settings_of(entry: str) -> str | None:
    """The settings that the file of an application names."""
    path = source_of(entry.rpartition('.')[0])
    return settings_line(path) if path else None


def _is_asynchronous(settings: str) -> bool:
    said = _read_settings(settings)
    return 'ASGI_APPLICATION' in said.names and bool(ASGI_APPS & said.packages)


def settings_line(path: str) -> str | None:
    """The settings that a Python file names by putting them into the environment."""
    try:
        found = _SETTINGS_LINE.search(read_text(path).decode('utf-8'))
    except (OSError, ValueError):
        return None
    return found[1] if found else None


def source_of(module: str) -> str | None:
    """The file of a module, found without importing the packages that it is in."""
    *packages, name = module.split('.')
    for folder in sys.path:
        place = os.path.join(folder or os.getcwd(), *packages, name)
        for path in (f'{place}.py', os.path.join(place, '__init__.py')):
            if os.path.isfile(path):
                return path
    return None


def _take_folder_of(settings: str) -> None:
    """Adds the folder of a package to the path, as many a manage.py does with a folder such as src. It is the only
    folder below this one that has the package."""
    if source_of(settings) is not None:
        return
    below = settings.replace('.', '/')
    found = [path for ending in ('.py', '/__init__.py') for path in glob.glob(f'*/{below}{ending}')]
    if len(found) == 1:
        sys.path.insert(0, os.path.abspath(found[0].partition('/')[0]))


def _beside(settings: str, kind: str) -> str | None:
    """`site.wsgi.application` for `site.settings.production`: the nearest on the way up."""
    package = settings
    while package:
        package = package.rpartition('.')[0]
        module = f'{package}.{kind}' if package else kind
        if source_of(module) is not None:
            return f'{module}.application'
    return None


def _only_one_below(kind: str) -> Iterator[str]:
    """The only candidate below this folder, for a manage.py that finds out its settings in a way of its own."""
    found = sorted(glob.glob(f'*/{kind}.py'))
    if os.path.isfile('manage.py') and len(found) == 1:
        yield f'{os.path.dirname(found[0])}.{kind}.application'


class _Said(NamedTuple):
    names: dict[str, str]
    """WSGI_APPLICATION and ASGI_APPLICATION, where they are plain texts."""
    packages: set[str]
    """The first part of each text that could be the name of a module."""


def _read_settings(module: str) -> _Said:
    """The settings of the module, and of modules from which it takes settings by `from … import *`. Its own come last,
    so they win."""
    said = _Said({}, set())
    seen: set[str] = set()

    def read(module: str) -> None:
        path = source_of(module)
        if path is None or path in seen or len(seen) >= INCLUDES_MAX:
            return
        seen.add(path)
        package = module if path.endswith('__init__.py') else module.rpartition('.')[0]
        for node in _statements(path):
            if isinstance(node, ast.ImportFrom) and any(alias.name == '*' for alias in node.names):
                read(_absolute(node, package))
            for text in _texts(node):
                said.packages.add(text.partition('.')[0])
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                _take_names(node, said)

    read(module)
    return said


def _statements(path: str) -> list[ast.stmt]:
    try:
        return parse(read_text(path))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # Python will say what is wrong when it imports the file.


def _absolute(node: ast.ImportFrom, package: str) -> str:
    parts = package.split('.')
    base = parts[: len(parts) - node.level + 1] if node.level else []
    return '.'.join([*base, *(node.module or '').split('.')]).strip('.')


def _texts(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and _MODULE.fullmatch(part.value):
            yield part.value


def _take_names(node: ast.Assign, said: _Said) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id in ('WSGI_APPLICATION', 'ASGI_APPLICATION'):
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            if isinstance(value, str) and _MODULE.fullmatch(value):
                said.names[target.id] = value
            else:
                said.names.pop(target.id, None)
