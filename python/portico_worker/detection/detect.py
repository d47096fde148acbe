"""What a loaded application says about itself: its framework, the folders that the edge can serve, what is wrong with it.

The edge serves a folder only where the application, asked, would send the very same file without deciding anything. Where that is
not certain the application is asked, which costs time and is always right.

Nothing here can make an application fail to start. What it has not imported itself is not imported, but for the URL patterns of
Django, which its first request would import.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from portico_worker import report

from .facts import Facts, debug_warning, installed_version

UNWRAP_MAX = 16
"""How many layers of middleware are looked through; more is a ring."""
_FRAMEWORKS = (('quart', 'Quart'), ('flask', 'Flask'), ('litestar', 'Litestar'))
"""Module and class of each framework. A Quart is looked at as a Flask: it has the same map of URLs and the same
folders."""
_STARLETTE = ('starlette.applications', 'Starlette')
WRAPPED_NAMES = ('wsgi_app', 'asgi_app', 'app', 'application', '_app', 'wrapped', '__wrapped__')


def facts(application: Any, name: str, interface: str, root_path: str = '') -> Facts:
    """`root_path`: the path that a proxy has taken away from the beginning of each request's, or ''."""
    found: Facts = {
        'app': name,
        'interface': interface,
        'framework': None,
        'frameworkVersion': None,
        'settings': None,
        'static': [],
        'media': [],
        'withheld': [],
        'named': [],
        'debug': None,
        'allowedHosts': None,
        'found': None,
        'notes': [],
        'warnings': [],
    }
    try:
        if _django_is_configured():
            from .detect_django import describe

            describe(application, found, root_path)
        elif 'starlette.applications' in sys.modules:
            from .detect_starlette import describe_starlette

            describe_starlette(application, list(layers(application)), found)
        for module, attribute in _FRAMEWORKS:
            if found['framework'] is None and module in sys.modules:
                _describe_app(application, module, attribute, found)
    except Exception as error:
        # The failure may have hidden that the application decides on a folder, so no folder is served.
        found['static'], found['media'], found['named'] = [], [], []
        found['warnings'].append(f'what the application says about itself could not be read: {report.summary(error)}')
    return found


def is_of_framework(value: Any) -> bool:
    """Whether an object is an application of a framework that is imported. What a framework calls so is a class below
    Flask, Quart, Starlette (FastAPI's too) or Litestar."""
    kinds = (getattr(sys.modules.get(module), name, None) for module, name in (*_FRAMEWORKS, _STARLETTE))
    return any(isinstance(kind, type) and isinstance(value, kind) for kind in kinds)


def _django_is_configured() -> bool:
    conf = sys.modules.get('django.conf')
    return conf is not None and bool(conf.settings.configured)


def _describe_app(application: Any, module: str, attribute: str, found: Facts) -> None:
    kind = getattr(sys.modules[module], attribute)
    app = next((layer for layer in layers(application) if isinstance(layer, kind)), None)
    if app is None:
        return
    if hasattr(app, 'url_map'):
        from .detect_flask import describe_flask

        describe_flask(application, app, module, found)
        return
    found['framework'] = module
    found['frameworkVersion'] = installed_version(module)
    found['debug'] = bool(app.debug)
    if app.debug:
        found['warnings'].append(debug_warning(attribute, module))


def layers(application: Any) -> Iterator[Any]:
    """The application and what its middleware wraps, from outside to inside."""
    for _ in range(UNWRAP_MAX):
        yield application
        owner = getattr(application, '__self__', None)
        if owner is not None and not isinstance(owner, type(sys)):
            application = owner  # A bound method, as in ProxyFix(app.wsgi_app).
            continue
        attributes = getattr(application, '__dict__', {})
        inner = next((attributes[name] for name in WRAPPED_NAMES if callable(attributes.get(name))), None)
        if inner is None:
            return
        application = inner
