"""What a Starlette application, or FastAPI's, says about itself. Imported only where Starlette is.

Files of a StaticFiles are the edge's if it is mounted in the application itself, as it was shipped, with no middleware that could
decide about them and no route before it that could take what is below its path.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from .as_shipped import TRANSPARENT, describe, name_of, packages_of, replaced, within
from .facts import Facts, debug_warning, folder, installed_version, withhold

HARMLESS = {
    'starlette.middleware.gzip.GZipMiddleware': 'app',
    'starlette.middleware.sessions.SessionMiddleware': 'app',
    **TRANSPARENT,
}
"""Middleware that neither refuses a visitor a file nor adds what he needs, each with the attribute in which it keeps
what it wraps."""

APP_METHODS = ('__call__', 'build_middleware_stack')
ROUTER_METHODS = ('__call__', 'app', 'handle')

ROUTERS_DEEP_MAX = 16
"""How deep routers may lie in routers; deeper is a ring."""

_PARAMETER = re.compile(r'\{\w+(?::(\w+))?\}')
_OF_ONE_SEGMENT = {'StringConvertor', 'IntegerConvertor', 'FloatConvertor', 'UUIDConvertor'}
"""Convertors of Starlette's whose parameters hold no slash."""
_PACKAGES = frozenset(('starlette', 'fastapi'))


def describe_starlette(application: Any, layers: list[Any], found: Facts) -> None:
    """`layers`: the application and what its middleware wraps, from outside to inside."""
    starlette = sys.modules['starlette.applications'].Starlette
    app = next((layer for layer in layers if isinstance(layer, starlette)), None)
    if app is None:
        return
    fastapi = sys.modules.get('fastapi')
    is_fastapi = fastapi is not None and isinstance(app, fastapi.FastAPI)
    framework, title = ('fastapi', 'FastAPI') if is_fastapi else ('starlette', 'Starlette')
    found['framework'] = framework
    found['frameworkVersion'] = installed_version(framework)
    found['debug'] = bool(app.debug)
    if app.debug:
        found['warnings'].append(debug_warning(title, framework))
    staticfiles = sys.modules.get('starlette.staticfiles')
    if staticfiles is not None:
        packages = packages_of(fastapi.FastAPI if is_fastapi and fastapi else starlette)
        _describe_folders(app, staticfiles.StaticFiles, (_decision_on_all(application, app, packages), packages), found)


def _decision_on_all(application: Any, app: Any, packages: frozenset[str]) -> str | None:
    """Why the application may decide on every request, or None."""
    outside = within(application, HARMLESS)
    if outside is not app:
        return f'{describe(outside)} is around it'
    for item in app.user_middleware:
        kind = getattr(item, 'cls', None)
        if name_of(kind) not in HARMLESS:
            return f'its middleware {name_of(kind)} may decide there'
    if getattr(app, 'middleware_stack', None) is not None:
        return 'its middleware has been put together already'
    router = getattr(app, 'router', None)
    if replaced(app, APP_METHODS, packages) or (router and replaced(router, ROUTER_METHODS, packages)):
        return 'it answers requests in a way of its own'
    return None


def _describe_folders(app: Any, static_files: Any, verdict: tuple[str | None, frozenset[str]], found: Facts) -> None:
    whole, packages = verdict
    routes = list(app.routes)
    for index, route in enumerate(routes):
        inner = getattr(route, '_base_app', getattr(route, 'app', None))
        if not isinstance(inner, static_files):
            continue
        url = f'{getattr(route, "path", "")}/'
        if url == '/' or '{' in url:
            continue
        reason = whole or _decision_on_mount(route, static_files, packages)
        if reason is None and any(_could_take(other, url) for other in routes[:index]):
            reason = 'a route before it may answer there'
        if reason is not None:
            withhold(found, url, reason)
            continue
        links = bool(getattr(inner, 'follow_symlink', False))
        found['static'] += [folder(url, root, links=links, hashed=False) for root in inner.all_directories]


def _decision_on_mount(route: Any, static_files: Any, packages: frozenset[str]) -> str | None:
    inner = route.app
    if type(route) is not sys.modules['starlette.routing'].Mount:
        return f'{name_of(type(route))} is not a plain mount'
    if getattr(route, '_base_app', inner) is not inner:
        return 'its mount has middleware'
    if type(inner) is not static_files:
        return f'{name_of(type(inner))} is not StaticFiles itself'
    if inner.html:
        return 'it answers with pages of its own (html=True)'
    methods = {name for kind in static_files.__mro__[:-1] for name, value in vars(kind).items() if callable(value)}
    packages = packages | packages_of(static_files)
    method = replaced(inner, sorted(methods), packages)
    return f"its {method} is not Starlette's" if method is not None else None


def _could_take(route: Any, url: str, prefix: str = '', depth: int = 0) -> bool:
    """Whether a route could match a path below `url`. True where that is not known for certain."""
    path = getattr(route, 'path', None)
    if replaced(route, ('matches',), _PACKAGES) is not None:
        return True  # The route matches in a way of its own.
    if not isinstance(path, str):
        # FastAPI keeps routers that were included as they are, and adds their prefix to each path later.
        inner = getattr(getattr(route, 'original_router', None), 'routes', None)
        added = getattr(getattr(route, 'include_context', None), 'prefix', None)
        if inner is None or not isinstance(added, str) or depth >= ROUTERS_DEEP_MAX:
            return True
        return any(_could_take(each, url, prefix + added, depth + 1) for each in inner)
    path = prefix + path
    wanted = url.strip('/').split('/')
    given = path.strip('/').split('/')
    spans = [not all(_is_of_one_segment(name) for name in _PARAMETER.findall(segment)) for segment in given]
    takes_all_below = any(spans) or hasattr(route, 'routes')  # A host takes all below it, as a mount does.
    if not takes_all_below and len(given) <= len(wanted):
        return False
    for ours, theirs, is_rest in zip(wanted, given if given != [''] else [], spans):
        if is_rest:
            return True
        if '{' not in theirs and ours != theirs:
            return False
    return True


def _is_of_one_segment(name: str) -> bool:
    """Whether the convertor `name` matches one segment. Judged by the object: an application may have put one of its
    own in the place of Starlette's."""
    kind = type(sys.modules['starlette.convertors'].CONVERTOR_TYPES.get(name or 'str'))
    return kind.__module__ == 'starlette.convertors' and kind.__name__ in _OF_ONE_SEGMENT
