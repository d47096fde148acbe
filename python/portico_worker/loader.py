"""Imports the application that was named or found: `module:callable`, `module:factory()`, `module`, a path, or a Django project."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import re
import sys
from types import ModuleType
from typing import Any, Callable, NamedTuple

from . import asked, detect, env_file, report
from .candidates import root_of
from .factory import is_factory, make
from .find_app import Choice, choose
from .find_django import ASGI_APPS, SETTINGS_VARIABLE, Project, settings_of
from .framework_names import FACTORY_NAMES, INSTANCE_NAMES
from .interface import interface_of, single_callable
from .not_found import NoModule, NotFound, nearest, no_file, no_module, refuse_taken_name
from .sources import Sources


class Loaded(NamedTuple):
    application: Callable[..., Any]
    """The application, called as `facts['interface']` says."""
    facts: dict[str, Any]


class LoadError(Exception):
    def __init__(self, summary: str, traceback: str) -> None:
        super().__init__(summary)
        self.summary = summary
        self.traceback = traceback


def find(name: str, interface: str = 'auto', may_move: bool = True) -> Choice:
    """What `name` stands for, as `choose` has it. Nothing is imported."""
    if not os.environ.get(SETTINGS_VARIABLE):
        os.environ.pop(SETTINGS_VARIABLE, None)  # With an empty variable wsgi.py could not name its settings.
    try:
        return choose(name, interface, may_move)
    except NotFound as error:
        raise _told(error) from None


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
        text = f'{error} of {asked.name_python(python_found)}'
        raise LoadError(text, text) from None
    except NotFound as error:
        raise _told(error) from None
    except BaseException as error:
        summary = _summarise(error, python_found) + env_file.hint(choice.env_file, error)
        raise LoadError(summary, report.format_error(error)) from error


def _told(error: NotFound) -> LoadError:
    return LoadError(str(error), error.details or str(error))


def _summarise(error: BaseException, python_found: str) -> str:
    text = report.summary(error)
    if not asked.is_import_error(error):
        return text
    return f'{text}; asked was {asked.name_python(python_found)}{asked.way_out(error)}'


def _import_choice(choice: Choice, interface: str) -> tuple[Any, str]:
    if choice.project is not None:
        return _load_django(choice.project, interface)
    target, colon, expression = choice.app.partition(':')
    if colon and not target:
        raise NotFound(f'"{choice.app}" names no module: write one in front of the colon, as in main{choice.app}')
    is_path = target.endswith('.py') or os.sep in target
    module_name = _module_of_path(target) if is_path else target
    module = _import(module_name)
    if expression:
        return _made(_evaluate(module, expression), module_name, expression)
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


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # True only if the missing module is the very one that was named. What that module itself fails to import keeps
        # its traceback.
        if error.name and (name == error.name or name.startswith(error.name + '.')):
            raise no_module(error.name, name) from None
        raise
    except (TypeError, ValueError):
        if name in sys.modules or re.fullmatch(r'[^\W\d]\w*(\.[^\W\d]\w*)*', name):
            raise
        raise NotFound(f'"{name}" is neither a module nor the path of a .py file') from None


def _module_of_path(path: str) -> str:
    """Makes the file importable and returns its name: a file of a package is imported as a part of it."""
    path = os.path.abspath(path if path.endswith('.py') else path + '.py')
    if not os.path.isfile(path):
        raise no_file(path)
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


def _evaluate(module: ModuleType, expression: str) -> Any:
    """`callable`, `object.attribute` or `factory("literal", key=1)`."""
    try:
        node = ast.parse(expression, mode='eval').body
    except SyntaxError:
        raise NotFound(f'"{expression}" is not the name of a callable, or a call of one') from None
    if not isinstance(node, ast.Call):
        return _attribute(module, node, expression)
    factory = _attribute(module, node.func, expression)
    try:
        arguments = [ast.literal_eval(argument) for argument in node.args]
        keywords = {keyword.arg or '': ast.literal_eval(keyword.value) for keyword in node.keywords}
    except ValueError:
        raise NotFound(f'the arguments in "{expression}" must be literals') from None
    try:
        return factory(*arguments, **keywords)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
            raise
        # It was raised by the call itself: no line of the application's has run.
        raise NotFound(
            f'"{expression}" does not call {ast.unparse(node.func)} as it wants to be called: {error}'
        ) from None


def _attribute(module: ModuleType, node: ast.expr, expression: str) -> Any:
    if isinstance(node, ast.Attribute):
        owner = _attribute(module, node.value, expression)
        name = node.attr
    elif isinstance(node, ast.Name):
        owner, name = module, node.id
    else:
        raise NotFound(f'"{expression}" is not the name of a callable, or a call of one')
    try:
        return getattr(owner, name)
    except AttributeError:
        missing = f'{module.__name__} has no "{ast.unparse(node)}"'
        found = _near(module, ast.unparse(node))
        hint = f', but it has "{found}": name it as {module.__name__}:{found}' if found else ''
        raise NotFound(missing + hint) from None


def _near(module: ModuleType, missing: str) -> str | None:
    """What may have been meant: a name that is spelled almost alike, or what is usually the application."""
    usual = [name for name in (*INSTANCE_NAMES, *FACTORY_NAMES) if callable(getattr(module, name, None))]
    own = [name for name, value in vars(module).items() if callable(value) and not name.startswith('__')]
    return nearest(missing, own) or next(iter(usual), None)


def _load_django(project: Project, interface: str) -> tuple[Any, str]:
    """The application that the project's wsgi.py or asgi.py makes, with the settings that this file names, unless the
    environment names others."""
    kind = interface
    if interface == 'auto':
        kind = 'asgi' if project.wants_asgi or list(project.entries) == ['asgi'] else 'wsgi'
    dotted = project.entries.get(kind)
    if dotted is None:
        return _make_django(kind, project)
    found = _import_entry(dotted, project), dotted
    other = project.entries.get('asgi')
    if interface == 'auto' and kind == 'wsgi' and other is not None and _turns_out_asgi(other):
        found = _import_entry(other, project), other
    return found[0], ':'.join(found[1].rsplit('.', 1))


def _import_entry(dotted: str, project: Project) -> Any:
    name, _, attribute = dotted.rpartition('.')
    try:
        module = _import(name)
    except Exception as error:
        # True for a project whose wsgi.py leaves it to the environment to name the settings, where the environment does
        # not.
        is_unnamed = type(error).__name__ == 'ImproperlyConfigured' and not os.environ.get(SETTINGS_VARIABLE)
        if not is_unnamed or project.settings is None:
            raise
        _take_settings_of_manage(project)
        module = _import(name)
    _take_settings_of_manage(project)
    return _evaluate(module, attribute)


def _take_settings_of_manage(project: Project) -> None:
    if project.settings is not None and SETTINGS_VARIABLE not in os.environ:
        os.environ[SETTINGS_VARIABLE] = project.settings


def _make_django(kind: str, project: Project) -> tuple[Any, str]:
    """Makes the application of a project without a file for it: with the settings that the file for the other interface
    names, or manage.py."""
    for dotted in project.entries.values():
        named = settings_of(dotted)
        if named is not None:
            os.environ.setdefault(SETTINGS_VARIABLE, named)
    _take_settings_of_manage(project)
    factory = f'get_{kind}_application'
    module = importlib.import_module(f'django.core.{kind}')
    return getattr(module, factory)(), f'django.core.{kind}:{factory}()'


def _turns_out_asgi(entry: str) -> bool:
    """Judged by the settings that are in use by now, as long as the project's asgi.py would not have taken others."""
    settings = importlib.import_module('django.conf').settings
    installed = {str(app).partition('.')[0] for app in getattr(settings, 'INSTALLED_APPS', ())}
    named = settings_of(entry)
    is_wanted = bool(installed & ASGI_APPS) and bool(getattr(settings, 'ASGI_APPLICATION', None))
    return is_wanted and named in (None, os.environ.get(SETTINGS_VARIABLE))
