"""Finds the application that a user names: `module:callable`, `module:factory()`, `module`, a path, or a Django project."""

from __future__ import annotations

import ast
import glob
import importlib
import importlib.util
import os
import re
import sys
from typing import Any, Callable, NamedTuple

from . import asked, detect, report
from .find_django import ASGI_APPS, SETTINGS_VARIABLE, Project, find_project, settings_of
from .interface import interface_of, single_callable

DEFAULT_NAMES = ('application', 'app')
FACTORY_NAMES = ('create_app', 'make_app', 'get_app')


class Loaded(NamedTuple):
    application: Callable[..., Any]
    """The application, called as `facts['interface']` says."""
    facts: dict[str, Any]


class LoadError(Exception):
    def __init__(self, summary: str, traceback: str) -> None:
        super().__init__(summary)
        self.summary = summary
        self.traceback = traceback


class NotFound(Exception):
    """The name leads nowhere: said in one sentence, because a traceback through our own files helps nobody."""


class NoModule(NotFound):
    """A module is missing: the Python may be the wrong one."""


def load(name: str, interface: str = 'auto', python_found: str = '', root_path: str = '') -> Loaded:
    """Finds the application, and for which interface it is written unless that is said ('wsgi', 'asgi'). Whatever an
    import may raise, SystemExit included, becomes a LoadError; `python_found` is for its text."""
    try:
        application, full_name = _find(name, interface)
        if not callable(application):
            raise NotFound(f'{full_name} is {type(application).__name__}, which cannot be called: it is no application')
        spoken = interface_of(application) if interface == 'auto' else interface
        found = detect.facts(application, full_name, spoken, root_path)
        return Loaded(single_callable(application) if spoken == 'asgi' else application, found)
    except NoModule as error:
        text = f'{error} of {asked.name_python(python_found)}'
        raise LoadError(text, text) from None
    except NotFound as error:
        raise LoadError(str(error), str(error)) from None
    except BaseException as error:
        raise LoadError(_summarise(error, python_found), report.format_error(error)) from error


def _summarise(error: BaseException, python_found: str) -> str:
    text = report.summary(error)
    if not asked.is_import_error(error):
        return text
    return f'{text}; asked was {asked.name_python(python_found)}{asked.way_out(error)}'


def _find(name: str, interface: str) -> tuple[Any, str]:
    if not name:
        return _find_django(interface)
    target, _, expression = name.partition(':')
    module_name = _module_of_path(target) if target.endswith('.py') or '/' in target else target
    module = _import(module_name)
    if expression:
        return _evaluate(module, expression), f'{module_name}:{expression}'
    for attribute in DEFAULT_NAMES:
        if hasattr(module, attribute):
            return getattr(module, attribute), f'{module_name}:{attribute}'
    raise NotFound(_no_default(module, module_name))


def _no_default(module: Any, name: str) -> str:
    for factory in FACTORY_NAMES:
        if callable(getattr(module, factory, None)):
            return f'{name} has no "application" or "app", but a function {factory}: name it as {name}:{factory}()'
    return f'{name} has no "application" or "app": name the callable, as in {name}:callable'


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # True only if the missing module is the very one that was named. What that module itself fails to import keeps
        # its traceback.
        if error.name and (name == error.name or name.startswith(error.name + '.')):
            raise NoModule(f'there is no module {error.name} in {os.getcwd()} or on the Python path') from None
        raise
    except (TypeError, ValueError):
        if name in sys.modules or re.fullmatch(r'[^\W\d]\w*(\.[^\W\d]\w*)*', name):
            raise
        raise NotFound(f'"{name}" is neither a module nor the path of a .py file') from None


def _module_of_path(path: str) -> str:
    """Makes the file importable and returns its name: a file of a package is imported as a part of it."""
    path = os.path.abspath(path if path.endswith('.py') else path + '.py')
    if not os.path.isfile(path):
        raise NotFound(f'there is no file {path}')
    folder, stem = os.path.split(path[: -len('.py')])
    parts = [stem]
    while os.path.isfile(os.path.join(folder, '__init__.py')):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    name = '.'.join(parts)
    if not stem.isidentifier():
        _import_file(name, path)
    return name


def _import_file(name: str, path: str) -> None:
    """For a file whose name no import statement could have."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def _evaluate(module: Any, expression: str) -> Any:
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


def _attribute(module: Any, node: ast.expr, expression: str) -> Any:
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
        found = next((name for name in DEFAULT_NAMES if callable(getattr(module, name, None))), None)
        hint = f', but it has "{found}": name it as {module.__name__}:{found}' if found else ''
        raise NotFound(missing + hint) from None


def _find_django(interface: str) -> tuple[Any, str]:
    """The application that the project's wsgi.py or asgi.py makes, with the settings that this file names, unless the
    environment names others."""
    if not os.environ.get(SETTINGS_VARIABLE):
        os.environ.pop(SETTINGS_VARIABLE, None)  # With an empty variable wsgi.py could not name its settings.
    project = find_project()
    if project is None:
        raise NotFound(_no_project())
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


def _no_project() -> str:
    path = os.path.abspath('manage.py')
    if not os.path.isfile(path):
        below = sorted(glob.glob('*/manage.py'))
        hint = (
            f'; there is one in {os.path.dirname(below[0])}, for "--chdir {os.path.dirname(below[0])}"' if below else ''
        )
        return (
            f'no application was named, and {os.getcwd()} holds no manage.py of a Django project{hint}: '
            'name it, as in "portico serve module:callable"'
        )
    return f'{path} does not set {SETTINGS_VARIABLE}: name the application, as in "portico serve mysite.wsgi"'
