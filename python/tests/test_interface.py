"""Which interface a callable is written for, without calling it."""

import asyncio
import functools
import inspect
import sys

import pytest

from portico_worker.factory import is_factory
from portico_worker.interface import interface_of, single_callable
from portico_worker.loader import load


async def function(scope, receive, send):
    pass


class Callable:
    async def __call__(self, scope, receive, send):
        pass

    async def method(self, scope, receive, send):
        pass


class PartialCall:
    __call__ = functools.partial(function)


def sync_of_three(scope, receive, send):
    return function(scope, receive, send)


@functools.wraps(function)
def wrapper(*args):
    return function(*args)


def wsgi(environ, start_response):
    pass


@pytest.mark.skipif(sys.version_info < (3, 14), reason='PEP 649')
def test_annotations_may_name_what_only_type_checkers_import():
    names = {}
    exec('def application(environ: Environ, start: Start): pass\ndef create_app(settings: Unknown = None): pass', names)
    assert interface_of(names['application']) == 'wsgi'
    assert is_factory(names['create_app'], 'create_app')


class WsgiCallable:
    def __call__(self, environ, start_response):
        pass


class WsgiClass:
    def __init__(self, environ, start_response):
        pass


class Legacy:
    def __init__(self, scope):
        pass

    async def __call__(self, receive, send):
        pass


class LegacyCallable:
    def __call__(self, scope):
        return function


def with_prefix(prefix, scope, receive, send):
    pass


async def async_with_prefix(prefix, scope, receive, send):
    pass


def marked(scope, receive, send=None, extra=None):
    pass


if sys.version_info >= (3, 12):
    inspect.markcoroutinefunction(marked)
else:
    marked._is_coroutine = asyncio.coroutines._is_coroutine

ASGI = {
    'function': function,
    'callable': Callable(),
    'bound method': Callable().method,
    'partial': functools.partial(async_with_prefix, 'x'),
    'partial of partial': functools.partial(functools.partial(async_with_prefix), 'x'),
    'partial of a callable': functools.partial(Callable()),
    'callable by a partial': PartialCall(),
    'function of three': sync_of_three,
    'wrapper': wrapper,
    'marked': marked,
    'lambda': lambda scope, receive, send: None,
    'ASGI 2 class': Legacy,
    'ASGI 2 callable': LegacyCallable(),
    'ASGI 2 function': lambda scope: function,
}
WSGI = {
    'function': wsgi,
    'callable': WsgiCallable(),
    'class': WsgiClass,
    'optional third': lambda environ, start, extra=None: None,
    'any': lambda *args, **kwargs: None,
    'partial': functools.partial(lambda name, environ, start: None, 'x'),
    'builtin': dict,
    'no signature': type,
}


@pytest.mark.parametrize('name', ASGI)
def test_asgi(name):
    assert interface_of(ASGI[name]) == 'asgi'


@pytest.mark.parametrize('name', WSGI)
def test_wsgi(name):
    assert interface_of(WSGI[name]) == 'wsgi'


def test_asgi_2_is_called_twice():
    calls = []

    class Application:
        def __init__(self, scope):
            calls.append(scope)

        async def __call__(self, receive, send):
            calls.append((receive, send))

    adapted = single_callable(Application)
    assert interface_of(adapted) == 'asgi'
    asyncio.run(adapted({'type': 'http'}, 'receive', 'send'))
    assert calls == [{'type': 'http'}, ('receive', 'send')]


@pytest.mark.parametrize('name', [name for name in ASGI if not name.startswith('ASGI 2')])
def test_asgi_3_is_left_as_it_is(name):
    assert single_callable(ASGI[name]) is ASGI[name]


@pytest.mark.parametrize(('said', 'found'), [('auto', 'wsgi'), ('asgi', 'asgi'), ('wsgi', 'wsgi')])
def test_who_says_which_is_believed(said, found, tmp_path, monkeypatch):
    (tmp_path / 'spoken.py').write_text('def application(*args): return 5\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    loaded = load('spoken', said)
    assert loaded.facts['interface'] == found
    assert loaded.application(1, 2, 3) == 5
    del sys.modules['spoken']
