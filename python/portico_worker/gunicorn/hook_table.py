"""The hooks of gunicorn: their names, how many arguments they take, and what a file may define in their place."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Callable

Hook = Callable[..., Any]

ARITIES: dict[str, tuple[int, ...]] = {
    'on_starting': (1,),
    'on_reload': (1,),
    'when_ready': (1,),
    'pre_fork': (2,),
    'post_fork': (2,),
    'post_worker_init': (1,),
    'worker_int': (1,),
    'worker_abort': (1,),
    'pre_exec': (1,),
    'pre_request': (2,),
    'post_request': (4, 3, 2),
    'child_exit': (2,),
    'worker_exit': (2,),
    'nworkers_changed': (3,),
    'on_exit': (1,),
}
"""By how many arguments each is called; of several, the first is all there is to give."""

_PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def hooks_of(defined: Mapping[str, Any]) -> dict[str, Hook]:
    """The hooks that a configuration defines. Raises TypeError for what cannot be called so."""
    return {name: _hook(name, defined[name]) for name in ARITIES if defined.get(name) is not None}


def _hook(name: str, value: Any) -> Hook:
    function = _imported(name, value) if isinstance(value, str) else value
    if not callable(function):
        raise TypeError(f'{name} is {value!r}, which cannot be called')
    arity, given = _arity(function), ARITIES[name]
    if arity not in given:
        numbers = ' or '.join(map(str, given))
        raise TypeError(f'{name} takes {arity} arguments; it is called with {numbers}')
    if arity == given[0]:
        hook: Hook = function
        return hook
    return lambda *arguments: function(*arguments[:arity])


def _imported(name: str, path: str) -> Any:
    """A hook may be named: 'package.module.function'."""
    module, _, attribute = path.rpartition('.')
    if not module:
        raise TypeError(f'{name} is {path!r}, which is no function, nor the name of one, such as "site.hooks.{name}"')
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise TypeError(f'{name} is {path!r}, which cannot be found: {error}') from None


def _arity(function: Hook) -> int:
    parameters = inspect.signature(function).parameters.values()
    return sum(parameter.kind in _PLACED for parameter in parameters)
