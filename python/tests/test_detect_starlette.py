"""What applications of asynchronous frameworks say about themselves, with stand-ins for the frameworks."""

import json
import sys
import types

import pytest

from portico_worker.detection import detect


class StaticFiles:
    def __init__(self, *folders, html=False, follow_symlink=False):
        self.all_directories, self.html, self.follow_symlink = folders, html, follow_symlink

    def get_response(self):
        raise AssertionError


class Guarded(StaticFiles):
    pass


class Mount:
    routes = ()

    def __init__(self, path, app, middleware=None):
        self.path, self._base_app = path.rstrip('/'), app
        self.app = middleware(app) if middleware else app


class Host:
    pass


def convertors(*changed):
    """Convertors by name; those in `changed` are the application's own."""
    kinds = {
        name: type(f'{kind}Convertor', (), {'__module__': 'starlette.convertors'})
        for name, kind in (('str', 'String'), ('int', 'Integer'), ('path', 'Path'))
    }
    return {name: kinds[name]() for name in kinds} | {name: object() for name in (*changed, 'anything')}


class Route:
    def __init__(self, path):
        self.path = path


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
    add('starlette.convertors', CONVERTOR_TYPES=convertors())
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
    routes = (Mount('/api', object()), Route('/'), Route('/{page}'), Route('/about/{page}'), Route('/{number:int}'))
    found = facts(kind(*routes, Mount('/static', StaticFiles(folder, folder + '/none')), Route('/{rest:path}')))
    assert (found['framework'], found['interface'], found['debug'], found['warnings']) == (name, 'asgi', False, [])
    assert [(entry['url'], entry['root'], entry['links']) for entry in found['static']] == [
        ('/static/', folder, False),
        ('/static/', folder + '/none', False),
    ]
    assert found['withheld'] == []


def test_links_are_followed_where_starlette_was_told_so(modules, folder):
    (entry,) = facts(Starlette(Mount('/static', StaticFiles(folder, follow_symlink=True))))['static']
    assert entry['links'] is True


class Included:
    def __init__(self, prefix, *routes):
        self.include_context, self.original_router = types.SimpleNamespace(prefix=prefix), Starlette(*routes)


@pytest.mark.parametrize(
    ('included', 'is_served'),
    [
        (Included('/api', Route('/x/{y}'), Included('/v1', Route('/{rest:path}'))), True),
        (Included('', Route('/static/config.js')), False),
        (Included('/static', Route('/x')), False),
        (Included('/api', Host()), False),
    ],
)
def test_routers_that_fastapi_has_included(modules, folder, included, is_served):
    found = facts(FastAPI(included, Mount('/static', StaticFiles(folder))))
    assert bool(found['static']) is is_served


def test_debug_is_a_warning(modules):
    (warning,) = facts(FastAPI(debug=True))['warnings']
    assert "FastAPI's debug mode is on" in warning


def patched(files):
    files.get_response = json.dumps  # A function that was written anywhere but where StaticFiles was.
    return files


class OfItsOwn(Starlette):
    pass


OfItsOwn.__call__ = json.dumps

NOT_SERVED = {
    'html': lambda folder: Starlette(Mount('/static', StaticFiles(folder, html=True))),
    'a subclass': lambda folder: Starlette(Mount('/static', Guarded(folder))),
    'at the root': lambda folder: Starlette(Mount('/', StaticFiles(folder))),
    'with a parameter': lambda folder: Starlette(Mount('/{lang}/static', StaticFiles(folder))),
    'behind a mount': lambda folder: Starlette(Mount('', object()), Mount('/static', StaticFiles(folder))),
    'behind a route for hosts': lambda folder: Starlette(Host(), Mount('/static', StaticFiles(folder))),
    'behind a route below it': lambda folder: Starlette(
        Route('/static/config.js'), Mount('/static', StaticFiles(folder))
    ),
    'behind a route with parameters': lambda folder: Starlette(
        Route('/{a}/{b}'), Mount('/static', StaticFiles(folder))
    ),
    'behind a path': lambda folder: Starlette(Route('/{rest:path}'), Mount('/static', StaticFiles(folder))),
    'behind a convertor of its own': lambda folder: Starlette(
        Route('/{rest:anything}'), Mount('/static', StaticFiles(folder))
    ),
    'behind the same mount': lambda folder: Starlette(
        Mount('/static', object()), Mount('/static', StaticFiles(folder))
    ),
    'in a mount with middleware': lambda folder: Starlette(Mount('/static', StaticFiles(folder), Login)),
    'with a method put in': lambda folder: Starlette(Mount('/static', patched(StaticFiles(folder)))),
    'in a class of its own': lambda folder: OfItsOwn(Mount('/static', StaticFiles(folder))),
    'behind middleware': lambda folder: Starlette(Mount('/static', StaticFiles(folder)), middleware=[Login]),
    'behind a wrapper': lambda folder: Login(Starlette(Mount('/static', StaticFiles(folder)))),
    'middleware of the mount': lambda folder: Starlette(Mount('/static', Login(StaticFiles(folder)))),
}


@pytest.mark.parametrize('name', NOT_SERVED)
def test_files_that_the_application_serves_itself(modules, folder, name):
    found = facts(NOT_SERVED[name](folder))
    assert (found['framework'], found['static'], found['warnings']) == ('starlette', [], [])


class AnyPath(Route):
    def matches(self, scope):
        raise AssertionError


def test_a_route_is_judged_by_what_it_does_and_not_by_its_path(modules, folder):
    site = Starlette(Route('/{page}'), Mount('/static', StaticFiles(folder)))
    assert len(facts(site)['static']) == 1
    assert facts(Starlette(AnyPath('/none'), Mount('/static', StaticFiles(folder))))['static'] == []
    modules('starlette.convertors', CONVERTOR_TYPES=convertors('str'))
    assert facts(site)['static'] == []


def test_middleware_that_does_no_harm(modules, folder):
    found = facts(Gzip(Starlette(Mount('/static', StaticFiles(folder)), middleware=[Gzip])))
    assert [entry['url'] for entry in found['static']] == ['/static/']


def test_an_application_of_no_framework(modules):
    assert facts(Login(object()))['framework'] is None


def test_litestar(modules):
    kind = type('Litestar', (), {'debug': False})
    modules('litestar', Litestar=kind)
    assert facts(kind())['framework'] == 'litestar'
