"""What is served where nothing was named, by the files of a folder. None of them is run."""

import os
import sys
import textwrap
import time

import pytest

from portico_worker.finding.find_app import choose
from portico_worker.finding.not_found import NotFound

FASTAPI = 'from fastapi import FastAPI\napp = FastAPI()\n'
FLASK = 'from flask import Flask\napp = Flask(__name__)\n'
FACTORY = 'def create_app(test_config=None):\n    from flask import Flask\n    app = Flask(__name__)\n    return app\n'
DJANGO = 'from django.core.{0} import get_{0}_application\napplication = get_{0}_application()\n'
MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}.settings")\n'
ASGI_FUNCTION = 'async def application(scope, receive, send):\n    pass\n'
RUNS = 'raise SystemExit("this file was run")\n'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for variable in ('DJANGO_SETTINGS_MODULE', 'FLASK_APP', 'QUART_APP', 'LITESTAR_APP'):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


def write(files):
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(text if isinstance(text, bytes) else textwrap.dedent(text).encode())


@pytest.mark.parametrize(
    ('files', 'app', 'why'),
    [
        ({'main.py': FASTAPI + RUNS}, 'main:app', 'found in main.py'),
        (
            {'app.py': 'from flask import Flask\napplication = app = Flask(__name__)\n'},
            'app:app',
            'found in app.py',
        ),
        (
            {'app.py': 'from flask import Flask\napp = application = Flask(__name__)\n'},
            'app:application',
            'found in app.py',
        ),
        (
            {'app.py': "from flask import Flask\napi, app = Flask('api'), Flask('app')\n"},
            'app:app',
            'found in app.py',
        ),
        (
            {'main.py': f'import socketio\n{FASTAPI}sockets = socketio.ASGIApp(socketio.AsyncServer(), app)\n'},
            'main:sockets',
            'found in main.py',
        ),
        (
            {'main.py': f'import socketio\n{FASTAPI}app.mount("/ws", socketio.ASGIApp(socketio.AsyncServer()))\n'},
            'main:app',
            'found in main.py',
        ),
        (
            {'main.py': f'{FASTAPI}x = {"a if b else " * 900}c\n'},
            'main:app',
            'found in main.py',
        ),
        (
            {'main.py': f'def create_app():\n    x = {"a + " * 900}b\n    return x\n'},
            'main:create_app()',
            'found in main.py',
        ),
        (
            {
                'pyproject.toml': b'\xef\xbb\xbf[tool.fastapi]\r\nentrypoint = "shop.web:app"\r\n',
                'shop/web.py': FASTAPI,
                'main.py': FASTAPI,
            },
            'shop.web:app',
            'named by [tool.fastapi] in pyproject.toml',
        ),
        ({'app.py': FLASK}, 'app:app', 'found in app.py'),
        ({'wsgi.py': 'application = something()'}, 'wsgi:application', 'found in wsgi.py'),
        ({'asgi.py': 'async def application(scope, receive, send): pass'}, 'asgi:application', 'found in asgi.py'),
        ({'api.py': FASTAPI}, 'api:app', 'found in api.py'),
        ({'server.py': FASTAPI}, 'server:app', 'found in server.py'),
        ({'application.py': FLASK.replace('app =', 'application =')}, 'application:application', None),
        ({'shop.py': FLASK, 'other.py': 'app = 7'}, 'shop:app', 'found in shop.py'),
        ({'main.py': 'from litestar import Litestar as L\napp = L([])'}, 'main:app', None),
        ({'main.py': 'import starlette.applications as s\nsite = s.Starlette()'}, 'main:site', None),
        ({'main.py': 'from quart import Quart\nif True:\n    app: Quart = Quart(__name__)'}, 'main:app', None),
        ({'main.py': 'class Api(FastAPI): pass\napp = Api()'}, 'main:app', None),
        ({'main.py': 'app = made_somewhere()'}, 'main:app', 'found in main.py'),
        # A package, with its factory, its application, or a file that has one.
        ({'flaskr/__init__.py': FACTORY}, 'flaskr:create_app()', 'found in flaskr/__init__.py'),
        ({'shop/__init__.py': FLASK}, 'shop:app', None),
        ({'shop/__init__.py': '', 'shop/main.py': FASTAPI}, 'shop.main:app', 'found in shop/main.py'),
        (
            {'shop/__init__.py': 'from .factory import create_app', 'shop/factory.py': FACTORY},
            'shop:create_app()',
            None,
        ),
        ({'app/__init__.py': FACTORY, 'tests/__init__.py': FLASK}, 'app:create_app()', None),
        ({'app/main.py': 'from app.db import x\n' + FASTAPI, 'app/db.py': ''}, 'app.main:app', 'found in app/main.py'),
        ({'app/main.py': 'from .db import x\n' + FASTAPI, 'app/db.py': ''}, 'app.main:app', None),
        ({'app/main.py': 'from db import x\n' + FASTAPI, 'app/db.py': ''}, 'main:app', 'found in app/main.py'),
        ({'src/shop/__init__.py': '', 'src/shop/app.py': FASTAPI}, 'shop.app:app', 'found in src/shop/app.py'),
        ({'src/main.py': 'import db\n' + FASTAPI, 'src/db.py': ''}, 'main:app', 'found in src/main.py'),
        ({'src/main.py': 'from src.db import x\n' + FASTAPI, 'src/db.py': ''}, 'src.main:app', None),
        ({'src/__init__.py': '', 'src/main.py': 'from .db import x\n' + FASTAPI}, 'src.main:app', None),
        # Of several, the one that is plainly meant.
        ({'wsgi.py': 'from app import app as application', 'app.py': FLASK}, 'wsgi:application', None),
        ({'main.py': 'from app import app', 'app.py': FASTAPI}, 'main:app', None),
        ({'main.py': 'import app\napplication = app.app', 'app.py': FLASK}, 'main:application', None),
        ({'app.py': FLASK, 'main.py': 'print("a script")'}, 'app:app', None),
        ({'app.py': 'app = Qt()', 'main.py': FASTAPI}, 'main:app', None),
        (
            {'main.py': 'from celery import Celery\napp = Celery()', 'shop/__init__.py': FACTORY},
            'shop:create_app()',
            None,
        ),
        ({'main.py': 'import typer\napp = typer.Typer()', 'api.py': FASTAPI}, 'api:app', None),
        ({'main.py': FASTAPI + 'application = Wrapped(app)'}, 'main:application', None),
        ({'main.py': FASTAPI + 'admin = FastAPI()\napp.mount("/admin", admin)'}, 'main:app', None),
        ({'main.py': FASTAPI + 'app = CORSMiddleware(app, allow_origins=["*"])'}, 'main:app', None),
        ({'main.py': 'from socketio import ASGIApp\n' + FASTAPI + 'asgi = ASGIApp(sio, app)'}, 'main:asgi', None),
        ({'app.py': 'import dash\napp = dash.Dash()\nserver = app.server'}, 'app:server', None),
        ({'app.py': 'import dash\napp = dash.Dash()'}, 'app:app.server', None),
        ({'app.py': FACTORY + 'app = create_app()'}, 'app:app', None),
        ({'app.py': FACTORY + 'if __name__ == "__main__":\n    app = create_app()'}, 'app:create_app()', None),
        (
            {
                'run.py': 'from shop import create_app\napp = create_app("x")',
                'shop/__init__.py': FACTORY.replace('=None', ''),
            },
            'run:app',
            None,
        ),
        (
            {'run.py': 'from shop import create_app\napp = create_app()', 'shop/__init__.py': FACTORY},
            'shop:create_app()',
            None,
        ),
        ({'app.py': FLASK, 'app/__init__.py': FACTORY}, 'app:create_app()', None),
        ({'app.py': FACTORY.replace('=None', ''), 'shop/__init__.py': 'app = made()'}, 'shop:app', None),
        # Other encodings, broken neighbours.
        ({'main.py': '# -*- coding: latin-1 -*-\n# \xe9\n'.encode('latin-1') + FASTAPI.encode()}, 'main:app', None),
        ({'app.py': FLASK, 'main.py': b'print "an old script"'}, 'app:app', None),
        ({'app.py': 'app = Flask('}, 'app', 'found in app.py'),
        ({'app.py': FLASK, 'notes.py': b'\xff\xfe'}, 'app:app', None),
    ],
)
def test_what_is_found(files, app, why):
    write(files)
    before = set(sys.modules)
    choice = choose('')
    assert (choice.app, choice.folder) == (app, '')
    assert why in (None, choice.why)
    assert {name for name in set(sys.modules) - before if name not in sys.stdlib_module_names} == set()


@pytest.mark.parametrize(
    ('files', 'named', 'app', 'why'),
    [
        (
            {'manage.py': MANAGE.format('mysite'), 'mysite/wsgi.py': '', 'main.py': FASTAPI},
            '',
            '',
            'the Django project of manage.py',
        ),
        (
            {
                'mysite/__init__.py': '',
                'mysite/wsgi.py': DJANGO.format('wsgi'),
                'mysite/asgi.py': DJANGO.format('asgi'),
            },
            '',
            '',
            'found in mysite/wsgi.py',
        ),
        (
            {
                'mysite/__init__.py': '',
                'mysite/wsgi.py': DJANGO.format('wsgi'),
                'mysite/asgi.py': DJANGO.format('asgi'),
            },
            'mysite',
            '',
            None,
        ),
        (
            {'shop/__init__.py': '', 'shop/web/__init__.py': '', 'shop/web/app.py': FASTAPI},
            'shop.web',
            'shop.web.app:app',
            None,
        ),
        ({'shop/__init__.py': '', 'shop/web.py': FASTAPI}, 'shop.web', 'shop.web', None),
        ({'shop/__init__.py': FACTORY}, 'shop', 'shop:create_app()', None),
        ({'shop/__init__.py': 'globals().update(app=None)'}, 'shop', 'shop', None),
        ({'src/shop/__init__.py': FLASK}, 'src/shop', 'shop:app', None),
        ({'src/shop/__init__.py': FLASK}, './src/shop/', 'shop:app', None),
        ({'app/main.py': FASTAPI}, 'app', 'app.main:app', None),
        (
            {'shop/__init__.py': '', 'shop/wsgi.py': DJANGO.format('wsgi'), 'shop/asgi.py': ASGI_FUNCTION},
            'shop',
            '',
            None,
        ),
        ({'main.py': FASTAPI}, '.', 'main:app', None),
        ({'main.py': FASTAPI}, 'main:other', 'main:other', None),
        ({'manage.py': 'app = 1'}, 'manage.py', 'manage.py', None),
    ],
)
def test_what_a_name_stands_for(files, named, app, why):
    write(files)
    choice = choose(named)
    assert (choice.app, choice.project is None) == (app, app != '')
    assert choice.why == why or named == '.'


@pytest.mark.parametrize('named', ['site/manage.py', './site/manage.py', 'site/', './site'])
def test_a_project_in_a_folder_that_is_named(named):
    write({'site/manage.py': MANAGE.format('x'), 'site/x/wsgi.py': ''})
    choice = choose(named)
    expected = 'manage.py' if 'manage' in named else ''
    assert (choice.app, choice.folder) == (expected, os.path.abspath('site'))


@pytest.mark.parametrize('named', ['backend', 'backend/', './backend', ''])
def test_a_folder_that_is_named_is_run_in_that_folder_however_it_is_written(named):
    write({'backend/main.py': FASTAPI, 'server/settings.py': ''})
    choice = choose(named)
    assert (choice.app, choice.folder) == ('', os.path.abspath('backend'))


def test_a_folder_that_is_named_and_whose_files_are_modules_of_it():
    write({'shop/main.py': 'from shop.db import x\n' + FASTAPI, 'shop/db.py': ''})
    for named in ('shop', 'shop/', './shop'):
        assert (choose(named).app, choose(named).folder) == ('shop.main:app', '')


@pytest.mark.parametrize('line', ['from shop.db import x', 'from .db import x'])
def test_the_current_folder_may_be_meant_as_a_package(line, monkeypatch):
    write({'shop/main.py': f'{line}\n{FASTAPI}', 'shop/db.py': ''})
    monkeypatch.chdir('shop')
    monkeypatch.setattr(sys, 'path', [os.getcwd(), *sys.path[1:]])
    assert choose('').app == 'shop.main:app'
    assert sys.path[0] == os.path.dirname(os.getcwd())


def test_a_name_below_src(monkeypatch):
    write({'src/shop_below/__init__.py': '', 'src/shop_below/web.py': FASTAPI})
    monkeypatch.setattr(sys, 'path', list(sys.path))
    monkeypatch.setenv('FLASK_APP', 'shop_below.web')
    assert choose('').app == 'shop_below.web'


def test_pythons_warnings_of_settings_come_from_their_import_alone(recwarn):
    settings = "PATTERN = '\\d'\nWSGI_APPLICATION = 'mysite.wsgi.application'\n"
    write({'manage.py': MANAGE.format('mysite'), 'mysite/wsgi.py': '', 'mysite/settings.py': settings})
    assert choose('').project.entries == {'wsgi': 'mysite.wsgi.application'}
    assert list(recwarn) == []


@pytest.mark.parametrize('named', ['a:b/main.py', 'a:b/main.py:app', './a:b/'])
def test_a_path_may_have_a_colon(named):
    write({'a:b/main.py': FASTAPI})
    choice = choose(named)
    assert (choice.app, choice.folder) == (('', os.path.abspath('a:b')) if named.endswith('/') else (named, ''))


def test_a_virtual_environment_is_no_project_whatever_its_name():
    write({'backend/pyvenv.cfg': '', 'backend/main.py': FASTAPI})
    with pytest.raises(NotFound, match='no application was found'):
        choose('')


def test_what_is_beside_a_django_project_is_told():
    write({'manage.py': MANAGE.format('mysite'), 'mysite/wsgi.py': '', 'main.py': FASTAPI})
    assert choose('').notes == ('FastAPI in main.py is not served: "portico serve main:app" does that',)


@pytest.mark.parametrize(
    ('files', 'sub', 'why'),
    [
        (
            {'mysite/manage.py': MANAGE.format('mysite'), 'mysite/mysite/wsgi.py': ''},
            'mysite',
            'the Django project of mysite/manage.py',
        ),
        (
            {
                'src/manage.py': MANAGE.format('mysite'),
                'src/mysite/__init__.py': '',
                'src/mysite/wsgi.py': DJANGO.format('wsgi'),
                'src/mysite/asgi.py': ASGI_FUNCTION,
            },
            'src',
            'the Django project of src/manage.py',
        ),
        (
            {'backend/app/__init__.py': '', 'backend/app/main.py': FASTAPI, 'frontend/index.html': ''},
            'backend',
            'found in backend/app/main.py',
        ),
        ({'backend/pyproject.toml': '[tool.fastapi]\nentrypoint = "app.main:app"'}, 'backend', None),
        ({'backend/.flaskenv': 'FLASK_APP=shop', 'backend/shop.py': ''}, 'backend', None),
        ({'server/main.py': FASTAPI, 'main.py': 'print(1)'}, 'server', None),
        ({'backend/app.py': FACTORY.replace('=None', '')}, 'backend', None),
    ],
)
def test_a_project_one_folder_below(files, sub, why):
    write(files)
    choice = choose('')
    assert (choice.app, choice.folder) == ('', os.path.abspath(sub))
    assert why in (None, choice.why)
    with pytest.raises(NotFound):
        choose('', may_move=False)


def test_a_folder_below_whose_files_are_written_as_its_modules():
    write({'backend/main.py': 'from backend.db import x\n' + FASTAPI, 'backend/db.py': ''})
    choice = choose('')
    assert (choice.app, choice.folder) == ('backend.main:app', os.getcwd())


@pytest.mark.parametrize(
    ('files', 'commands'),
    [
        ({'app.py': FLASK, 'main.py': FASTAPI}, ['app:app', 'main:app']),
        (
            {
                'one/__init__.py': '',
                'one/wsgi.py': DJANGO.format('wsgi'),
                'two/__init__.py': '',
                'two/asgi.py': DJANGO.format('asgi'),
            },
            ['one.wsgi:application', 'two.asgi:application'],
        ),
        ({'main.py': 'from fastapi import FastAPI\none = FastAPI()\ntwo = FastAPI()'}, ['main:one', 'main:two']),
        ({'main.py': FASTAPI + FLASK.replace('app =', 'application =')}, ['main:application', 'main:app']),
        ({'shop/__init__.py': FACTORY, 'blog/__init__.py': FLASK}, ['blog:app', 'shop:create_app']),
        ({'src/app.py': FLASK, 'src/main.py': FASTAPI}, ['src/app.py:app', 'src/main.py:app']),
        ({'one.py': FLASK, 'two.py': FASTAPI}, ['one:app', 'two:app']),
        ({'app.py': 'app = Flask(', 'main.py': FASTAPI}, ['app', 'main:app']),
        ({'one/manage.py': MANAGE.format('x'), 'two/manage.py': MANAGE.format('x')}, ['one', 'two']),
        ({'one/manage.py': MANAGE.format('x'), 'backend/main.py': FASTAPI}, ['backend', 'one']),
        (
            {'backend/app.py': FLASK, 'backend/main.py': FASTAPI},
            ['--chdir backend app:app', '--chdir backend main:app'],
        ),
        ({'wsgi.py': 'application = a()', 'asgi.py': 'application = b()'}, ['wsgi:application', 'asgi:application']),
        (
            {
                'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", choose())',
                'a/__init__.py': '',
                'b/__init__.py': '',
                'a/wsgi.py': DJANGO.format('wsgi'),
                'b/wsgi.py': DJANGO.format('wsgi'),
            },
            ['a.wsgi:application', 'b.wsgi:application'],
        ),
    ],
)
def test_several_are_listed_with_what_to_type(files, commands):
    write(files)
    with pytest.raises(NotFound) as caught:
        choose('')
    assert [f'portico serve {command}' for command in commands] == [
        line.partition('#')[0].strip() for line in caught.value.details.splitlines()
    ]
    assert all(f'"portico serve {command}"' in str(caught.value) for command in commands)


def test_of_several_the_interface_that_was_asked_for():
    write({'wsgi.py': 'application = a()', 'asgi.py': 'application = b()'})
    assert choose('', 'asgi').app == 'asgi:application'


def test_a_file_that_cannot_be_read_is_listed_with_the_fault():
    write({'app.py': 'app = Flask(', 'main.py': FASTAPI})
    with pytest.raises(NotFound) as caught:
        choose('')
    assert 'app.py, which cannot be read: SyntaxError' in caught.value.details


@pytest.mark.parametrize(
    ('files', 'words'),
    [
        ({}, 'no application was found in'),
        ({'manage.py': ''}, 'manage.py does not set DJANGO_SETTINGS_MODULE'),
        (
            {'app.py': 'def create_app(config, *, debug): return Flask()'},
            'app:create_app needs arguments (config, debug)',
        ),
        (
            {'main.py': 'from aiohttp import web\napp = web.Application()'},
            'main.py is written with aiohttp, which speaks neither WSGI nor ASGI',
        ),
        (
            {'tests/app.py': FLASK, 'node_modules/app.py': FLASK, 'my/pyvenv.cfg': '', 'my/__init__.py': FLASK},
            'no application was found in',
        ),
        ({'test_shop.py': FLASK, 'conftest.py': FLASK, 'setup.py': FLASK}, 'no application was found in'),
    ],
)
def test_where_nothing_is_found_it_is_said_what_was_looked_for(files, words):
    write(files)
    with pytest.raises(NotFound) as caught:
        choose('')
    assert words in str(caught.value)
    assert 'portico serve' in str(caught.value)


@pytest.mark.parametrize(
    ('text', 'files', 'app'),
    [
        ('hello', {'hello.py': ''}, 'hello'),
        ('hello.py', {'hello.py': ''}, 'hello.py'),
        ('src/hello', {'src/hello.py': ''}, 'src/hello'),
        ('hello:create_app("dev")', {'hello.py': ''}, 'hello:create_app("dev")'),
        ('shop', {'shop/__init__.py': '', 'shop/app.py': FLASK}, 'shop.app:app'),
    ],
)
def test_flask_app_names_it(text, files, app, monkeypatch):
    monkeypatch.setenv('FLASK_APP', text)
    write({**files, 'main.py': FASTAPI})
    choice = choose('')
    assert (choice.app, choice.why) == (app, 'named by FLASK_APP')


def test_flask_app_of_another_project(monkeypatch):
    monkeypatch.setenv('FLASK_APP', 'elsewhere')
    write({'main.py': FASTAPI})
    with pytest.raises(NotFound, match='FLASK_APP names elsewhere, which is neither in'):
        choose('')
    write({'manage.py': MANAGE.format('mysite'), 'mysite/wsgi.py': ''})
    assert choose('').notes[0] == 'FLASK_APP names elsewhere, which is not here: it is passed over'


def test_the_settings_of_another_project_make_no_django_project(monkeypatch):
    monkeypatch.setenv('DJANGO_SETTINGS_MODULE', 'elsewhere.settings')
    write({'main.py': FASTAPI})
    assert choose('').app == 'main:app'


@pytest.mark.parametrize(
    'line', ['FLASK_APP=shop', 'export FLASK_APP="shop"  # it', "FLASK_APP = 'shop'", 'FLASK_APP=shop # it']
)
def test_flask_app_in_its_file(line):
    write({'.flaskenv': f'# of Flask\nFLASK_DEBUG=1\n{line}\nFLASK_RUN_PORT=1\n', 'shop.py': FLASK})
    choice = choose('')
    assert (choice.app, choice.why) == ('shop', 'named by FLASK_APP in .flaskenv')
    assert choice.notes == ('.flaskenv also sets FLASK_DEBUG, which is not loaded: --env-file .flaskenv loads it',)
    assert 'FLASK_DEBUG' not in os.environ


@pytest.mark.parametrize('is_old', [False, True])
@pytest.mark.parametrize(
    'text',
    [
        '[tool.fastapi]\nentrypoint = "shop:api"',
        "# x\n[tool.fastapi] # y\nz = 1\n  entrypoint = 'shop:api' # e\n[other]",
    ],
)
def test_pyproject_names_it(text, is_old, monkeypatch):
    if is_old:
        monkeypatch.setattr('portico_worker.finding.named_apps.import_standard', refuse)
    write({'pyproject.toml': text, 'shop.py': RUNS, 'main.py': FASTAPI})
    choice = choose('')
    assert (choice.app, choice.why) == ('shop:api', 'named by [tool.fastapi] in pyproject.toml')


def refuse(name):
    raise ImportError(name)


@pytest.mark.parametrize(
    'text',
    [
        '[tool.fastapi',
        '[tool.fastapi]\n[x]\nentrypoint = "shop"',
        '[tool.fastapi]\nentrypoint = 7',
        'fastapi',
        b'\xff fastapi',
    ],
)
def test_a_pyproject_that_names_nothing(text):
    write({'pyproject.toml': text, 'main.py': FASTAPI})
    assert choose('').app == 'main:app'


def test_modules_of_the_site_are_not_run_in_the_place_of_pythons():
    write(
        {'tomllib.py': RUNS, 'difflib.py': RUNS, 'pyproject.toml': '[tool.fastapi]\nentrypoint = "shop"', 'shop.py': ''}
    )
    for name in ('tomllib', 'difflib'):
        sys.modules.pop(name, None)
    assert choose('').app == 'shop'


def test_a_module_whose_name_is_taken(monkeypatch):
    write({'shelved.py': FLASK})
    monkeypatch.setitem(sys.modules, 'shelved', os)
    with pytest.raises(NotFound, match=r'Python has loaded .*os\.py under its name. Rename the file'):
        choose('')


def test_loops_of_links_pipes_and_large_files_hold_nothing_up():
    write({'shop/__init__.py': FLASK, 'large.py': FLASK + '#' * 10_000_000, 'deep.py': FLASK + 'x = ' + '(' * 5000})
    os.symlink('.', 'loop')
    os.symlink('shop', 'current')
    os.symlink('nowhere', 'src')
    os.mkfifo('app.py')
    os.mkfifo('pyproject.toml')
    os.mkfifo('manage.py')
    began = time.monotonic()
    assert choose('').app in ('shop:app', 'current:app')
    assert time.monotonic() - began < 2


def test_a_search_is_bounded(monkeypatch):
    monkeypatch.setattr('portico_worker.finding.sources.FILES_MAX', 3)
    write({f'a{number}.py': 'x = 1' for number in range(9)})
    with pytest.raises(NotFound, match='the search ended after 3 files'):
        choose('')


def test_files_that_import_each_other():
    write({f'm{a}/__init__.py': ''.join(f'from m{b} import app\n' for b in range(12) if a != b) for a in range(12)})
    began = time.monotonic()
    with pytest.raises(NotFound):
        choose('')
    assert time.monotonic() - began < 3


@pytest.mark.skipif(sys.version_info < (3, 11), reason='this Python cannot read TOML')
def test_a_pyproject_that_may_name_the_application_and_cannot_be_read():
    write({'pyproject.toml': '[tool.fastapi\nentrypoint = "shop:app"\n', 'main.py': FASTAPI})
    with pytest.raises(NotFound, match=r'pyproject.toml seems to name the application .* is no TOML'):
        choose('')
    write({'pyproject.toml': '[project\n# fastapi\n'})
    assert choose('').app == 'main:app'


@pytest.mark.parametrize(
    'source',
    [
        f'{FLASK}app.run(debug=True)\n',
        f'import uvicorn\n{FASTAPI}uvicorn.run(app)\n',
        f'from waitress import serve\n{FLASK}serve(app, port=80)\n',
    ],
)
def test_a_file_that_runs_a_server_when_it_is_imported(source):
    write({'app.py': source})
    with pytest.raises(NotFound, match=r'app\.py runs a server of its own when it is imported, in line [34]: '):
        choose('')
    assert choose('app:app').app == 'app:app'
    *lines, last = source.splitlines()
    for guard in ('if __name__ == "__main__":', 'if DEBUG:', 'def main():'):
        write(
            {'app.py': '\n'.join([*lines, guard, f'    {last}', 'loop.run()', 'runner = Runner(app)', 'runner.run()'])}
        )
        assert choose('').app == 'app:app'
