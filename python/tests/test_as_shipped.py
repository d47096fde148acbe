"""What wrappers have around them, and who has written a method."""

import functools
import json

import pytest

from portico_worker.detection.as_shipped import WRAPPERS_MAX, describe, is_written_in, packages_of, replaced, within


class App:
    def __call__(self, environ, start):
        raise AssertionError

    def wsgi_app(self, environ, start):
        raise AssertionError


def wrapper(module, name, attribute, inner, **more):
    """An instance of a class that looks as if it came from a library."""
    kind = type(name, (), {'__module__': module, '__qualname__': name})
    made = kind()
    vars(made).update({attribute: inner, **more})
    return made


def proxy_fix(inner):
    return wrapper('werkzeug.middleware.proxy_fix', 'ProxyFix', 'app', inner)


def test_transparent_wrappers_are_looked_through():
    app = App()
    for outside in (app, app.wsgi_app, app.__call__, proxy_fix(app), proxy_fix(proxy_fix(app.wsgi_app))):
        assert within(outside) is app
    socket = wrapper('socketio.middleware', 'WSGIApp', 'wsgi_app', app, static_files={})
    assert within(socket) is app
    vars(socket)['static_files'] = {'/': 'public'}
    assert within(socket) is socket


def test_what_is_not_known_is_where_it_ends():
    own = wrapper('site.wrappers', 'ProxyFix', 'app', App())
    assert within(proxy_fix(own)) is own
    assert describe(own) == 'site.wrappers.ProxyFix'
    partial = functools.partial(App())
    assert within(partial) is partial
    assert within(proxy_fix(None)) is None
    ring = proxy_fix(None)
    vars(ring)['app'] = ring
    assert within(ring) is ring
    assert WRAPPERS_MAX < 100


def own_version(self):
    raise AssertionError


@pytest.mark.parametrize('place', ['instance', 'class', 'decorated'])
def test_methods_that_somebody_has_put_in(place):
    encoder = json.JSONEncoder()
    packages = packages_of(json.JSONEncoder)
    assert replaced(encoder, ('encode', 'default', 'no_such_method'), packages) is None
    if place == 'instance':
        encoder.encode = own_version
    else:
        function = functools.wraps(json.JSONEncoder.encode)(own_version) if place == 'decorated' else own_version
        encoder = type('Own', (json.JSONEncoder,), {'encode': function})()
    assert replaced(encoder, ('encode', 'default'), packages) == 'encode'


def test_whose_code_it_is():
    assert is_written_in(json.dumps, frozenset(('json',)))
    assert is_written_in(json.JSONEncoder().encode, frozenset(('json',)))
    assert is_written_in(json.JSONEncoder, frozenset(('json',)))
    assert not is_written_in(functools.partial(json.dumps), frozenset(('json',)))
    assert not is_written_in(None, frozenset(('json',)))
    assert not is_written_in(App, frozenset(('json',)))
