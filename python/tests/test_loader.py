import importlib
import os
import sys
import textwrap

import pytest

from portico_worker.loader import LoadError, load


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of an application's own, first on the path, as the zygote sets it up; nothing is left behind."""
    for name in [name for name in sys.modules if name.split('.')[0] == 'django']:
        monkeypatch.delitem(sys.modules, name)  # Other tests may have imported the real one.
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv('DJANGO_SETTINGS_MODULE', '')  # The loader sets the variable, so that it has to be put back.
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(path, text):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, 'w') as file:
        file.write(textwrap.dedent(text))
    importlib.invalidate_caches()


SITE = """
    def application(environ, start): return 'application'
    def other(environ, start): return 'other'
    class Holder:
        def method(self, environ, start): return 'method'
    holder = Holder()
    def create_app(name='default', count=1):
        return lambda environ, start: f'made {name} {count}'
    number = 7
"""


@pytest.mark.parametrize(
    ('name', 'full', 'says'),
    [
        ('site1', 'site1:application', 'application'),
        ('site1:other', 'site1:other', 'other'),
        ('site1:holder.method', 'site1:holder.method', 'method'),
        ('site1:create_app()', 'site1:create_app()', 'made default 1'),
        ('site1:create_app("x", count=3)', 'site1:create_app("x", count=3)', 'made x 3'),
        ('site1.py', 'site1:application', 'application'),
        ('./site1.py:other', 'site1:other', 'other'),
        ('sub/deep/wsgi.py', 'wsgi:application', 'application'),
        ('package/inner/wsgi.py', 'package.inner.wsgi:application', 'application'),
        ('package.inner.wsgi', 'package.inner.wsgi:application', 'application'),
        ('my-site.py', 'my-site:application', 'application'),
        ('flaskish', 'flaskish:app', 'app'),
        ('site1:', 'site1:application', 'application'),
        ('factory', 'factory:make_app()', 'made'),
        ('factory:make_app', 'factory:make_app()', 'made'),
        ('factory:build', 'factory:build()', 'made'),
        ('factory.py:make_app', 'factory:make_app()', 'made'),
        ('loose/main.py', 'loose.main:app', 'loose'),
        ('loose/alone.py', 'alone:app', 'alone'),
        ('insrc:app', 'insrc:app', 'in src'),
        ('insrc', 'insrc:app', 'in src'),
    ],
)
def test_names(name, full, says):
    write('site1.py', SITE)
    write('sub/deep/wsgi.py', SITE)
    write('my-site.py', SITE)
    write('package/__init__.py', '')
    write('package/inner/__init__.py', '')
    write('package/inner/wsgi.py', SITE)
    write('flaskish.py', "def app(environ, start): return 'app'")
    write(
        'factory.py',
        "def make_app(debug=False):\n    return lambda environ, start: 'made'\ndef build(): return make_app()",
    )
    write('loose/main.py', 'from loose.db import NAME\ndef app(environ, start): return NAME')
    write('loose/alone.py', "from db import NAME\ndef app(environ, start): return 'alone'")
    write('src/insrc.py', "def app(environ, start): return 'in src'")
    write('loose/db.py', "NAME = 'loose'")
    loaded = load(name)
    assert loaded.application({}, None) == says
    assert loaded.facts['app'] == full
    assert loaded.facts['interface'] == 'wsgi'


@pytest.mark.parametrize(
    ('name', 'words'),
    [
        ('nowhere', 'there is no module nowhere in'),
        ('nowhere.wsgi:app', 'there is no module nowhere in'),
        ('site1.wsgi', 'there is no module site1.wsgi in'),
        ('site1:missing', 'site1 has no "missing", but it has "application": name it as site1:application'),
        ('site1:holder.missing', 'site1 has no "holder.missing"'),
        ('site1:number', 'is int, which cannot be called: it is no application'),
        ('site1:7', 'not the name of a callable'),
        ('site1:a b', 'not the name of a callable'),
        ('site1:create_app(name)', 'must be literals'),
        ('empty', 'name the callable, as in empty:callable'),
        ('nowhere.py', 'there is no file'),
        ('nowhere/../nothing', 'there is no file'),
        ('.relative', 'neither a module nor the path'),
        ('site1:aplication', 'site1 has no "aplication", but it has "application"'),
        ('site1:create_ap()', 'site1 has no "create_ap", but it has "create_app"'),
        ('site1.application', 'the two are parted by a colon: site1:application'),
        (
            'sit1:application',
            f'on the Python path of {sys.executable} (Python {sys.version.split()[0]}). Did you mean site1?',
        ),
        ('sit1.py', 'Did you mean site1.py?'),
        ('deeper:app', 'There is a file sub/deeper.py: "portico serve sub/deeper.py"'),
        (':app', 'names no module: write one in front of the colon, as in main:app'),
        ('needs:create_app', 'needs:create_app needs arguments (config): give them'),
        ('needs', 'needs:create_app needs arguments (config): give them'),
        ('needs:make_later', 'needs:make_later is an async function'),
        ('needs:make_later()', 'needs:make_later is an async function'),
        ('two', 'name the callable, as in two:callable'),
    ],
)
def test_what_cannot_be_found_is_said_in_a_sentence(name, words):
    write('site1.py', SITE)
    write('empty.py', '')
    write('sub/deeper.py', '')
    write('needs.py', 'def create_app(config, debug=False): pass\nasync def make_later(): pass')
    write('two.py', 'x = 1')
    with pytest.raises(LoadError) as caught:
        load(name)
    assert words in caught.value.summary
    assert 'Traceback' not in caught.value.traceback


@pytest.mark.parametrize(
    ('source', 'summary'),
    [
        ('import missing_dependency', "ModuleNotFoundError: No module named 'missing_dependency'"),
        ('raise SystemExit("no")', 'SystemExit: no'),
        ('raise KeyboardInterrupt', 'KeyboardInterrupt'),
        ('1 +', 'SyntaxError'),
        ('def application(environ, start): pass\nraise TypeError("odd")', 'TypeError: odd'),
    ],
)
def test_what_fails_in_the_application_keeps_its_traceback(source, summary):
    write('failing.py', source)
    with pytest.raises(LoadError) as caught:
        load('failing')
    assert caught.value.summary.startswith(summary)
    assert 'failing.py' in caught.value.traceback


def test_a_factory_that_fails_keeps_its_traceback():
    write('factory.py', 'def create_app(): raise ValueError("no database")')
    with pytest.raises(LoadError) as caught:
        load('factory:create_app()')
    assert caught.value.summary == 'ValueError: no database'
    assert 'in create_app' in caught.value.traceback


MANAGE = """
    import os
    def main():
        os.environ.setdefault({quote}DJANGO_SETTINGS_MODULE{quote}, {quote}{settings}{quote})
"""
WSGI = "def application(environ, start): return 'django'"


def write_django(settings_text):
    """Stands in for Django: settings read from the module that the environment names."""
    write('django/__init__.py', "def get_version(): return '9.9'")
    write(
        'django/conf.py',
        """
        import importlib, os
        class Settings:
            configured = True
            def __getattr__(self, name):
                return getattr(importlib.import_module(os.environ['DJANGO_SETTINGS_MODULE']), name)
        settings = Settings()
        """,
    )
    defaults = 'DEBUG = False\nALLOWED_HOSTS = ["example.org"]\nINSTALLED_APPS = []\nMEDIA_URL = MEDIA_ROOT = ""\n'
    write('config/settings/production.py', defaults + settings_text)
    write('config/__init__.py', '')
    write('config/settings/__init__.py', '')


@pytest.mark.parametrize('quote', ['"', "'"])
def test_a_django_project_needs_no_name(quote):
    write_django("WSGI_APPLICATION = 'site2.entry.application'")
    write('manage.py', MANAGE.format(quote=quote, settings='config.settings.production'))
    write('site2/entry.py', WSGI)
    loaded = load('')
    assert loaded.application({}, None) == 'django'
    assert loaded.facts['app'] == 'site2.entry:application'
    assert os.environ['DJANGO_SETTINGS_MODULE'] == 'config.settings.production'


def test_a_django_project_that_does_not_name_its_application():
    write_django('WSGI_APPLICATION = None')
    write('manage.py', MANAGE.format(quote="'", settings='config.settings.production'))
    write('config/wsgi.py', WSGI)
    assert load('').facts['app'] == 'config.wsgi:application'


def test_the_environment_names_the_settings_before_manage_py(monkeypatch):
    write_django("WSGI_APPLICATION = 'site2.entry.application'")
    write('manage.py', MANAGE.format(quote="'", settings='config.settings.missing'))
    write('site2/entry.py', WSGI)
    monkeypatch.setenv('DJANGO_SETTINGS_MODULE', 'config.settings.production')
    assert load('').facts['app'] == 'site2.entry:application'


@pytest.mark.parametrize(
    ('settings', 'interface', 'full'),
    [
        ('', 'auto', 'config.wsgi:application'),
        ('', 'asgi', 'config.asgi:application'),
        ("ASGI_APPLICATION = 'site2.entry.application'", 'auto', 'config.wsgi:application'),
        ("ASGI_APPLICATION = 'site2.entry.application'", 'asgi', 'site2.entry:application'),
        (
            "ASGI_APPLICATION = 'site2.entry.application'\nINSTALLED_APPS = ['daphne']",
            'auto',
            'site2.entry:application',
        ),
        (
            "ASGI_APPLICATION = 'site2.entry.application'\nINSTALLED_APPS = ['channels.apps.ChannelsConfig']",
            'auto',
            'site2.entry:application',
        ),
        (
            "ASGI_APPLICATION = 'site2.entry.application'\nINSTALLED_APPS = ['daphne']",
            'wsgi',
            'config.wsgi:application',
        ),
        ("INSTALLED_APPS = ['channels']", 'auto', 'config.wsgi:application'),
    ],
)
def test_which_interface_of_a_django_project(settings, interface, full):
    write_django(settings)
    write('manage.py', MANAGE.format(quote="'", settings='config.settings.production'))
    write('config/wsgi.py', WSGI)
    for path in ('config/asgi.py', 'site2/entry.py'):
        write(path, 'async def application(scope, receive, send): pass')
    loaded = load('', interface)
    assert loaded.facts['app'] == full
    assert loaded.facts['interface'] == ('wsgi' if 'wsgi' in full else 'asgi')


def test_a_django_project_without_an_asgi_py():
    write_django('')
    write(
        'django/core/asgi.py',
        'def get_asgi_application():\n    async def made(scope, receive, send): pass\n    return made',
    )
    write('django/core/__init__.py', '')
    write('manage.py', MANAGE.format(quote="'", settings='config.settings.production'))
    loaded = load('', 'asgi')
    assert loaded.facts['app'] == 'django.core.asgi:get_asgi_application()'


def test_a_manage_py_of_something_else():
    write('manage.py', 'print("hello")')
    with pytest.raises(LoadError, match='does not set DJANGO_SETTINGS_MODULE'):
        load('')


ASGI_HEAD = 'async def application(scope, receive, send)'


def entry_of(settings, head='def application(environ, start)'):
    """A wsgi.py as Django's startproject writes it, which says with which settings it was made."""
    return (
        'import os\n'
        f'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{settings}")\n'
        'from django.conf import settings\n'
        'name = settings.NAME\n'
        f'{head}: return name\n'
    )


def write_two_settings(tail=''):
    write_django(f"NAME = 'production'\n{tail}")
    write('config/settings/dev.py', f"from .production import *\nNAME = 'dev'\nDEBUG = True\n{tail}")
    write('manage.py', MANAGE.format(quote="'", settings='config.settings.dev'))


def test_the_settings_of_wsgi_py_win_over_those_of_manage_py():
    write_two_settings()
    write('config/wsgi.py', entry_of('config.settings.production'))
    loaded = load('')
    assert loaded.application({}, None) == 'production'
    assert loaded.facts['debug'] is False
    assert os.environ['DJANGO_SETTINGS_MODULE'] == 'config.settings.production'


def test_wsgi_application_is_read_also_from_settings_that_others_are_made_of():
    write_two_settings("WSGI_APPLICATION = 'config.deploy.entry.application'")
    write('config/settings/dev.py', 'from .production import *')
    write('config/deploy/entry.py', entry_of('config.settings.production'))
    write('config/wsgi.py', 'raise AssertionError')
    loaded = load('')
    assert (loaded.facts['app'], loaded.application({}, None)) == ('config.deploy.entry:application', 'production')


def test_the_environment_wins_over_wsgi_py(monkeypatch):
    write_two_settings()
    write('config/wsgi.py', entry_of('config.settings.production'))
    monkeypatch.setenv('DJANGO_SETTINGS_MODULE', 'config.settings.dev')
    assert load('').application({}, None) == 'dev'


def test_a_wsgi_py_that_names_no_settings_gets_those_of_manage_py():
    write_two_settings()
    write(
        'config/wsgi.py',
        """
        import os
        class ImproperlyConfigured(Exception):
            pass
        if 'DJANGO_SETTINGS_MODULE' not in os.environ:
            raise ImproperlyConfigured
        from config.settings.dev import NAME
        def application(environ, start): return NAME
        """,
    )
    assert load('').application({}, None) == 'dev'


def test_asgi_py_has_settings_of_its_own():
    tail = "ASGI_APPLICATION = 'config.asgi.application'\nINSTALLED_APPS = ['daphne']\n"
    write_two_settings(tail)
    write('config/wsgi.py', 'raise AssertionError')
    write('config/asgi.py', entry_of('config.settings.production', ASGI_HEAD))
    loaded = load('')
    assert (loaded.facts['app'], loaded.facts['debug']) == ('config.asgi:application', False)


def test_a_project_that_has_an_asgi_py_alone():
    write_two_settings()
    write('config/asgi.py', entry_of('config.settings.production', ASGI_HEAD))
    assert load('').facts['app'] == 'config.asgi:application'


def test_without_a_file_that_makes_it_the_other_one_names_the_settings():
    write_two_settings()
    write('django/core/__init__.py', '')
    write(
        'django/core/wsgi.py',
        'from django.conf import settings\ndef get_wsgi_application():\n    name = settings.NAME\n    return lambda e, s: name',
    )
    assert load('', 'wsgi').application({}, None) == 'dev'
    del os.environ['DJANGO_SETTINGS_MODULE']
    write('config/asgi.py', entry_of('config.settings.production'))
    assert load('', 'wsgi').application({}, None) == 'production'


def test_a_project_in_a_folder_that_manage_py_adds_to_the_path():
    write_django('')
    write(
        'manage.py',
        'import sys\nsys.path.append("src")\n' + textwrap.dedent(MANAGE.format(quote="'", settings='shop.dev')),
    )
    for path in ('src/shop/__init__.py', 'src/shop/dev.py'):
        write(path, '')
    write(
        'src/shop/production.py',
        'NAME = "production"\nDEBUG = False\nALLOWED_HOSTS = ["example.org"]\nINSTALLED_APPS = []\n',
    )
    write('src/shop/wsgi.py', entry_of('shop.production'))
    assert load('').application({}, None) == 'production'
    assert sys.path[0] == os.path.abspath('src')


def test_a_manage_py_that_finds_its_settings_in_a_way_of_its_own():
    write_two_settings()
    write('manage.py', 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", choose())')
    write('config/wsgi.py', entry_of('config.settings.production'))
    assert load('').application({}, None) == 'production'
    write('second/wsgi.py', entry_of('config.settings.dev'))
    os.environ.pop('DJANGO_SETTINGS_MODULE')
    with pytest.raises(LoadError, match='does not set DJANGO_SETTINGS_MODULE'):
        load('')


@pytest.mark.parametrize('text', ['def', '\0', 'from .dev import *', 'from ......far import *', '\xff'])
def test_settings_that_cannot_be_read_are_pythons_to_complain_of(text):
    write_two_settings()
    write('config/wsgi.py', entry_of('config.settings.production'))
    write('config/settings/dev.py', text)
    assert load('').application({}, None) == 'production'
