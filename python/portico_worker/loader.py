"""Imports the application that was named or found: `module:callable`, `module:factory()`, `module`, a path, or a Django project."""

from __future__ import annotations

import importlib.util
import os
import sys
from types import ModuleType
from typing import Any, Callable, NamedTuple

from . import asked, env_file, report
from .detection import detect
from .factory import is_factory, make
from .finding.app_name import split_name
from .finding.choice import Choice
from .finding.framework_names import FACTORY_NAMES, INSTANCE_NAMES
from .finding.not_found import NoModule, NotFound, no_file, refuse_taken_name
from .importing import evaluate, import_module, take_source_folder
from .interface import interface_of, single_callable
from .standard import import_own

# Modules that read sources are imported where they are needed: most servers are told what to serve.


class Loaded(NamedTuple):
    application: Callable[..., Any]
    """The application, called as `facts['interface']` says."""
    facts: dict[str, Any]


class LoadError(Exception):
    is_misnamed = False
    """There is nothing to call by the name that was given: no code of the application's has failed."""

    def __init__(self, summary: str, traceback: str) -> None:
        super().__init__(summary)
        self.summary = summary
        self.traceback = traceback


def find(name: str, interface: str = 'auto', may_move: bool = True) -> Choice:
    """What `name` stands for, as `choose` has it. Nothing of the application's is imported."""
    target, expression = split_name(name)
    take_source_folder(target)
    if expression:
        return Choice(name)
    try:
        chosen: Choice = import_own('finding.search').choose_in_time(name, interface, may_move)
    except NotFound as error:
        raise _told(error) from None
    return chosen


def load(named: Choice | str, interface: str = 'auto', python_found: str = '', root_path: str = '') -> Loaded:
    """Imports the application, and tells for which interface it is written unless that is said ('wsgi', 'asgi').
    Whatever an import may raise, SystemExit included, becomes a LoadError; `python_found` is for its text."""
    choice = named if isinstance(named, Choice) else find(named, interface, may_move=False)
    try:
        application, full_name = _import_choice(choice, interface)
        if not callable(application):
            raise NotFound(f'{full_name} is {type(application).__name__}, which cannot be called: it is no application')
        spoken = interface_of(application) if interface == 'auto' else interface
        facts = detect.facts(application, full_name, spoken, root_path)
        facts['found'] = choice.why
        facts['notes'] = [*choice.notes, *env_file.notes(choice.env_file)]
        return Loaded(single_callable(application) if spoken == 'asgi' else application, facts)
    except NoModule as error:
        text = f'{error} of {asked.name_python(python_found)}{error.hint}'
        raise LoadError(text, text) from None
    except NotFound as error:
        raise _told(error) from None
    except BaseException as error:
        summary = _summarise(error, python_found) + env_file.hint(choice.env_file, error)
        raise LoadError(summary, report.format_error(error)) from error


def as_load_error(error: BaseException) -> LoadError:
    return error if isinstance(error, LoadError) else LoadError(report.summary(error), report.format_error(error))


def _told(error: NotFound) -> LoadError:
    fault = LoadError(str(error), error.details or str(error))
    fault.is_misnamed = True
    return fault


def _summarise(error: BaseException, python_found: str) -> str:
    text = report.summary(error)
    if not asked.is_import_error(error):
        return text
    return f'{text}; it was looked for by {asked.name_python(python_found)}{asked.way_out(error)}'


def _import_choice(choice: Choice, interface: str) -> tuple[Any, str]:
    if choice.project is not None:
        made: tuple[Any, str] = import_own('load_django').load_django(choice.project, interface)
        return made
    target, expression = split_name(choice.app)
    if choice.app.startswith(':'):
        raise NotFound(f'"{choice.app}" names no module: write one in front of the colon, as in main{choice.app}')
    is_path = target.endswith('.py') or os.sep in target
    module_name = _module_of_path(target) if is_path else target
    module = import_module(module_name)
    if expression:
        return _made(evaluate(module, expression), module_name, expression)
    for attribute in INSTANCE_NAMES:
        # A submodule of that name is no application.
        if not isinstance(getattr(module, attribute, module), ModuleType):
            return _made(getattr(module, attribute), module_name, attribute)
    for attribute in FACTORY_NAMES:
        if is_factory(getattr(module, attribute, None), attribute):
            return _made(getattr(module, attribute), module_name, attribute)
    return _only_application(module, module_name)


def _made(found: Any, module: str, name: str) -> tuple[Any, str]:
    """The application itself, also where the function was named that makes it."""
    if name.isidentifier() and is_factory(found, name):
        return make(found, f'{module}:{name}'), f'{module}:{name}()'
    return found, f'{module}:{name}'


def _only_application(module: ModuleType, name: str) -> tuple[Any, str]:
    """For a module whose application has a name of its own: the only object of one of the frameworks' classes."""
    found = {key: value for key, value in vars(module).items() if detect.is_of_framework(value)}
    if len(found) == 1:
        key, value = found.popitem()
        return value, f'{name}:{key}'
    named = ' or '.join(f'{name}:{key}' for key in found) or f'{name}:callable'
    raise NotFound(f'{name} has no "application" or "app": name the callable, as in {named}')


def _module_of_path(path: str) -> str:
    """Makes the file importable and returns its name: a file of a package is imported as a part of it."""
    path = os.path.abspath(path if path.endswith('.py') else path + '.py')
    if not os.path.isfile(path):
        raise no_file(path)
    from .finding.candidates import root_of
    from .finding.sources import Sources

    folder = root_of(path, os.getcwd(), Sources(), alone=True)
    if folder in sys.path:
        sys.path.remove(folder)
    sys.path.insert(0, folder)
    name = os.path.relpath(path, folder)[: -len('.py')].replace(os.sep, '.')
    if name.endswith('.__init__'):
        name = name[: -len('.__init__')]
    elif not name.rpartition('.')[2].isidentifier():
        _import_file(name, path)
    else:
        refuse_taken_name(path, name)
    return name


def _import_file(name: str, path: str) -> None:
    """For a file whose name no import statement could have."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
