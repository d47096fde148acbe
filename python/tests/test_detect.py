"""Detection with stand-ins for the frameworks, so that it runs where none is installed; test_frameworks.py has the real ones."""

import functools
import re
import sys
import types

import pytest

from portico_worker.detection import detect


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


def written_in(module, source):
    """What a source defines, as if it stood in the module of that name."""
    names = {'__name__': module}
    exec(source, names)
    return types.SimpleNamespace(**names)


WSGIHandler = written_in(
    'django.core.handlers.wsgi', 'class WSGIHandler:\n def __call__(self): pass\n def get_response(self, request): pass'
).WSGIHandler


class Wrapper:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start):
        raise AssertionError


class RoutePattern:
    __module__ = 'django.urls.resolvers'

    def __init__(self, route):
        self._route = route
        self.converters = {name: types.SimpleNamespace(regex='.+') for name in re.findall(r'<path:(\w+)>', route)}

    def __str__(self):
        return self._route


class URLPattern(types.SimpleNamespace):
    __module__ = 'django.urls.resolvers'


class GuardedPattern(URLPattern):
    """A well-known recipe, by which `resolve` puts a login around each view."""

    __module__ = 'site.urls'


def route(text, callback=application, kind=URLPattern, **arguments):
    return kind(pattern=RoutePattern(text), callback=callback, default_args=arguments)


class ProtocolTypeRouter:
    __module__, __qualname__ = 'channels.routing', 'ProtocolTypeRouter'

    def __init__(self, mapping):
        self.application_mapping = mapping


serve = written_in('django.views.static', 'def serve(request, path, document_root=None): pass').serve


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
    """Django with the settings of a good production site; each test changes the settings that it is about."""
    settings = types.SimpleNamespace(
        configured=True,
        DEBUG=False,
        ALLOWED_HOSTS=['example.org'],
        INSTALLED_APPS=['django.contrib.staticfiles'],
        MIDDLEWARE=['django.middleware.common.CommonMiddleware', 'corsheaders.middleware.CorsMiddleware'],
        SETTINGS_MODULE='site.settings',
        STATIC_URL='/static/',
        STATIC_ROOT=None,
        MEDIA_URL='',
        MEDIA_ROOT='',
        finders=[],
        storage=object(),
        patterns=[],
    )
    modules('django', get_version=lambda: '5.2')
    modules('django.conf', settings=settings)
    modules('django.urls', get_resolver=lambda: types.SimpleNamespace(url_patterns=settings.patterns))
    modules('django.contrib')
    modules('django.contrib.staticfiles')
    modules('django.contrib.staticfiles.finders', get_finders=lambda: settings.finders)
    storage = modules('django.contrib.staticfiles.storage', HashedFilesMixin=HashedFilesMixin)
    storage.staticfiles_storage = None
    settings.storage_module = storage
    return settings


def facts(app=None):
    return detect.facts(app or WSGIHandler(), 'site:application', 'wsgi')


def folder(url, root, links=True, asked=(), **more):
    return {'url': url, 'root': str(root), 'links': links, 'asked': list(asked), **more}


def shape(prefix, spans='path', suffix=''):
    return {'prefix': prefix, 'suffix': suffix, 'spans': spans}


def test_an_application_of_no_framework(modules):
    assert facts(application) == {
        'app': 'site:application',
        'interface': 'wsgi',
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


@pytest.mark.parametrize('hashed', [True, False])
def test_a_good_site(django, tmp_path, hashed):
    (tmp_path / 'static').mkdir()
    (tmp_path / 'static' / 'site.css').write_text('')
    django.STATIC_ROOT = tmp_path / 'static'
    django.MEDIA_URL, django.MEDIA_ROOT = '/media/', tmp_path / 'media'
    django.storage_module.staticfiles_storage = HashedStorage() if hashed else object()
    found = facts()
    assert (found['framework'], found['frameworkVersion'], found['debug']) == ('django', '5.2', False)
    assert found['static'] == [folder('/static/', tmp_path / 'static', hashed=hashed)]
    assert found['media'] == [folder('/media/', tmp_path / 'media', links=False)]
    assert (found['withheld'], found['settings']) == ([], 'site.settings')
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
    # The folder of collected files comes first, for files that are collected later.
    assert found['static'] == ([folder('/static/', tmp_path / root, hashed=False)] if root else []) + [
        folder('/static/pre/', tmp_path / 'extra', hashed=False),
        folder('/static/', tmp_path / 'admin', hashed=False),
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


def test_a_ring_of_middleware_ends(modules):
    modules('flask', Flask=type('Flask', (), {}))
    ring = Wrapper(None)
    ring.app = ring
    assert detect.facts(ring, 'site:app', 'wsgi')['framework'] is None


@pytest.fixture
def site(django, tmp_path):
    """A site with collected static files and uploads."""
    for name in ('static', 'media'):
        (tmp_path / name).mkdir()
        (tmp_path / name / 'a.txt').write_text('')
    django.STATIC_ROOT, django.MEDIA_ROOT, django.MEDIA_URL = tmp_path / 'static', tmp_path / 'media', '/media/'
    return django


def asked(found):
    return {entry['url']: entry['asked'] for entry in found['static'] + found['media']}


def test_patterns_below_a_folder_are_the_projects(site):
    site.patterns = [route('static/js/urls.js'), route('static/private/<path:a>'), route('media/private/<path:a>')]
    assert asked(facts()) == {
        '/static/': [shape('/static/js/urls.js', 'nothing'), shape('/static/private/')],
        '/media/': [shape('/media/private/')],
    }


@pytest.mark.parametrize('text', ['media/<path:a>', '<path:page>'])
def test_a_pattern_that_takes_all_uploads_guards_them(site, text):
    site.patterns = [route(text)]
    found = facts()
    assert asked(found) == {'/static/': []}
    (entry,) = found['withheld']
    assert entry['url'] == '/media/'
    assert f'its URL pattern "/{text}" may answer there; --static /media/=' in entry['reason']


def test_a_view_that_sends_the_very_folder_decides_nothing(site, tmp_path):
    def guarded(request, path):
        raise AssertionError

    functools.update_wrapper(guarded, serve)
    site.patterns = [route('media/<path:path>', serve, document_root=str(tmp_path / 'media'))]
    assert asked(facts())['/media/'] == []
    renamed = functools.update_wrapper(lambda request, path: None, serve)
    del renamed.__wrapped__
    for view, root, kind in (
        (serve, 'elsewhere', URLPattern),
        (guarded, 'media', URLPattern),
        (renamed, 'media', URLPattern),
        (serve, 'media', GuardedPattern),
    ):
        site.patterns = [route('media/<path:path>', view, kind, document_root=str(tmp_path / root))]
        assert facts()['media'] == []


def test_a_view_that_sends_other_files_of_the_same_folder_is_asked(site, tmp_path):
    site.patterns = [route('media/latest/<path:path>', serve, document_root=str(tmp_path / 'media'))]
    assert asked(facts())['/media/'] == [shape('/media/latest/')]
    site.patterns = [route('<path:path>', serve, document_root=str(tmp_path / 'media'))]
    assert facts()['media'] == []


def test_a_site_below_a_path_of_its_own_is_asked_with_that_path_and_without(site):
    site.patterns = [route('media/private/<path:a>'), route('static/js/urls.js')]
    site.STATIC_URL, site.MEDIA_URL = '/shop/static/', '/shop/media/'
    expected = {
        '/shop/static/': [shape('/shop/static/js/urls.js', 'nothing')],
        '/static/': [shape('/static/js/urls.js', 'nothing')],
        '/shop/media/': [shape('/shop/media/private/')],
        '/media/': [shape('/media/private/')],
    }
    assert asked(detect.facts(WSGIHandler(), 'site:application', 'wsgi', '/shop')) == expected
    site.FORCE_SCRIPT_NAME = '/shop/'
    assert asked(facts()) == expected
    site.patterns = [route('media/<path:a>')]
    assert [entry['url'] for entry in facts()['withheld']] == ['/shop/media/', '/media/']


def test_a_handler_with_a_method_of_the_projects_decides_on_everything(site):
    app = WSGIHandler()
    app.get_response = lambda request: None
    found = facts(app)
    assert asked(found) == {}
    assert "get_response of its handler is not Django's" in found['withheld'][0]['reason']


def test_fields_that_whitenoise_is_to_add_are_added(site):
    site.MIDDLEWARE.append('whitenoise.middleware.WhiteNoiseMiddleware')
    assert list(asked(facts())) == ['/static/', '/media/']
    site.WHITENOISE_ADD_HEADERS_FUNCTION = print
    found = facts()
    assert list(asked(found)) == ['/media/']
    assert 'WhiteNoise adds fields' in found['withheld'][0]['reason']


@pytest.mark.parametrize(
    'name', ['site.middleware.Login', 'django.contrib.auth.middleware.LoginRequiredMiddleware', 'djangosecure.X']
)
def test_middleware_may_guard_uploads(site, name):
    site.MIDDLEWARE.append(name)
    found = facts()
    assert list(asked(found)) == ['/static/']
    assert f'its middleware {name} may decide there' in found['withheld'][0]['reason']


def test_what_is_around_django_decides_on_everything(site):
    for app in (Wrapper(WSGIHandler()), application):
        found = facts(app)
        assert (found['framework'], asked(found)) == ('django', {})
        assert [entry['url'] for entry in found['withheld']] == ['/static/', '/media/']
        (warning,) = found['warnings']
        assert '--static /static/=' in warning


def test_a_router_of_channels_is_not_in_the_way(site):
    assert list(asked(facts(ProtocolTypeRouter({'http': WSGIHandler()})))) == ['/static/', '/media/']
    assert asked(facts(ProtocolTypeRouter({'http': Wrapper(WSGIHandler())}))) == {}
    assert asked(facts(ProtocolTypeRouter({}))) == {}


def test_private_folders_in_that_of_the_uploads(site, tmp_path):
    site.SENDFILE_ROOT = str(tmp_path / 'media' / 'sent')
    site.PRIVATE_STORAGE_ROOT = tmp_path / 'private'
    site.THUMBNAIL_ROOT = str(tmp_path / 'media' / 'small')
    assert asked(facts())['/media/'] == [shape('/media/sent/')]
    site.SENDFILE_ROOT = str(tmp_path / 'media')
    found = facts()
    assert found['media'] == []
    assert 'private files are among them' in found['withheld'][0]['reason']


@pytest.mark.parametrize(
    ('upload_to', 'method', 'expected'),
    [
        ('documents', None, [shape('/media/documents/')]),
        ('documents', 'direct', []),
        ('docs/%Y', None, None),
        (str, 'serve_view', None),
    ],
)
def test_documents_of_wagtail_may_be_private(site, modules, upload_to, method, expected):
    field = types.SimpleNamespace(upload_to=upload_to)
    model = types.SimpleNamespace(_meta=types.SimpleNamespace(get_field=lambda name: field))
    modules('wagtail')
    modules('wagtail.documents', get_document_model=lambda: model)
    site.INSTALLED_APPS = [*site.INSTALLED_APPS, 'wagtail.documents']
    site.WAGTAILDOCS_SERVE_METHOD = method
    assert asked(facts()).get('/media/') == expected


def test_the_project_itself_is_given_to_nobody(site, monkeypatch, tmp_path):
    (tmp_path / 'media' / 'src').mkdir()
    monkeypatch.chdir(tmp_path / 'media' / 'src')
    found = facts()
    assert list(asked(found)) == ['/static/']
    assert 'holds the project itself' in found['withheld'][0]['reason']
    monkeypatch.chdir(tmp_path / 'static')
    assert list(asked(facts())) == ['/media/']


def test_uploads_in_the_folder_of_static_files_are_not_served_as_such(site, tmp_path):
    site.MEDIA_ROOT = tmp_path / 'static' / 'uploads'
    assert asked(facts())['/static/'] == [shape('/static/uploads/')]


def test_patterns_that_cannot_be_read(site, modules):
    def get_resolver():
        raise ImportError

    modules('django.urls', get_resolver=get_resolver)
    found = facts()
    assert asked(found) == {}
    assert [entry['url'] for entry in found['withheld']] == ['/static/', '/media/']


@pytest.mark.parametrize(
    ('backend', 'url', 'expected'),
    [
        ('django_sendfile.backends.nginx', '/protected', ['/protected/']),
        ('django_sendfile.backends.nginx', '/', []),
        ('django_sendfile.backends.nginx', None, []),
        ('sendfile.backends.xsendfile', None, ['']),
        ('django_sendfile.backends.simple', '/protected', []),
    ],
)
def test_files_that_sendfile_names_are_sent_from_its_folder(site, backend, url, expected):
    site.SENDFILE_BACKEND, site.SENDFILE_ROOT, site.SENDFILE_URL = backend, '/srv/private/', url
    assert facts()['named'] == [{'url': entry, 'root': '/srv/private'} for entry in expected]
    site.SENDFILE_ROOT = None
    assert facts()['named'] == []
