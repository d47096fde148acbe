"""Detection with stand-ins for the frameworks, so that it runs where none is installed; test_frameworks.py has the real ones."""

import sys
import types

import pytest

from portico_worker import detect


@pytest.fixture
def modules(monkeypatch):
    """Adds modules, by name, for one test."""
    for name in [name for name in sys.modules if name.split('.')[0] in ('django', 'flask')]:
        monkeypatch.delitem(sys.modules, name)

    def add(name, **attributes):
        module = types.ModuleType(name)
        vars(module).update(attributes)
        monkeypatch.setitem(sys.modules, name, module)
        return module

    return add


def application(environ, start):
    raise AssertionError


class Storage:
    def __init__(self, location, prefix=''):
        self.location, self.prefix = location, prefix


class Finder:
    def __init__(self, *storages):
        self.storages = dict(enumerate(storages))


class HashedFilesMixin:
    pass


class HashedStorage(HashedFilesMixin):
    pass


@pytest.fixture
def django(modules):
    """Django with the settings of a good production site; tests change what they are about."""
    settings = types.SimpleNamespace(
        configured=True,
        DEBUG=False,
        ALLOWED_HOSTS=['example.org'],
        INSTALLED_APPS=['django.contrib.staticfiles'],
        STATIC_URL='/static/',
        STATIC_ROOT=None,
        MEDIA_URL='',
        MEDIA_ROOT='',
        finders=[],
        storage=object(),
    )
    modules('django', get_version=lambda: '5.2')
    modules('django.conf', settings=settings)
    modules('django.contrib')
    modules('django.contrib.staticfiles')
    modules('django.contrib.staticfiles.finders', get_finders=lambda: settings.finders)
    storage = modules('django.contrib.staticfiles.storage', HashedFilesMixin=HashedFilesMixin)
    storage.staticfiles_storage = None
    settings.storage_module = storage
    return settings


def facts():
    return detect.facts(application, 'site:application', 'wsgi')


def test_an_application_of_no_framework(modules):
    assert facts() == {
        'app': 'site:application',
        'interface': 'wsgi',
        'framework': None,
        'frameworkVersion': None,
        'static': [],
        'media': [],
        'debug': None,
        'allowedHosts': None,
        'warnings': [],
    }


@pytest.mark.parametrize('hashed', [True, False])
def test_a_good_site(django, tmp_path, hashed):
    (tmp_path / 'static').mkdir()
    (tmp_path / 'static' / 'site.css').write_text('')
    django.STATIC_ROOT = tmp_path / 'static'
    django.MEDIA_URL, django.MEDIA_ROOT = '/media/', tmp_path / 'media'
    django.storage_module.staticfiles_storage = HashedStorage() if hashed else object()
    found = facts()
    assert (found['framework'], found['frameworkVersion'], found['debug']) == ('django', '5.2', False)
    assert found['static'] == [{'url': '/static/', 'root': str(tmp_path / 'static'), 'hashed': hashed}]
    assert found['media'] == [{'url': '/media/', 'root': str(tmp_path / 'media')}]
    assert found['allowedHosts'] == ['example.org']
    assert found['warnings'] == []


@pytest.mark.parametrize(
    ('debug', 'hosts', 'words'),
    [(True, [], 'DEBUG is on'), (False, [], 'ALLOWED_HOSTS is empty'), (False, ['*'], "ALLOWED_HOSTS has '*'")],
)
def test_settings_that_are_wrong_in_production(django, debug, hosts, words):
    django.DEBUG, django.ALLOWED_HOSTS, django.INSTALLED_APPS = debug, hosts, []
    (warning,) = facts()['warnings']
    assert words in warning


@pytest.mark.parametrize(
    ('root', 'words'), [(None, 'is not set'), ('empty', 'is empty'), ('missing', 'does not exist')]
)
def test_without_collectstatic_the_folders_of_the_apps_are_served(django, tmp_path, root, words):
    for name in ('empty', 'admin', 'extra'):
        (tmp_path / name).mkdir()
    django.STATIC_ROOT = root and str(tmp_path / root)
    django.finders = [
        Finder(Storage(str(tmp_path / 'extra'), 'pre')),
        Finder(Storage(str(tmp_path / 'admin')), Storage(str(tmp_path / 'nowhere'))),
        object(),
    ]
    found = facts()
    assert found['static'] == [
        {'url': '/static/pre/', 'root': str(tmp_path / 'extra'), 'hashed': False},
        {'url': '/static/', 'root': str(tmp_path / 'admin'), 'hashed': False},
    ]
    (warning,) = found['warnings']
    assert words in warning
    assert 'collectstatic' in warning


@pytest.mark.parametrize('url', ['https://cdn.example.org/static/', '//cdn.example.org/', '/', '', None])
def test_urls_that_are_not_ours_to_serve(django, tmp_path, url):
    django.STATIC_URL = django.MEDIA_URL = url
    django.STATIC_ROOT = django.MEDIA_ROOT = tmp_path
    found = facts()
    assert (found['static'], found['media'], found['warnings']) == ([], [], [])


def test_django_without_settings_is_not_asked(django):
    django.configured = False
    assert facts()['framework'] is None


def test_settings_that_cannot_be_read_do_not_stop_the_site(django):
    del django.ALLOWED_HOSTS
    (warning,) = facts()['warnings']
    assert 'could not be read: AttributeError' in warning


class Rule:
    def __init__(self, rule, endpoint, arguments=('filename',), subdomain='', host=None):
        self.rule, self.endpoint, self.arguments = rule, endpoint, set(arguments)
        self.subdomain, self.host = subdomain, host


class Flask:
    debug = False

    def __init__(self, folder, *rules):
        self.static_folder, self.blueprints = folder, {}
        self.rules = rules
        self.url_map = self

    def iter_rules(self):
        return iter(self.rules)

    def wsgi_app(self, environ, start):
        raise AssertionError

    def __call__(self, environ, start):
        raise AssertionError


class Middleware:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start):
        raise AssertionError


@pytest.fixture
def flask(modules, tmp_path):
    modules('flask', Flask=Flask)
    (tmp_path / 'static').mkdir()
    return Flask(str(tmp_path / 'static'), Rule('/', 'index', ()), Rule('/assets/<path:filename>', 'static'))


WRAPS = {
    'bare': lambda app: app,
    'middleware': Middleware,
    'a bound method in middleware': lambda app: Middleware(app.wsgi_app),
    'twice': lambda app: Middleware(Middleware(app)),
}


@pytest.mark.parametrize('name', WRAPS)
def test_flask_is_found_behind_its_middleware(flask, name):
    found = detect.facts(WRAPS[name](flask), 'site:app', 'wsgi')
    assert (found['framework'], found['debug'], found['warnings']) == ('flask', False, [])
    assert found['static'] == [{'url': '/assets/', 'root': flask.static_folder, 'hashed': False}]


def test_blueprints_and_rules_that_cannot_be_served(flask, tmp_path):
    (tmp_path / 'blue').mkdir()
    flask.blueprints = {'blue': types.SimpleNamespace(static_folder=str(tmp_path / 'blue')), 'none': object()}
    flask.rules = (
        Rule('/blue/static/<path:filename>', 'blue.static'),
        Rule('/none/<path:filename>', 'none.static'),
        Rule('/<path:filename>', 'static'),
        Rule('/s/<path:filename>', 'static', subdomain='files'),
        Rule('/h/<path:filename>', 'static', host='files.example.org'),
        Rule('/<lang>/<path:filename>', 'static', ('lang', 'filename')),
    )
    found = detect.facts(flask, 'site:app', 'wsgi')
    assert found['static'] == [{'url': '/blue/static/', 'root': str(tmp_path / 'blue'), 'hashed': False}]


def test_flask_in_debug_mode(flask):
    flask.debug = True
    (warning,) = detect.facts(flask, 'site:app', 'wsgi')['warnings']
    assert "Flask's debug mode is on" in warning


def test_a_ring_of_middleware_ends(flask):
    ring = Middleware(None)
    ring.app = ring
    assert detect.facts(ring, 'site:app', 'wsgi')['framework'] is None
