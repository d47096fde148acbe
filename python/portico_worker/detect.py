"""What a loaded application says about itself: its framework, the folders that the edge can serve, what is wrong with it.

Nothing is imported that the application has not imported itself, and nothing here can make it fail to start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

from . import report
from .facts import Facts, Folder, debug_warning, installed_version

UNWRAP_MAX = 16
"""Middleware around an application; more is a ring."""
_FRAMEWORKS = (('quart', 'Quart'), ('flask', 'Flask'), ('litestar', 'Litestar'))
"""Module and class; Quart is a Flask, with its map of URLs and its folders."""
WRAPPED_NAMES = ('wsgi_app', 'asgi_app', 'app', 'application', '_app', 'wrapped', '__wrapped__')


def facts(application: Any, name: str, interface: str) -> Facts:
    found: Facts = {
        'app': name,
        'interface': interface,
        'framework': None,
        'frameworkVersion': None,
        'static': [],
        'media': [],
        'debug': None,
        'allowedHosts': None,
        'warnings': [],
    }
    try:
        if _django_is_configured():
            from .detect_django import describe

            describe(found)
        elif 'starlette.applications' in sys.modules:
            from .detect_starlette import describe_starlette

            describe_starlette(list(layers(application)), found)
        for module, attribute in _FRAMEWORKS:
            if found['framework'] is None and module in sys.modules:
                _describe_app(application, module, attribute, found)
    except Exception as error:
        found['warnings'].append(f'what the application says about itself could not be read: {report.summary(error)}')
    return found


def _django_is_configured() -> bool:
    conf = sys.modules.get('django.conf')
    return conf is not None and bool(conf.settings.configured)


def _describe_app(application: Any, module: str, attribute: str, found: Facts) -> None:
    kind = getattr(sys.modules[module], attribute)
    app = next((layer for layer in layers(application) if isinstance(layer, kind)), None)
    if app is None:
        return
    found['framework'] = module
    found['frameworkVersion'] = installed_version(module)
    found['debug'] = bool(app.debug)
    if hasattr(app, 'url_map'):
        found['static'] = list(_flask_folders(app))
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


def _flask_folders(app: Any) -> Iterator[Folder]:
    """The application's own static folder and those of its blueprints, as its URL map has them."""
    for rule in app.url_map.iter_rules():
        is_static = rule.endpoint == 'static' or rule.endpoint.endswith('.static')
        if not is_static or rule.arguments != {'filename'} or rule.subdomain or rule.host:
            continue
        url, _, _ = rule.rule.partition('<')
        blueprint = app.blueprints.get(rule.endpoint.rpartition('.')[0])
        owner = app if rule.endpoint == 'static' else blueprint
        root = getattr(owner, 'static_folder', None)
        if root and url not in ('', '/') and os.path.isdir(root):
            yield {'url': url, 'root': os.path.abspath(root), 'hashed': False}
