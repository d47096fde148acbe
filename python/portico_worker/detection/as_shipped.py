"""Whether objects of a framework still do what the framework's authors wrote: nobody has put a method of his own in the place of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

INSTRUMENTS = frozenset(('sentry_sdk', 'newrelic', 'opentelemetry', 'ddtrace', 'elasticapm'))
"""Packages that put their functions around a framework's to watch it, and change nothing in its answers."""

TRANSPARENT = {
    'werkzeug.middleware.proxy_fix.ProxyFix': 'app',
    'hypercorn.middleware.proxy_fix.ProxyFixMiddleware': 'app',
    'sentry_sdk.integrations.wsgi.SentryWsgiMiddleware': 'app',
    'sentry_sdk.integrations.asgi.SentryAsgiMiddleware': 'app',
    'opentelemetry.instrumentation.wsgi.OpenTelemetryMiddleware': 'wsgi',
    'opentelemetry.instrumentation.asgi.OpenTelemetryMiddleware': 'app',
    'socketio.middleware.WSGIApp': 'wsgi_app',
    'socketio.asgi.ASGIApp': 'other_asgi_app',
    'engineio.middleware.WSGIApp': 'wsgi_app',
    'engineio.async_drivers.asgi.ASGIApp': 'other_asgi_app',
    'flask_socketio._SocketIOMiddleware': 'wsgi_app',
}
"""Wrappers that refuse nobody anything and add nothing that a visitor needs, each with the attribute in which it keeps
what it wraps. Those of Socket.IO answer below one path of their own, unless they are given files to serve."""

WRAPPERS_MAX = 16
_CALLED = ('__call__', 'wsgi_app', 'asgi_app')


def name_of(kind: Any) -> str:
    return f'{getattr(kind, "__module__", "")}.{getattr(kind, "__qualname__", "")}'


def describe(application: Any) -> str:
    """The name of a wrapper, for the operator."""
    return name_of(application if hasattr(application, '__qualname__') else type(application))


def within(application: Any, transparent: dict[str, str] = TRANSPARENT) -> Any:
    """What an application's transparent wrappers have around them; a bound method, as in ProxyFix(app.wsgi_app), stands
    for its object."""
    for _ in range(WRAPPERS_MAX):
        attribute = transparent.get(name_of(type(application)))
        if attribute is not None and getattr(application, 'static_files', None):
            break
        if attribute is not None:
            application = getattr(application, attribute, None)
        elif getattr(application, '__name__', '') in _CALLED and hasattr(application, '__self__'):
            application = application.__self__
        else:
            break
    return application


def packages_of(kind: type) -> frozenset[str]:
    """The top-level packages in which a class and its bases were written."""
    return frozenset(base.__module__.partition('.')[0] for base in kind.__mro__) | INSTRUMENTS


def replaced(owner: Any, names: Iterable[str], packages: frozenset[str]) -> str | None:
    """The first of these methods that was written outside of the packages."""
    own = getattr(owner, '__dict__', {})
    for name in names:
        if not hasattr(owner, name):
            continue
        if not is_written_in(own.get(name, getattr(type(owner), name, None)), packages):
            return name
    return None


def is_written_in(function: Any, packages: frozenset[str]) -> bool:
    """Judged by the globals that the code uses: a decorator takes over the name of the function that it wraps, but not
    its globals."""
    function = getattr(function, '__func__', function)
    if isinstance(function, type):
        return function.__module__.partition('.')[0] in packages
    variables = getattr(function, '__globals__', {})
    return str(variables.get('__name__', '')).partition('.')[0] in packages
