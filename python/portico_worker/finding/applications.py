"""Which applications a Python file has, by its source: nothing is run.

A file is read as far as its top level goes, with what stands there in `if`, `try` and `with`. The variables that it
ends up with are known by what was last assigned to them: an application of a framework, something that wraps one, or
something else. Names that come from another file of the site are looked up in that file.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .framework_names import (
    CONSTRUCTORS,
    FACTORY_NAMES,
    INSTANCE_NAMES,
    METHODS,
    OTHER_NAMES,
    OTHER_PACKAGES,
    RUNNERS,
    UNSERVED,
)
from .sources import Sources

FOLLOWED_MAX = 4
"""From how many files to the next a name is followed; imports may go round in circles."""

_WRAPPER = re.compile(r'(?:Middleware\w*|ProxyFix|ASGIApp|WSGIApp|WhiteNoise|AsgiToWsgi|WsgiToAsgi)')
_INNER = ('server', 'wsgi_app', 'asgi_app')
"""Attributes of an application that are applications themselves."""

_FOLLOWED = frozenset((*INSTANCE_NAMES, *FACTORY_NAMES))
UNKNOWN = ''
"""The framework of a variable that is called like an application, where the source does not tell what it is."""


class Application(NamedTuple):
    name: str
    framework: str
    """Or UNKNOWN."""
    is_factory: bool = False
    needs: tuple[str, ...] = ()
    """Parameters that a factory cannot be called without."""
    wraps: frozenset[str] = frozenset()
    """Variables that it is made of."""
    is_imported: bool = False

    @property
    def expression(self) -> str:
        return f'{self.name}()' if self.is_factory else self.name


class Reading(NamedTuple):
    applications: list[Application]
    fault: str | None
    """Why the file cannot be read."""
    imports: frozenset[str]
    """Absolute names of the modules that it imports, and of what it imports from them."""
    serves_at: int | None = None
    """The line that runs a server when the file is imported."""


class Applications:
    """What the files of one search have."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.unserved: dict[str, str] = {}
        """By file: a framework that it uses, and that no server of WSGI or ASGI can serve."""
        self._files: dict[tuple[str, str, int], _File] = {}

    def of(self, path: str, root: str) -> Reading:
        """`root`: the folder that the site's modules are imported from."""
        return self.file(path, root, 0).reading()

    def file(self, path: str, root: str, depth: int) -> _File:
        key = (path, root, depth)
        if key not in self._files:
            self._files[key] = _File(path, root, self, depth)
        return self._files[key]


class _File:
    def __init__(self, path: str, root: str, all_files: Applications, depth: int) -> None:
        self.root = root
        self.all_files = all_files
        self.depth = depth
        self.package = _package_of(path, root)
        self.imported: dict[str, str] = {}
        """Dotted names of what was imported, by variable."""
        self.modules: set[str] = set()
        self.found: dict[str, Application] = {}
        self.classes: dict[str, str] = {}
        """Frameworks by the classes and functions of this file which make applications of them."""
        self.path = path
        self.serves_at: int | None = None
        body, self.fault = all_files.sources.tree(path)
        try:
            self._statements(body)
            self.serves_at = next((each.lineno for each in body if self._runs_server(each)), None)
        except RecursionError:
            self.fault = 'it is nested too deeply to be looked through'

    def reading(self) -> Reading:
        return Reading(list(self.found.values()), self.fault, frozenset(self.modules), self.serves_at)

    def _statements(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.If) and _asks_for_main(statement.test):
                self._statements(statement.orelse)
            elif isinstance(statement, (ast.If, ast.Try, ast.With, ast.AsyncWith, ast.For)):
                for part in (statement, *getattr(statement, 'handlers', ())):
                    self._statements(part.body)
                self._statements(getattr(statement, 'orelse', ()))
                self._statements(getattr(statement, 'finalbody', ()))
            else:
                self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                self.modules.add(alias.name)
                self.imported[alias.asname or alias.name.partition('.')[0]] = (
                    alias.name if alias.asname else alias.name.partition('.')[0]
                )
        elif isinstance(statement, ast.ImportFrom):
            self._import_from(statement)
        elif isinstance(statement, ast.Assign):
            for target, value in _assignments(statement):
                self._assign(target, value)
            self._take_together(statement.targets)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._assign(statement.target, statement.value, CONSTRUCTORS.get(self._dotted(statement.annotation)))
        elif isinstance(statement, ast.ClassDef):
            self._define_class(statement)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._define_function(statement)

    def _runs_server(self, statement: ast.stmt) -> bool:
        """`app.run()` or `uvicorn.run(app)` under no condition."""
        if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
            return False
        function = statement.value.func
        if self._dotted(function) in RUNNERS:
            return True
        if (
            not isinstance(function, ast.Attribute)
            or function.attr != 'run'
            or not isinstance(function.value, ast.Name)
        ):
            return False
        made = self.found.get(function.value.id)
        return made is not None and made.framework != UNKNOWN

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = _absolute(node, self.package)
        self.modules.add(module)
        for alias in node.names:
            if alias.name == '*':
                self._import_all(module)
                continue
            dotted = f'{module}.{alias.name}'
            name = alias.asname or alias.name
            self.modules.add(dotted)
            self.imported[name] = dotted
            self.found.pop(name, None)
            self._take_imported(name, dotted)

    def _take_imported(self, name: str, dotted: str) -> None:
        """An application, or a factory, that another file of the site has made. Other names are not followed: a site
        may have a thousand files."""
        module, _, attribute = dotted.rpartition('.')
        if not {name, attribute} & _FOLLOWED or dotted in OTHER_NAMES or dotted.partition('.')[0] in OTHER_PACKAGES:
            return
        other = self._file_of(module)
        if other is not None and attribute in other.found:
            self.found[name] = other.found[attribute]._replace(name=name, wraps=frozenset(), is_imported=True)
        elif other is None and name in INSTANCE_NAMES and dotted not in CONSTRUCTORS and not self._has_file(dotted):
            self.found[name] = Application(name, UNKNOWN, is_imported=True)

    def _import_all(self, module: str) -> None:
        for dotted in CONSTRUCTORS:
            if dotted.rpartition('.')[0] == module:
                self.imported[dotted.rpartition('.')[2]] = dotted
        other = self._file_of(module)
        if other is not None:
            self.found.update(other.found)
            self.classes.update(other.classes)

    def _file_of(self, module: str) -> _File | None:
        path = module_path(module, self.root)
        if path is None or self.depth >= FOLLOWED_MAX:
            return None
        return self.all_files.file(path, self.root, self.depth + 1)

    def _has_file(self, module: str) -> bool:
        return module_path(module, self.root) is not None

    def _assign(self, target: ast.expr, value: ast.expr, annotated: str | None = None) -> None:
        if isinstance(target, ast.Tuple) and target.elts:
            target = target.elts[0]  # As FastHTML has it: app, route = fast_app().
        if not isinstance(target, ast.Name):
            return
        name = target.id
        wraps = frozenset(part.id for part in ast.walk(value) if isinstance(part, ast.Name) and part.id in self.found)
        framework = self._framework_of(value, name in INSTANCE_NAMES) or annotated
        before = self.found.pop(name, None)
        if framework is None and (name in INSTANCE_NAMES or (before is not None and name in wraps)):
            framework = UNKNOWN if _may_be_called(value) and not self._is_other(value) else None
        if framework == UNKNOWN:
            framework = next((self.found[inner].framework for inner in wraps if inner in self.found), UNKNOWN)
            framework = framework or (before.framework if before is not None and name in wraps else UNKNOWN)
        if framework is not None:
            self.found[name] = Application(name, framework, wraps=wraps - {name})

    def _take_together(self, targets: list[ast.expr]) -> None:
        """`application = app = Flask(…)` is one application with two names: each that comes before says no more."""
        names = [target.id for target in targets if isinstance(target, ast.Name) and target.id in self.found]
        for name, other in zip(names[1:], names):
            one = self.found[name]
            self.found[name] = one._replace(wraps=one.wraps | {other})

    def _framework_of(self, value: ast.expr, is_followed: bool = False) -> str | None:
        """None if it is nothing that is known to be an application. `is_followed`: into other files of the site."""
        if isinstance(value, ast.Name):
            return self.found[value.id].framework if value.id in self.found else None
        if isinstance(value, ast.IfExp):
            return self._framework_of(value.body, is_followed) or self._framework_of(value.orelse, is_followed)
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
            inner = self.found.get(value.value.id)
            if inner is not None:
                return inner.framework if value.attr in _INNER else None
            return self._kept_elsewhere(self._dotted(value)) if is_followed else None
        if not isinstance(value, ast.Call):
            return None
        dotted = self._dotted(value.func)
        if dotted in UNSERVED:
            self.all_files.unserved[self.path] = UNSERVED[dotted]
            return None
        if isinstance(value.func, ast.Attribute) and value.func.attr in METHODS:
            return METHODS[value.func.attr]
        made = CONSTRUCTORS.get(dotted) or self.classes.get(dotted)
        if made is not None or dotted.partition('.')[0] in OTHER_PACKAGES:
            return made
        if isinstance(value.func, ast.Name) and value.func.id in self.found and self.found[value.func.id].is_factory:
            return self.found[value.func.id].framework
        return (self._made_elsewhere(dotted) if is_followed else None) or self._wrapped_by(value)

    def _made_elsewhere(self, dotted: str) -> str | None:
        """Made by a class or a function of another file of the site."""
        module, _, name = dotted.rpartition('.')
        other = self._file_of(module) if module else None
        if other is None:
            return None
        factory = other.found.get(name)
        if factory is not None and factory.is_factory:
            return factory.framework or None
        return other.classes.get(name)

    def _kept_elsewhere(self, dotted: str) -> str | None:
        """A variable of another file of the site."""
        module, _, name = dotted.rpartition('.')
        other = self._file_of(module) if module else None
        kept = None if other is None else other.found.get(name)
        return None if kept is None or kept.is_factory else kept.framework

    def _wrapped_by(self, call: ast.Call) -> str | None:
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(argument, ast.Name) and argument.id in self.found:
                is_wrapper = _WRAPPER.fullmatch(self._dotted(call.func).rpartition('.')[2])
                return self.found[argument.id].framework if is_wrapper else None
        return None

    def _is_other(self, value: ast.expr) -> bool:
        dotted = self._dotted(value.func if isinstance(value, ast.Call) else value)
        return dotted in OTHER_NAMES or dotted in UNSERVED or dotted.partition('.')[0] in OTHER_PACKAGES

    def _dotted(self, node: ast.expr) -> str:
        """`flask.Flask` for what the file calls `Flask`, or `f.Flask`."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ''
        return '.'.join([self.imported.get(node.id, node.id), *parts])

    def _define_class(self, node: ast.ClassDef) -> None:
        self.found.pop(node.name, None)
        for base in node.bases:
            dotted = self._dotted(base)
            framework = CONSTRUCTORS.get(dotted) or self.classes.get(dotted)
            if framework is not None:
                self.classes[node.name] = framework
        if node.name in INSTANCE_NAMES:
            self.found[node.name] = Application(node.name, UNKNOWN)

    def _define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.found.pop(node.name, None)
        framework = self._made_in(node)
        if node.name in FACTORY_NAMES:
            self.found[node.name] = Application(node.name, framework or UNKNOWN, True, _needed(node.args))
            return
        if framework is not None:
            self.classes[node.name] = framework
        positional = len(node.args.posonlyargs) + len(node.args.args)
        if node.name in INSTANCE_NAMES and not any(self._is_command(each) for each in node.decorator_list):
            is_async = isinstance(node, ast.AsyncFunctionDef)
            if positional == (3 if is_async else 2) or node.args.vararg is not None:
                self.found[node.name] = Application(node.name, 'ASGI' if is_async else 'WSGI')

    def _is_command(self, decorator: ast.expr) -> bool:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        return self._dotted(function).partition('.')[0] in OTHER_PACKAGES

    def _made_in(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
        """The framework of the first application that a function makes. What it imports itself counts as well."""
        outer = dict(self.imported)
        try:
            for part in _inside(node):
                if isinstance(part, ast.ImportFrom):
                    module = _absolute(part, self.package)
                    self.imported.update({alias.asname or alias.name: f'{module}.{alias.name}' for alias in part.names})
                elif isinstance(part, ast.Call):
                    dotted = self._dotted(part.func)
                    made = CONSTRUCTORS.get(dotted) or self.classes.get(dotted)
                    if made is None and isinstance(part.func, ast.Attribute):
                        made = METHODS.get(part.func.attr)
                    if made is not None:
                        return made
        finally:
            self.imported = outer
        return None


def module_path(module: str, root: str) -> str | None:
    """The file of a module below a folder, found without importing its packages."""
    place = os.path.join(root, *module.split('.'))
    return next((path for path in (os.path.join(place, '__init__.py'), f'{place}.py') if os.path.isfile(path)), None)


def _package_of(path: str, root: str) -> str:
    folder = os.path.relpath(os.path.dirname(path), root)
    return '' if folder == '.' else folder.replace(os.sep, '.')


def _absolute(node: ast.ImportFrom, package: str) -> str:
    parts = package.split('.') if package else []
    base = parts[: len(parts) - node.level + 1] if node.level else []
    return '.'.join([*base, *((node.module or '').split('.'))]).strip('.')


def _assignments(statement: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each target with its value: of `api, app = Flask('api'), Flask('app')` both."""
    value = statement.value
    for target in statement.targets:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            yield from zip(target.elts, value.elts)
        else:
            yield target, value


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node, in the order of the source. A sum of a thousand texts is nested as deeply."""
    left = [node]
    while left:
        each = left.pop()
        if each is not node:
            yield each
        left += reversed(list(ast.iter_child_nodes(each)))


def _asks_for_main(test: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id == '__name__' for part in ast.walk(test))


def _may_be_called(value: ast.expr) -> bool:
    return isinstance(value, (ast.Call, ast.Name, ast.Attribute, ast.Lambda, ast.IfExp, ast.Subscript, ast.Await))


def _needed(arguments: ast.arguments) -> tuple[str, ...]:
    positional = [*arguments.posonlyargs, *arguments.args]
    needed = positional[: len(positional) - len(arguments.defaults)]
    keywords = [each for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults) if value is None]
    return tuple(each.arg for each in (*needed, *keywords))
