"""Imports a module, and takes from it what an expression names. What is wrong with the names is said in a sentence."""

from __future__ import annotations

import ast
import importlib
import os
import re
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from .factory import refuse_async
from .finding.framework_names import FACTORY_NAMES, INSTANCE_NAMES
from .finding.not_found import NotFound, nearest, no_module

SOURCE_FOLDER = 'src'


def take_source_folder(target: str) -> None:
    """Adds the folder `src` to the path if the module is only there: its package is not installed. Whether it is
    installed is asked without importing it."""
    first = target.partition('.')[0]
    if not first.isidentifier() or not os.path.isdir(SOURCE_FOLDER):
        return
    place = os.path.join(os.getcwd(), SOURCE_FOLDER, first)
    is_there = os.path.isfile(f'{place}.py') or os.path.isfile(os.path.join(place, '__init__.py'))
    if is_there and first not in sys.modules and find_spec(first) is None:
        sys.path.insert(0, os.path.dirname(place))


def import_module(name: str) -> ModuleType:
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


def evaluate(module: ModuleType, expression: str) -> Any:
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
    refuse_async(factory, f'{module.__name__}:{ast.unparse(node.func)}')
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
