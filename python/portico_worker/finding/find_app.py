"""Finds the application where none was named, and what a named package or folder holds.

Files are read, not run. Only the application that is chosen is imported, later, by loader.py. The nearest place that
has an application decides; where one place has several, one must plainly be meant, or none is chosen.
"""

from __future__ import annotations

import os
import sys

from portico_worker.importing import take_source_folder

from .app_name import split_name
from .applications import module_path
from .candidates import ENTRY_FILES, Ambiguous, Candidate, above_packages, decide
from .choice import Choice
from .find_django import find_project, is_of_django, project_of_package
from .named_apps import Named, named_by_environment, named_by_flask_file, named_by_pyproject
from .not_found import (
    NotFound,
    Option,
    argument,
    needs_arguments,
    nothing_here,
    refuse_own_server,
    refuse_taken_name,
    several,
    unclear_django,
)
from .places import MAIN_FILES, MODULE_FOLDERS, PROJECT_FOLDERS, Places, is_package, is_searched


def choose(app: str, interface: str = 'auto', may_move: bool = True) -> Choice:
    """`app`: as the user has named it, or ''. `may_move`: whether a project one folder below may be chosen. Raises
    NotFound. The folder that the choice is imported from is on the path afterwards."""
    search = _Search(interface)
    target, expression = split_name(app)
    try:
        if not app:
            return search.in_folder(os.getcwd(), may_move)
        return Choice(app) if expression else search.named(target) or Choice(target)
    except Ambiguous as ambiguous:
        raise several(_option(rival, ambiguous.folder) for rival in ambiguous.rivals) from None


class _Search:
    def __init__(self, interface: str) -> None:
        self.interface = interface
        self.places = Places()

    def named(self, target: str) -> Choice | None:
        """What is in a `manage.py`, a folder or a package. None: the loader finds it by its name."""
        path = os.path.abspath(target)
        if os.path.basename(target) == 'manage.py' and is_of_django(path):
            found = self._django(os.path.dirname(path), target)
            return found if found is None or not found.folder else found._replace(app='manage.py')
        is_path = os.sep in target or target in ('.', '..')
        if not is_path:
            path = _folder_of(target)
        if not os.path.isdir(path):
            return None
        if is_path and not is_package(path):
            return self._in_other_folder(path)
        root = above_packages(path) if is_path else path[: -len(target) - 1]
        is_folder = not is_path and path == os.path.abspath(target) and not is_package(path)
        alone = is_folder and target not in MODULE_FOLDERS
        held = self.places.in_package(path, root, alone)
        chosen = self._decide([one for one in held if one.application is not None and (one.root == root or not alone)])
        if chosen is not None:
            return self._choice(chosen)._replace(why=None)
        if is_package(path) or path != os.path.abspath(target):
            return None
        try:
            return self._in_other_folder(path)
        except NotFound:
            if _is_there(target, ''):
                return None  # The folder only has the name of a module that is installed.
            raise

    def _in_other_folder(self, path: str) -> Choice:
        as_module = self._as_module(path, os.path.dirname(path))
        if as_module is not None:
            return self._choice(as_module)._replace(why=None)
        chosen = self.in_folder(path, may_move=True)
        is_here = os.path.realpath(path) == os.path.realpath(os.getcwd())
        return chosen if is_here else chosen._replace(app='', folder=chosen.folder or path)

    def in_folder(self, folder: str, may_move: bool) -> Choice:
        named = named_by_environment() or named_by_flask_file(folder) or named_by_pyproject(folder)
        if named is not None:
            take_source_folder(split_name(named.app)[0])
        if named is not None and _is_there(named.app, folder):
            return self._take_named(named)
        chosen = self._django(folder, 'manage.py')
        if chosen is not None:
            return chosen._replace(notes=(*_passed_over(named), *self._beside_django(folder)))
        if named is not None:
            raise NotFound(
                f'{named.by} names {named.app}, which is neither in {folder} nor on the Python path. '
                'Mend it, remove it, or name the application, as in "portico serve main:app"'
            )
        unclear: list[list[Candidate]] = []
        found = self._plain(folder, unclear)
        if found is not None:
            return self._choice(found)
        chosen = self._below(folder) if may_move else None
        if chosen is not None:
            return chosen
        # A factory that has to be given arguments is there to be told of, after all else.
        for place in (*([one for one in place if not one.needs] for place in unclear), *unclear):
            found = found or self._decide(place)
        if found is not None:
            return self._choice(found)
        raise nothing_here(folder, self.places.hints())

    def _take_named(self, named: Named) -> Choice:
        target, expression = split_name(named.app)
        chosen = (None if expression else self.named(target)) or Choice(named.app)
        return chosen._replace(why=f'named by {named.by}', notes=() if named.note is None else (named.note,))

    def _django(self, folder: str, manage: str) -> Choice | None:
        why = f'the Django project of {manage}'
        path = os.path.join(folder, 'manage.py')
        if folder != os.getcwd():
            return Choice('', folder=folder, why=why) if is_of_django(path) else None
        project = find_project()
        if project is not None:
            return Choice('', project, why=why if os.path.isfile(path) else f'the Django project of {project.settings}')
        if is_of_django(path):
            found = [one for place in self.places.of(folder) for one in place if one.is_django]
            raise unclear_django(path, [_option(one) for one in found])
        return None

    def _beside_django(self, folder: str) -> list[str]:
        beside = [one for one in self.places.files(MAIN_FILES, folder, folder) if one.is_known and not one.is_django]
        return [f'{_what(one)} is not served: "portico serve {_option(one).arguments}" does that' for one in beside]

    def _plain(self, folder: str, unclear: list[list[Candidate]]) -> Candidate | None:
        """The nearest that is plainly an application; what is only called like one, or has to be given arguments, is added to
        `unclear`, by place."""
        for place in self.places.of(folder):
            found = self._decide([one for one in place if one.is_plain and not one.needs])
            if found is not None:
                return found
            unclear.append(place)
        return None

    def _below(self, folder: str) -> Choice | None:
        """A project one folder below: of Django in any folder, of others in the folders that people have for them."""
        found: list[Choice] = []
        for name in self.places.sources.list(folder).folders:
            path = os.path.join(folder, name)
            if not is_searched(path):
                continue
            chosen = self._django(path, f'{name}/manage.py')
            if chosen is None and name in PROJECT_FOLDERS:
                chosen = self._in_project(path, folder)
            if chosen is not None:
                found.append(chosen)
        if len(found) > 1:
            raise several(Option(argument(os.path.relpath(one.folder, folder)), one.why or '') for one in found)
        return found[0] if found else None

    def _in_project(self, path: str, outer: str) -> Choice | None:
        name = os.path.basename(path)
        named = named_by_flask_file(path) or named_by_pyproject(path)
        if named is not None:
            return Choice('', folder=path, why=f'named by {named.by} of {name}')
        as_module = self._as_module(path, outer)
        if as_module is not None:
            return self._choice(as_module)._replace(folder=outer)
        unclear: list[list[Candidate]] = []
        try:
            found = self._plain(path, unclear)
        except Ambiguous as ambiguous:
            ambiguous.folder = path
            raise
        # A factory that needs arguments is told of, from its own folder.
        found = found or next((one for place in unclear for one in place if one.is_plain), None)
        return None if found is None else Choice('', folder=path, why=_where(found))

    def _as_module(self, path: str, outer: str) -> Candidate | None:
        """An application in a folder whose files are written as modules of the folder above (`from backend.db import …`)."""
        main = self.places.files((*ENTRY_FILES, *MAIN_FILES), path, outer, alone=True)
        return self._decide([one for one in main if one.root == outer and one.is_plain])

    def _decide(self, found: list[Candidate]) -> Candidate | None:
        usable = [one for one in found if not one.needs] or found
        try:
            return decide(usable) if usable else None
        except Ambiguous as ambiguous:
            entries = {os.path.basename(rival.path)[: -len('.py')]: rival for rival in ambiguous.rivals}
            folders = {os.path.dirname(rival.path) for rival in ambiguous.rivals}
            is_pair = (
                set(entries) == set(ENTRY_FILES) and len(ambiguous.rivals) == len(ENTRY_FILES) and len(folders) == 1
            )
            if is_pair and entries['wsgi'].is_django:
                return entries['wsgi']  # The project's settings tell which of the two.
            if is_pair and self.interface in entries:
                return entries[self.interface]
            raise

    def _choice(self, found: Candidate) -> Choice:
        application, why = found.application, _where(found)
        refuse_taken_name(found.path, found.module)
        refuse_own_server(found.path, found.reading.serves_at)
        if found.root not in sys.path:
            sys.path.insert(0, found.root)
        if application is None:
            return Choice(found.module, why=why)
        if application.needs:
            raise needs_arguments(f'{found.module}:{application.name}', application.needs)
        if found.is_django and found.is_entry:
            return Choice('', project_of_package(found.module.rpartition('.')[0]), why=why)
        return Choice(f'{found.module}:{application.expression}', why=why)


def _where(found: Candidate) -> str:
    return f'found in {os.path.relpath(found.path)}'


def _what(found: Candidate) -> str:
    place = os.path.relpath(found.path)
    if found.application is None:
        return f'{place}, which cannot be read: {found.reading.fault}'
    return f'{found.application.framework or found.application.name} in {place}'


def _option(found: Candidate, folder: str = '') -> Option:
    """`folder`: of a project below this one, for which it has to be run."""
    name = '' if found.application is None else f':{found.application.name}'
    at = folder or os.getcwd()
    named = found.module if found.root == at else os.path.relpath(found.path, at)
    chdir = f'--chdir {argument(os.path.relpath(folder))} ' if folder else ''
    return Option(f'{chdir}{argument(named + name)}', _what(found))


def _passed_over(named: Named | None) -> list[str]:
    return [] if named is None else [f'{named.by} names {named.app}, which is not here: it is passed over']


def _folder_of(target: str) -> str:
    """Of a package, or ''. What is here comes first; elsewhere a package comes before a folder that is none, as for
    Python's import."""
    here = os.path.join(os.getcwd(), *target.split('.'))
    if os.path.isdir(here) and (is_package(here) or not os.path.isfile(f'{here}.py')):
        return here
    places = [os.path.join(place or os.getcwd(), *target.split('.')) for place in sys.path]
    for path in places:
        if is_package(path) or os.path.isfile(f'{path}.py'):
            return path if is_package(path) else ''
    return next((path for path in places if os.path.isdir(path)), '')


def _is_there(app: str, folder: str) -> bool:
    """In the folder, or as a module on the path."""
    target, _ = split_name(app)
    if os.sep in target or target.endswith('.py'):
        path = os.path.join(folder, target)
        return os.path.exists(path) or os.path.isfile(f'{path}.py')
    first = target.partition('.')[0]
    if folder and os.path.isdir(os.path.join(folder, first)):
        return True
    return any(module_path(first, place or os.getcwd()) for place in (folder or os.getcwd(), *sys.path))
