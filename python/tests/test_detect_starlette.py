"""What applications of asynchronous frameworks say about themselves, with stand-ins for the frameworks."""

import sys
import types

import pytest

from portico_worker import detect


class Match:
    def __init__(self, value):
        self.value = value


class StaticFiles:
    def __init__(self, *folders, html=False):
        self.all_directories, self.html = folders, html


class Guarded(StaticFiles):
    pass


class Mount:
    def __init__(self, path, app):
        self.path, self.app = path.rstrip('/'), app

    def matches(self, scope):
        return Match(2 if scope['path'].startswith(self.path + '/') else 0), {}


class Broken:
    def matches(self, scope):
        raise KeyError


class Starlette:
    def __init__(self, *routes, middleware=(), debug=False):
        self.routes, self.debug = routes, debug
        self.user_middleware = [types.SimpleNamespace(cls=cls) for cls in middleware]

    async def __call__(self, scope, receive, send):
        raise AssertionError


class FastAPI(Starlette):
    pass


class Gzip:
    __module__, __qualname__ = 'starlette.middleware.gzip', 'GZipMiddleware'

    def __init__(self, app):
        self.app = app


class Login:
    def __init__(self, app):
        self.app = app


@pytest.fixture
def modules(monkeypatch):
    for name in [name for name in sys.modules if name.split('.')[0] in ('django', 'flask', 'quart', 'litestar')]:
        monkeypatch.delitem(sys.modules, name)

    def add(name, **attributes):
        module = types.ModuleType(name)
        vars(module).update(attributes)
        monkeypatch.setitem(sys.modules, name, module)

    add('starlette')
    add('starlette.applications', Starlette=Starlette)
    add('starlette.routing', Mount=Mount)
    add('starlette.staticfiles', StaticFiles=StaticFiles)
    add('fastapi', FastAPI=FastAPI)
    return add


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'static').mkdir()
    return str(tmp_path / 'static')


def facts(application):
    return detect.facts(application, 'site:app', 'asgi')


@pytest.mark.parametrize(('kind', 'name'), [(Starlette, 'starlette'), (FastAPI, 'fastapi')])
def test_the_framework_and_its_static_files(modules, folder, kind, name):
    found = facts(kind(Mount('/api', object()), Mount('/static', StaticFiles(folder, folder + '/none'))))
    assert (found['framework'], found['interface'], found['debug'], found['warnings']) == (name, 'asgi', False, [])
    assert found['static'] == [{'url': '/static/', 'root': folder, 'hashed': False}]


def test_debug_is_a_warning(modules):
    (warning,) = facts(FastAPI(debug=True))['warnings']
    assert "FastAPI's debug mode is on" in warning


NOT_SERVED = {
    'html': lambda folder: Starlette(Mount('/static', StaticFiles(folder, html=True))),
    'a subclass': lambda folder: Starlette(Mount('/static', Guarded(folder))),
    'at the root': lambda folder: Starlette(Mount('/', StaticFiles(folder))),
    'with a parameter': lambda folder: Starlette(Mount('/{lang}/static', StaticFiles(folder))),
    'behind a mount': lambda folder: Starlette(Mount('', object()), Mount('/static', StaticFiles(folder))),
    'behind a route that cannot be asked': lambda folder: Starlette(Broken(), Mount('/static', StaticFiles(folder))),
    'behind middleware': lambda folder: Starlette(Mount('/static', StaticFiles(folder)), middleware=[Login]),
    'behind a wrapper': lambda folder: Login(Starlette(Mount('/static', StaticFiles(folder)))),
    'middleware of the mount': lambda folder: Starlette(Mount('/static', Login(StaticFiles(folder)))),
    'a missing folder': lambda folder: Starlette(Mount('/static', StaticFiles(folder + '/none'))),
}


@pytest.mark.parametrize('name', NOT_SERVED)
def test_files_that_the_application_serves_itself(modules, folder, name):
    found = facts(NOT_SERVED[name](folder))
    assert (found['framework'], found['static'], found['warnings']) == ('starlette', [], [])


def test_middleware_that_does_no_harm(modules, folder):
    found = facts(Gzip(Starlette(Mount('/static', StaticFiles(folder)), middleware=[Gzip])))
    assert [entry['url'] for entry in found['static']] == ['/static/']


def test_an_application_of_no_framework(modules):
    assert facts(Login(object()))['framework'] is None


class Rule:
    def __init__(self, rule, endpoint):
        self.rule, self.endpoint, self.arguments, self.subdomain, self.host = rule, endpoint, {'filename'}, '', None


class Quart:
    def __init__(self, folder, debug=False):
        self.static_folder, self.blueprints, self.debug, self.url_map = folder, {}, debug, self

    def iter_rules(self):
        return iter([Rule('/static/<path:filename>', 'static')])

    async def asgi_app(self, scope, receive, send):
        pass


def test_quart_is_like_flask(modules, folder):
    modules('quart', Quart=Quart)
    modules('flask', Flask=type('Flask', (), {}))
    found = facts(Login(Quart(folder).asgi_app))
    assert (found['framework'], found['static']) == ('quart', [{'url': '/static/', 'root': folder, 'hashed': False}])
    (warning,) = facts(Quart(folder, debug=True))['warnings']
    assert 'QUART_DEBUG' in warning


def test_litestar(modules):
    kind = type('Litestar', (), {'debug': False})
    modules('litestar', Litestar=kind)
    assert facts(kind())['framework'] == 'litestar'
