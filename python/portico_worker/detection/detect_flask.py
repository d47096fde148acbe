"""What a Flask application, or Quart's, says about itself. Imported only where one of them is.

Its static files are the edge's as long as nothing of the application's own runs before or after they are sent.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from .as_shipped import describe, is_written_in, packages_of, replaced, within
from .facts import Facts, debug_warning, folder, installed_version, withhold

REQUEST_METHODS = (
    '__call__',
    'wsgi_app',
    'asgi_app',
    'handle_http',
    'handle_request',
    'request_context',
    'create_url_adapter',
    'full_dispatch_request',
    'try_trigger_before_first_request_functions',
    'preprocess_request',
    'dispatch_request',
    'raise_routing_exception',
    'ensure_sync',
    'make_response',
    'finalize_request',
    'process_response',
    'postprocess_request',
    'do_teardown_request',
    'send_static_file',
    'get_send_file_max_age',
    'request_class',
    'response_class',
)
"""Methods through which a request for a static file passes."""

SIGNALS = ('request_started', 'request_finished', 'appcontext_pushed')
"""Signals whose listeners may end a request, or change its response."""

HOOKS = ('before_request_funcs', 'after_request_funcs', 'teardown_request_funcs', 'url_value_preprocessors')
"""Attributes with functions that run for requests, by the name of a blueprint, or None for all requests. Functions at
the end of an application context (such as those of extensions for databases) are no part of an answer, and not among
them."""


def describe_flask(application: Any, app: Any, module: str, found: Facts) -> None:
    """`app`: the Flask that was found in `application`."""
    kind = getattr(sys.modules[module], 'Quart' if module == 'quart' else 'Flask')
    found['framework'] = module
    found['frameworkVersion'] = installed_version(module)
    found['debug'] = bool(app.debug)
    if app.debug:
        found['warnings'].append(debug_warning(kind.__name__, module))
    packages = packages_of(kind)
    whole = _decision_on_all(application, app, module, packages)
    urls: set[str] = set()
    for rule, owner in _static_rules(app):
        url = rule.rule.partition('<')[0]
        if url in ('', '/') or url in urls:
            continue  # Of two rules for one URL the first answers.
        urls.add(url)
        reason = whole or _decision_on_rule(app, rule, owner, packages)
        if reason is None:
            found['static'].append({**folder(url, owner.static_folder, hashed=False), **_cache_control(app)})
        else:
            withhold(found, url, reason)


def _cache_control(app: Any) -> dict[str, str]:
    """The Cache-Control that the framework would send. Flask's default is to ask again each time, as is the edge's;
    Quart's is twelve hours."""
    age = app.config.get('SEND_FILE_MAX_AGE_DEFAULT')
    seconds = int(age.total_seconds() if isinstance(age, timedelta) else age or 0)
    return {'cacheControl': f'public, max-age={seconds}'} if seconds > 0 else {}


def _static_rules(app: Any) -> Iterator[tuple[Any, Any]]:
    """The rules of static folders, of the application and of its blueprints, each with its owner."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == 'static' or rule.endpoint.endswith('.static'):
            owner = app if rule.endpoint == 'static' else app.blueprints.get(rule.endpoint.rpartition('.')[0])
            if getattr(owner, 'static_folder', None):
                yield rule, owner


def _decision_on_all(application: Any, app: Any, module: str, packages: frozenset[str]) -> str | None:
    """Why the application may decide on every request, or None."""
    outside = within(application)
    if outside is not app:
        return f'{describe(outside)} is around it'
    own = {name: value for name, value in vars(app).items() if name in ('wsgi_app', 'asgi_app')}
    for value in own.values():
        inside = within(value)
        if inside is not app:
            return f'{describe(inside)} is around it'
    method = replaced(app, (name for name in REQUEST_METHODS if name not in own), packages)
    if method is not None:
        return f"its {method} is not the framework's"
    if getattr(app.url_map, 'host_matching', False) or getattr(app, 'subdomain_matching', False):
        return 'it has routes for hosts'
    for name in SIGNALS:
        signal = getattr(sys.modules.get(f'{module}.signals'), name, None)
        receivers = signal.receivers_for(app) if signal is not None and hasattr(signal, 'receivers_for') else ()
        if any(not is_written_in(receiver, packages) for receiver in receivers):
            return f'it listens to {name}'
    return None


def _decision_on_rule(app: Any, rule: Any, owner: Any, packages: frozenset[str]) -> str | None:
    """Why the application may decide on the files of one folder, or None."""
    url = rule.rule.partition('<')[0]
    if rule.rule != f'{url}<path:filename>' or rule.subdomain or rule.host or rule.defaults or rule.redirect_to:
        return 'its rule is not the usual one'
    if any(other is not rule and other.rule.startswith(url) for other in app.url_map.iter_rules()):
        return 'it has routes below it'
    view = app.view_functions.get(rule.endpoint)
    if not is_written_in(view, packages) or hasattr(view, '__wrapped__') or not _is_static_view(view):
        return f'its view "{rule.endpoint}" is not the framework\'s'
    method = replaced(owner, ('send_static_file', 'get_send_file_max_age'), packages)
    if method is not None:
        return f"its {method} is not the framework's"
    scopes = {None, *_scopes(rule.endpoint.rpartition('.')[0])}
    for hooks in HOOKS:
        if any(getattr(app, hooks, {}).get(scope) for scope in scopes):
            return f'it has {_spoken(hooks)}'
    return None


def _is_static_view(view: Any) -> bool:
    """Whether the view is `send_static_file` or the function that calls it. For views that are classes the framework
    makes others."""
    code = getattr(getattr(view, '__func__', view), '__code__', None)
    return code is not None and 'send_static_file' in (code.co_name, *code.co_names)


def _scopes(blueprint: str) -> Iterator[str]:
    """A blueprint "a.b" and the one in which it is registered, "a"."""
    while blueprint:
        yield blueprint
        blueprint = blueprint.rpartition('.')[0]


def _spoken(hooks: str) -> str:
    return hooks if hooks == 'url_value_preprocessors' else hooks.replace('_funcs', ' functions')
