"""The real frameworks. Each runs in a process of its own: Django can be set up only once."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

import asgi_edge
import fake_edge
from portico_worker import lanes
from site_under_zygote import write_app

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOAD = 'import json, sys; from portico_worker.loader import load; print(json.dumps(load(sys.argv[1]).facts))'


def facts(folder, name):
    result = subprocess.run(
        [sys.executable, '-c', LOAD, name],
        cwd=str(folder),
        env={**os.environ, 'PYTHONPATH': os.pathsep.join([str(folder), ROOT])},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_django_is_served_with_the_settings_of_its_wsgi_py(tmp_path):
    subprocess.run([sys.executable, '-m', 'django', 'startproject', 'mysite', str(tmp_path)], check=True)
    (tmp_path / 'mysite' / 'production.py').write_text(
        "from .settings import *\nDEBUG, ALLOWED_HOSTS = False, ['a.org']"
    )
    entry = tmp_path / 'mysite' / 'wsgi.py'
    entry.write_text(entry.read_text().replace('mysite.settings', 'mysite.production'))
    found = facts(tmp_path, '')
    assert (found['app'], found['settings'], found['debug']) == ('mysite.wsgi:application', 'mysite.production', False)


def test_django(tmp_path):
    subprocess.run([sys.executable, '-m', 'django', 'startproject', 'mysite', str(tmp_path)], check=True)
    found = facts(tmp_path, '')
    assert (found['app'], found['framework'], found['debug']) == ('mysite.wsgi:application', 'django', True)
    assert found['allowedHosts'] == []
    (admin,) = found['static']
    assert admin['url'] == '/static/'
    assert os.path.isfile(os.path.join(admin['root'], 'admin', 'css', 'base.css'))
    debug, collect = found['warnings']
    assert 'DEBUG is on' in debug
    assert 'collectstatic' in collect

    with open(tmp_path / 'mysite' / 'settings.py', 'a') as file:
        file.write(
            textwrap.dedent("""
            DEBUG, ALLOWED_HOSTS = False, ['example.org']
            STATIC_ROOT, MEDIA_ROOT, MEDIA_URL = BASE_DIR / 'collected', BASE_DIR / 'media', 'media/'
            STORAGES = {
                'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'},
                'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'},
            }
            """)
        )
    (tmp_path / 'collected').mkdir()
    (tmp_path / 'collected' / 'site.css').write_text('')
    found = facts(tmp_path, 'mysite/wsgi.py')
    collected = {'url': '/static/', 'root': str(tmp_path / 'collected'), 'links': True, 'asked': [], 'hashed': True}
    assert found['static'] == [collected]
    assert found['media'] == [{'url': '/media/', 'root': str(tmp_path / 'media'), 'links': False, 'asked': []}]
    assert (found['withheld'], found['warnings']) == ([], [])

    with open(tmp_path / 'mysite' / 'urls.py', 'a') as file:
        file.write(
            textwrap.dedent("""
            from django.contrib.auth.decorators import login_required
            from django.views.static import serve
            guarded = path('media/private/<path:path>', login_required(serve), {'document_root': settings.MEDIA_ROOT})
            public = path('media/<path:path>', serve, {'document_root': settings.MEDIA_ROOT})
            urlpatterns += [guarded, public, path('static/js/urls.js', serve)]
            """).replace('guarded =', 'from django.conf import settings\nguarded =')
        )
    found = facts(tmp_path, 'mysite/wsgi.py')
    assert found['static'][0]['asked'] == [{'prefix': '/static/js/urls.js', 'suffix': '', 'spans': 'nothing'}]
    assert found['media'][0]['asked'] == [{'prefix': '/media/private/', 'suffix': '', 'spans': 'path'}]


def test_django_keeps_no_url_from_before_its_first_request(tmp_path):
    """Below a path of its own the pages have that path in the URLs of their files."""
    subprocess.run([sys.executable, '-m', 'django', 'startproject', 'mysite', str(tmp_path)], check=True)
    source = (
        'from portico_worker.loader import load; load("mysite.wsgi")\n'
        'from django.templatetags.static import static; from django.urls import set_script_prefix\n'
        'set_script_prefix("/shop/"); print(static("a.css"))'
    )
    result = subprocess.run(
        [sys.executable, '-c', source],
        cwd=str(tmp_path),
        env={**os.environ, 'PYTHONPATH': os.pathsep.join([str(tmp_path), ROOT])},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert result.stdout == '/shop/static/a.css\n'


def test_flask(tmp_path):
    (tmp_path / 'static').mkdir()
    (tmp_path / 'blue').mkdir()
    (tmp_path / 'shop.py').write_text(
        textwrap.dedent("""
        from flask import Blueprint, Flask
        from werkzeug.middleware.proxy_fix import ProxyFix
        def create_app():
            app = Flask(__name__)
            app.register_blueprint(Blueprint('blue', __name__, static_folder='blue', url_prefix='/b'))
            app.wsgi_app = ProxyFix(app.wsgi_app)
            return app
        app = create_app()
        outer = ProxyFix(app)
        """)
    )
    for name in ('shop', 'shop:create_app()', 'shop:outer'):
        found = facts(tmp_path, name)
        assert (found['framework'], found['debug']) == ('flask', False)
        assert sorted(folder['url'] for folder in found['static']) == ['/b/blue/', '/static/']
        assert {folder['root'] for folder in found['static']} == {str(tmp_path / 'static'), str(tmp_path / 'blue')}
        assert found['warnings'] == []


def test_django_over_asgi(site):
    subprocess.run([sys.executable, '-m', 'django', 'startproject', 'mysite', site.site], check=True)
    write_app(
        site,
        """
        import asyncio
        from django.http import HttpResponse, StreamingHttpResponse
        from django.urls import path

        async def hello(request):
            return HttpResponse(f'{request.method} {request.path} {request.body.decode()}')

        def sync(request):
            return HttpResponse('from a thread')

        async def stream(request):
            async def blocks():
                for number in range(3):
                    yield str(number)
                    await asyncio.sleep(0)
            return StreamingHttpResponse(blocks())

        urlpatterns = [path('hello', hello), path('sync', sync), path('stream', stream)]
        """,
        'mysite/urls',
    )
    with open(os.path.join(site.site, 'mysite', 'settings.py'), 'a') as file:
        file.write("DEBUG, ALLOWED_HOSTS, MIDDLEWARE = False, ['*'], []\n")
    site.start('', interface='asgi')
    assert site.hear('loaded')['app']['app'] == 'mysite.asgi:application'
    site.spawn()
    lane = site.accept(0)
    found = site.hear('ready')['app']
    assert (found['interface'], found['framework']) == ('asgi', 'django')
    lane.send(asgi_edge.request_frame(1, path='/hello', method='POST', flags=lanes.FLAG_MORE))
    lane.send(lanes.render(lanes.BODY_END, 1, b'body'))
    assert lane.answer().body == b'POST /hello body'
    lane.send(asgi_edge.request_frame(2, path='/sync'))
    assert lane.answer().body == b'from a thread'
    lane.send(asgi_edge.request_frame(3, path='/stream'))
    assert lane.answer().body == b'012'
    lane.send(lanes.render(lanes.DRAIN, 0))
    lane.close_after_rest()
    assert site.hear('exited')['code'] == 0
    assert site.log() == ''


FAULTY = """
from django.http import HttpResponse
from django.urls import path

def boom(request):
    raise RuntimeError('boom')

urlpatterns = [path('boom', boom)]
"""
SHOWN = """
LOGGING = {
    'version': 1,
    'disable_existing_loggers': False,
    'handlers': {'shown': {'class': 'logging.StreamHandler'}},
    'root': {'handlers': ['shown']},
}
"""


@pytest.mark.parametrize(
    ('interface', 'settings', 'said'),
    [
        ('wsgi', '', 'request id1 GET /boom: '),
        ('asgi', '', 'request id1 GET /boom: '),
        ('wsgi', SHOWN, 'Internal Server Error: '),
    ],
    ids=['wsgi', 'asgi', 'by-the-project'],
)
def test_what_a_view_of_django_raises_is_in_the_log_once(site, interface, settings, said):
    subprocess.run([sys.executable, '-m', 'django', 'startproject', 'mysite', site.site], check=True)
    write_app(site, FAULTY, 'mysite/urls')
    with open(os.path.join(site.site, 'mysite', 'settings.py'), 'a') as file:
        file.write(f"DEBUG, ALLOWED_HOSTS, MIDDLEWARE = False, ['*'], []\n{settings}")
    site.start('', interface=interface)
    site.hear('loaded')
    if interface == 'asgi':
        site.spawn()
        lane = site.accept(0)
        site.hear('ready')
        lane.send(asgi_edge.request_frame(1, path='/boom'))
    else:
        lane = site.spawn_ready()[0, 0]
        lane.send(fake_edge.request_frame(1, path='/boom'))
    log = site.log(until='RuntimeError: boom\n')
    assert said in log
    assert log.count('Traceback') == 1
