"""Functions that make an application: told apart from applications by their signature, and called."""

from __future__ import annotations

import inspect
from typing import Any

from .finding.framework_names import FACTORY_NAMES
from .finding.not_found import NotFound, needs_arguments
from .interface import signature_of

_BEGINNINGS = ('create_', 'make_', 'get_', 'build_')
_CALLED_WITH = (2, 3)
"""Arguments that an application is called with: WSGI, ASGI 3."""


def is_factory(found: Any, name: str) -> bool:
    """A function of such a name, or one that can be called with nothing at all and not as an application is."""
    if not inspect.isfunction(found):
        return False
    is_named_so = name.startswith(_BEGINNINGS) or name.endswith('_factory')
    if _can_be_called(found, 0):
        return is_named_so or not any(_can_be_called(found, count) for count in _CALLED_WITH)
    return name in FACTORY_NAMES


def make(factory: Any, name: str) -> Any:
    """`name`: `module:factory`, as the user would write it."""
    refuse_async(factory, name)
    if not _can_be_called(factory, 0):
        parameters = signature_of(factory).parameters.values()
        variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        raise needs_arguments(
            name, [each.name for each in parameters if each.default is each.empty and each.kind not in variable]
        )
    return factory()


def refuse_async(factory: Any, name: str) -> None:
    if inspect.iscoroutinefunction(factory):
        raise NotFound(
            f'{name} is an async function, and an application is made before any event loop runs: write "def"'
        )


def _can_be_called(function: Any, count: int) -> bool:
    try:
        signature_of(function).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True
