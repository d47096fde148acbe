"""Which of the applications in a site's files is meant: the one that is plainly meant, or all that could be."""

from __future__ import annotations

import ast
import os
import re
import sys
from typing import NamedTuple

from .applications import UNKNOWN, Application, Applications, Reading, module_path
from .framework_names import FACTORY_NAMES, INSTANCE_NAMES
from .sources import Sources, read_bytes

ENTRY_FILES = ('wsgi', 'asgi')
"""Files that are there for no other reason than to tell a server what to serve."""
_WORDS = re.compile(rb'\b(?:app|application|(?:create|make|get|build)_app(?:lication)?)\b')
NESTED_MAX = 16
"""Packages in packages; more is a ring of links."""


class Candidate(NamedTuple):
    path: str
    root: str
    """The folder that its module is imported from."""
    module: str
    reading: Reading
    application: Application | None
    """None: the file cannot be read."""

    @property
    def is_known(self) -> bool:
        return self.application is not None and self.application.framework != UNKNOWN

    @property
    def is_entry(self) -> bool:
        return os.path.basename(self.path)[: -len('.py')] in ENTRY_FILES

    @property
    def is_plain(self) -> bool:
        """That it is an application is known for sure, or for all that can be known of a file which cannot be read."""
        return self.application is None or self.is_known or self.is_entry

    @property
    def needs(self) -> tuple[str, ...]:
        """Parameters that a factory cannot be called without."""
        return () if self.application is None else self.application.needs

    @property
    def is_django(self) -> bool:
        return self.application is not None and self.application.framework in ('Django', 'Channels')


class Ambiguous(Exception):
    """Several applications could be meant."""

    folder = ''
    """The project below the current folder that they are in, if they are in one."""

    def __init__(self, rivals: list[Candidate]) -> None:
        super().__init__()
        self.rivals = rivals


def candidates_in(path: str, root: str, applications: Applications) -> list[Candidate]:
    """The application of a file; several if one is as likely as the other."""
    module = module_of(path, root)
    reading = applications.of(path, root)
    if reading.fault is not None:
        return [Candidate(path, root, module, reading, None)] if _tells_of_applications(path) else []
    chosen = choose_in_file(reading, is_package=os.path.basename(path) == '__init__.py')
    return [Candidate(path, root, module, reading, application) for application in chosen]


def _tells_of_applications(path: str) -> bool:
    """Of a file that cannot be parsed: a script of another age or language of templates tells of none."""
    try:
        return _WORDS.search(read_bytes(path)) is not None
    except (OSError, ValueError):
        return True


def choose_in_file(reading: Reading, is_package: bool = False) -> list[Application]:
    """A factory with parameters that it needs is the last resort: it is there to be told of."""
    instances = {each.name: each for each in reading.applications if not each.is_factory}
    usual = [instances[name] for name in INSTANCE_NAMES if name in instances]
    around = [
        each
        for each in instances.values()
        if each.framework == 'Socket.IO' and {one.name for one in usual} & each.wraps
    ]
    if around:
        return around  # `sockets = socketio.ASGIApp(sio, app)`: the application alone would have no sockets.
    if usual:
        return [_served(each, instances) for each in _outermost(usual)]
    wrapped = {name for each in instances.values() for name in each.wraps}
    known = [each for each in instances.values() if each.framework != UNKNOWN and each.name not in wrapped]
    if known:
        return [_served(each, instances) for each in known]
    factories = {each.name: each for each in reading.applications if each.is_factory}
    own = [factories[name] for name in FACTORY_NAMES if name in factories]
    own = [each for each in own if is_package or not each.is_imported]
    return sorted(own, key=lambda each: bool(each.needs))[:1]


def _outermost(usual: list[Application]) -> list[Application]:
    """Of `application` and `app`: the one that is made of the other, or that is known to be an application."""
    if len(usual) == 1:
        return usual
    first, second = usual
    if second.name in first.wraps or first.name in second.wraps:
        return [first if second.name in first.wraps else second]
    known = [each for each in usual if each.framework != UNKNOWN]
    return known or [first]


def _served(application: Application, instances: dict[str, Application]) -> Application:
    """A Dash is no application by itself in all of its versions: its `server` is."""
    if application.framework != 'Dash' or application.name not in INSTANCE_NAMES:
        return application
    server = instances.get('server')
    return server if server is not None else application._replace(name=f'{application.name}.server')


def decide(candidates: list[Candidate]) -> Candidate:
    """Raises Ambiguous. An application that another file takes over is not the one that is meant: `wsgi.py` imports what
    `app.py` makes. Such files may import each other."""
    outer = [one for one in candidates if not any(_takes_over(other, one) for other in candidates)]
    left = outer or candidates
    if len(left) > 1:
        raise Ambiguous(left)
    return left[0]


def _takes_over(other: Candidate, one: Candidate) -> bool:
    if other.path == one.path or other.application is None:
        return False
    # A package that has both is imported by its own modules for other reasons.
    return one.module in other.reading.imports and other.module not in one.reading.imports


def module_of(path: str, root: str) -> str:
    parts = os.path.relpath(path, root)[: -len('.py')].split(os.sep)
    return '.'.join(parts[:-1] if parts[-1] == '__init__' and len(parts) > 1 else parts)


def is_shadowed(path: str) -> bool:
    """A package is imported in the place of a module that has its name."""
    return os.path.isfile(os.path.join(path[: -len('.py')], '__init__.py'))


def root_of(path: str, outer: str, sources: Sources, alone: bool = False) -> str:
    """The folder that a file is imported from. A file of a package is imported as a part of it. Where no `__init__.py`
    makes a package, what the file imports tells whether it is meant as one of the folder `outer`, or stands alone
    beside its neighbours; `alone`: what it is if that does not tell either."""
    folder = os.path.dirname(path)
    if os.path.isfile(os.path.join(folder, '__init__.py')):
        return above_packages(folder)
    if folder == outer:
        is_relative, names = _imported_first(sources.tree(path).body)
        is_own = os.path.basename(folder) in names and module_path(os.path.basename(folder), folder) is None
        return os.path.dirname(folder) if is_relative or (is_own and not _is_installed(folder)) else folder
    if not path.startswith(outer.rstrip(os.sep) + os.sep):
        return folder
    first = os.path.relpath(folder, outer).split(os.sep)[0]
    if not all(part.isidentifier() for part in os.path.relpath(folder, outer).split(os.sep)):
        return folder
    is_relative, names = _imported_first(sources.tree(path).body)
    if is_relative or first in names:
        return outer
    if any(module_path(name, folder) is not None and module_path(name, outer) is None for name in names):
        return folder
    return folder if alone else outer


def _is_installed(folder: str) -> bool:
    """Whether the folder's name is that of a module on the path."""
    name = os.path.basename(folder)
    return any(module_path(name, place or os.getcwd()) is not None for place in sys.path)


def above_packages(folder: str) -> str:
    for _ in range(NESTED_MAX):
        if not os.path.isfile(os.path.join(folder, '__init__.py')):
            break
        folder = os.path.dirname(folder)
    return folder


def _imported_first(body: list[ast.stmt]) -> tuple[bool, set[str]]:
    """Whether there are relative imports, and the first names of the others."""
    names: set[str] = set()
    is_relative = False
    for node in (part for statement in body for part in ast.walk(statement)):
        if isinstance(node, ast.ImportFrom):
            is_relative = is_relative or node.level > 0
            names.add('' if node.level else (node.module or '').partition('.')[0])
        elif isinstance(node, ast.Import):
            names.update(alias.name.partition('.')[0] for alias in node.names)
    return is_relative, names - {''}
