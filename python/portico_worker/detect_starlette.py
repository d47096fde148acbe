"""What a Starlette application, or FastAPI's, says about itself. Imported only where Starlette is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

from .facts import Facts, Folder, debug_warning, installed_version

HARMLESS = {
    'starlette.middleware.gzip.GZipMiddleware',
    'starlette.middleware.sessions.SessionMiddleware',
    'starlette.middleware.trustedhost.TrustedHostMiddleware',
}
"""Middleware that neither refuses a visitor a file nor adds what he needs. Behind any other, the application serves its files."""


def describe_starlette(layers: list[Any], found: Facts) -> None:
    """`layers`: the application and what its middleware wraps, from outside to inside."""
    starlette = sys.modules['starlette.applications'].Starlette
    at = next((index for index, layer in enumerate(layers) if isinstance(layer, starlette)), None)
    if at is None:
        return
    app = layers[at]
    fastapi = sys.modules.get('fastapi')
    is_fastapi = fastapi is not None and isinstance(app, fastapi.FastAPI)
    framework, title = ('fastapi', 'FastAPI') if is_fastapi else ('starlette', 'Starlette')
    found['framework'] = framework
    found['frameworkVersion'] = installed_version(framework)
    found['debug'] = bool(app.debug)
    if app.debug:
        found['warnings'].append(debug_warning(title, framework))
    around = [type(layer) for layer in layers[:at]] + [getattr(item, 'cls', None) for item in app.user_middleware]
    if all(_name(kind) in HARMLESS for kind in around):
        found['static'] = list(_folders(app))


def _name(kind: Any) -> str:
    return f'{getattr(kind, "__module__", "")}.{getattr(kind, "__qualname__", "")}'


def _folders(app: Any) -> Iterator[Folder]:
    """Those of StaticFiles mounted at a plain path that no route before them takes."""
    mount = sys.modules['starlette.routing'].Mount
    staticfiles = sys.modules.get('starlette.staticfiles')
    routes = list(app.routes)
    for index, route in enumerate(routes if staticfiles is not None else ()):
        if type(route) is not mount or type(route.app) is not staticfiles.StaticFiles:  # type: ignore[union-attr]
            continue
        url = f'{route.path}/'
        if route.app.html or url == '/' or '{' in url or any(_matches(other, url) for other in routes[:index]):
            continue
        for folder in route.app.all_directories:
            if os.path.isdir(folder):
                yield {'url': url, 'root': os.path.abspath(folder), 'hashed': False}


def _matches(route: Any, url: str) -> bool:
    """Whether a route before the mount could take what lies under it."""
    scope = {'type': 'http', 'method': 'GET', 'path': f'{url}x', 'root_path': '', 'path_params': {}, 'headers': []}
    try:
        match, _ = route.matches(scope)
    except Exception:
        return True
    return bool(match.value)
