"""The places of a folder in which people have their application, in the order in which they decide."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from .applications import Applications
from .candidates import ENTRY_FILES, Candidate, candidates_in, is_shadowed, root_of
from .find_django import is_of_django
from .sources import Sources

MAIN_FILES = ('app', 'main', 'application', 'api', 'server')
MODULE_FOLDERS = ('app', 'api')
"""Folders that people name as packages (`app.main`), with and without an `__init__.py`."""
SOURCE_FOLDER = 'src'
PROJECT_FOLDERS = ('backend', 'server', 'web', 'service')
"""Folders that hold a whole project, in a repository of several."""

_NOT_SEARCHED = frozenset(
    [
        'build',
        'dist',
        'docs',
        'env',
        'examples',
        'migrations',
        'node_modules',
        'scripts',
        'site-packages',
        'static',
        'templates',
        'test',
        'tests',
        'venv',
    ]
)
_NOT_SERVED = frozenset(['conftest', 'fabfile', 'locustfile', 'manage', 'noxfile', 'setup', 'tasks', 'tests'])
"""Files that make applications for other purposes."""


class Places:
    def __init__(self) -> None:
        self.sources = Sources()
        self._applications = Applications(self.sources)

    def hints(self) -> list[str]:
        """Why what the places have may not have been found, a sentence each."""
        unserved = [
            f'{os.path.relpath(path)} is written with {framework}, which speaks neither WSGI nor ASGI'
            for path, framework in self._applications.unserved.items()
        ]
        return [*unserved, *([f'{self.sources.cut}, and not all was looked at'] if self.sources.cut else [])]

    def of(self, folder: str) -> Iterator[list[Candidate]]:
        yield self.files(ENTRY_FILES, folder, folder)
        yield self.files(MAIN_FILES, folder, folder)
        yield self._packages(folder)
        source = os.path.join(folder, SOURCE_FOLDER)
        # A Django project in `src` is one in a folder below, like any other: it has to be run there.
        if is_searched(source) and not is_package(source) and not is_of_django(os.path.join(source, 'manage.py')):
            yield self.files(ENTRY_FILES, source, folder, alone=True)
            yield self.files(MAIN_FILES, source, folder, alone=True)
            yield self._packages(source)
        yield self._others(folder)

    def files(self, stems: Iterable[str], folder: str, outer: str, alone: bool = False) -> list[Candidate]:
        """The applications of files with these names. `outer` and `alone` as in `root_of`."""
        found: list[Candidate] = []
        for stem in stems:
            path = os.path.join(folder, f'{stem}.py')
            if os.path.isfile(path) and not is_shadowed(path):
                root = root_of(path, outer, self.sources, alone)
                found += candidates_in(path, root, self._applications)
        return found

    def in_package(self, path: str, outer: str, alone: bool = False) -> list[Candidate]:
        entries = self.files(ENTRY_FILES, path, outer, alone)
        return entries or self.files(('__init__', *MAIN_FILES), path, outer, alone)

    def _packages(self, folder: str) -> list[Candidate]:
        found: list[Candidate] = []
        seen: set[str] = set()
        for name in self.sources.list(folder).folders:
            path = os.path.join(folder, name)
            is_one = name.isidentifier() and (name in MODULE_FOLDERS or is_package(path))
            if is_one and is_searched(path) and os.path.realpath(path) not in seen:
                seen.add(os.path.realpath(path))
                found += self.in_package(path, folder)
        return found

    def _others(self, folder: str) -> list[Candidate]:
        """Files with names of their own: only what is plainly an application of a framework."""
        files = [name[: -len('.py')] for name in self.sources.list(folder).files if name.endswith('.py')]
        usual = {*ENTRY_FILES, *MAIN_FILES, *_NOT_SERVED}
        stems = [name for name in files if name.isidentifier() and name not in usual]
        found = self.files([name for name in stems if not name.startswith(('test_', '_'))], folder, folder)
        return [one for one in found if one.is_known]


def is_package(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, '__init__.py'))


def is_searched(folder: str) -> bool:
    """Not a folder of tests, of other people's code or of none, nor a virtual environment, whatever its name."""
    name = os.path.basename(folder)
    try:
        name.encode()
    except UnicodeEncodeError:
        return False  # No message to the supervisor could name it.
    is_left_out = name in _NOT_SEARCHED or name.startswith(('.', '_')) or name.endswith('.egg-info')
    return not is_left_out and os.path.isdir(folder) and not os.path.exists(os.path.join(folder, 'pyvenv.cfg'))
