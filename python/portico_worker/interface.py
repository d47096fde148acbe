"""Which interface a callable is written for: WSGI (PEP 3333), ASGI 3, or ASGI 2, which is adapted."""

from __future__ import annotations

import functools
import inspect
import sys
from typing import Any, Callable


def interface_of(application: Any) -> str:
    """'asgi' or 'wsgi', by what the callable is; nothing is called."""
    if is_coroutine_function(application):
        return 'asgi'
    # A WSGI application is called with two arguments. Who cannot be is one of the others.
    return 'asgi' if not _takes(application, 2) and (_takes(application, 1) or _takes(application, 3)) else 'wsgi'


def single_callable(application: Any) -> Any:
    """The application as ASGI 3 calls it: an ASGI 2 application is called twice (ASGI specification, "Legacy Applications")."""
    if is_coroutine_function(application) or not _takes(application, 1) or _takes(application, 3):
        return application

    async def call(scope: Any, receive: Any, send: Any) -> None:
        await application(scope)(receive, send)

    return call


def is_coroutine_function(function: Any) -> bool:
    """Also of a partial of one, a bound method, an object whose `__call__` is one, and what was marked as one."""
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.iscoroutinefunction(function) or _is_marked(function):
        return True
    if inspect.isclass(function) or not callable(function):
        return False
    call: Any = type(function).__call__
    while isinstance(call, functools.partial):
        call = call.func
    return inspect.iscoroutinefunction(call) or _is_marked(call)


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """Annotations are left as they are written: from Python 3.14 on they may name what only type checkers import, and evaluating them fails."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format

        return inspect.signature(function, annotation_format=Format.STRING)
    return inspect.signature(function)


def _is_marked(function: Any) -> bool:
    """Before Python 3.12, asgiref's markcoroutinefunction leaves asyncio's own mark."""
    asyncio_coroutines = sys.modules.get('asyncio.coroutines')
    mark = getattr(asyncio_coroutines, '_is_coroutine', None)
    return mark is not None and getattr(function, '_is_coroutine', None) is mark


def _takes(application: Callable[..., Any], count: int) -> bool:
    """Whether it can be called with so many positional arguments; what does not say counts as WSGI."""
    try:
        signature_of(application).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return count == 2
    return True
