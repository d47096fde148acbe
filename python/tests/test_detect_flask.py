"""Which static files of a real Flask application the edge may send without asking it."""

import functools
from datetime import timedelta

import pytest

flask = pytest.importorskip('flask')
from flask.views import MethodView  # noqa: E402
from werkzeug.middleware.dispatcher import DispatcherMiddleware  # noqa: E402
from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: E402

from portico_worker.detection import detect  # noqa: E402


def new_app(tmp_path, **options):
    (tmp_path / 'static').mkdir(exist_ok=True)
    app = flask.Flask('site', root_path=str(tmp_path), **options)
    app.add_url_rule('/', 'index', lambda: 'index')
    app.add_url_rule('/<path:anything>', 'anything', lambda anything: anything)
    return app


def facts(application):
    found = detect.facts(application, 'site:app', 'wsgi')
    assert found['framework'] == 'flask'
    assert found['warnings'] == []
    return found


def wrap_wsgi_app(app):
    app.wsgi_app = ProxyFix(app.wsgi_app)
    return app


SERVED = {
    'as it is': lambda app: app,
    'its wsgi_app': lambda app: app.wsgi_app,
    'behind ProxyFix': ProxyFix,
    'with ProxyFix inside': wrap_wsgi_app,
    'with both': lambda app: ProxyFix(wrap_wsgi_app(app)),
}


@pytest.mark.parametrize('name', SERVED)
def test_what_the_edge_may_send(tmp_path, name):
    found = facts(SERVED[name](new_app(tmp_path)))
    assert found['static'] == [
        {'url': '/static/', 'root': str(tmp_path / 'static'), 'links': True, 'asked': [], 'hashed': False}
    ]
    assert found['withheld'] == []


def test_what_only_cleans_up_decides_nothing(tmp_path):
    app = new_app(tmp_path)
    app.teardown_appcontext(lambda error: None)
    app.register_error_handler(404, lambda error: ('gone', 404))
    app.context_processor(dict)
    assert len(facts(app)['static']) == 1


@pytest.mark.parametrize(
    ('age', 'expected'),
    [(60, 'public, max-age=60'), (timedelta(hours=1), 'public, max-age=3600'), (0, None), (None, None)],
)
def test_files_may_be_kept_as_long_as_flask_was_told(tmp_path, age, expected):
    app = new_app(tmp_path)
    app.config['SEND_FILE_MAX_AGE_DEFAULT'] = age
    assert facts(app)['static'][0].get('cacheControl') == expected


def test_the_folder_need_not_be_there_yet(tmp_path):
    app = new_app(tmp_path)
    (tmp_path / 'static').rmdir()
    assert len(facts(app)['static']) == 1


def put(app, name, value):
    setattr(app, name, value)
    return app


def call(function, *given):
    def make(app):
        function(app, *given)
        return app

    return make


def guard(view):
    @functools.wraps(view)
    def guarded(**arguments):
        raise AssertionError

    return guarded


def guard_view(app):
    app.view_functions['static'] = guard(app.view_functions['static'])
    return app


def blueprint_with(app, method):
    blueprint = flask.Blueprint('guard', 'guard')
    getattr(blueprint, method)(lambda *given: None)
    app.register_blueprint(blueprint)
    return app


def listening(signal):
    def change(app):
        def listen(sender):
            raise AssertionError

        app.listener = listen  # Signals hold their receivers weakly.
        signal.connect(listen, app)
        return app

    return change


class GuardedView(MethodView):
    def get(self, filename):
        raise AssertionError


def class_of_views(app):
    app.view_functions['static'] = GuardedView.as_view('static')
    return app


class Guarded(flask.Flask):
    def send_static_file(self, filename):
        raise AssertionError


class OfItsOwn(flask.Flask):
    def dispatch_request(self):
        raise AssertionError


class Answer(flask.Response):
    pass


class WithAnswer(flask.Flask):
    response_class = Answer


class Wrapper:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start):
        raise AssertionError


def function_around(app):
    def application(environ, start):
        return app(environ, start)

    application.__wrapped__ = app
    return application


def with_kind(kind):
    def make(app):
        app.__class__ = kind
        return app

    return make


WITHHELD = {
    'before_request': (call(flask.Flask.before_request, lambda: None), 'before_request functions'),
    'after_request': (call(flask.Flask.after_request, lambda answer: answer), 'after_request functions'),
    'teardown_request': (call(flask.Flask.teardown_request, lambda error: None), 'teardown_request functions'),
    'url_value_preprocessor': (
        call(flask.Flask.url_value_preprocessor, lambda endpoint, values: None),
        'url_value_preprocessors',
    ),
    'before_app_request of a blueprint': (
        lambda app: blueprint_with(app, 'before_app_request'),
        'before_request functions',
    ),
    'after_app_request of a blueprint': (
        lambda app: blueprint_with(app, 'after_app_request'),
        'after_request functions',
    ),
    'a class that sends files itself': (with_kind(Guarded), 'send_static_file'),
    'a class that dispatches itself': (with_kind(OfItsOwn), 'dispatch_request'),
    'answers of its own kind': (with_kind(WithAnswer), 'response_class'),
    'send_static_file put in': (lambda app: put(app, 'send_static_file', lambda name: None), 'send_static_file'),
    'get_send_file_max_age put in': (
        lambda app: put(app, 'get_send_file_max_age', lambda name: 1),
        'get_send_file_max_age',
    ),
    'a guarded view': (guard_view, 'its view "static"'),
    'wsgi_app wrapped': (lambda app: put(app, 'wsgi_app', Wrapper(app.wsgi_app)), 'Wrapper is around it'),
    'a wrapper': (Wrapper, 'Wrapper is around it'),
    'a function around it': (function_around, 'function_around.<locals>.application is around it'),
    'a wrapper in ProxyFix': (lambda app: ProxyFix(Wrapper(app)), 'Wrapper is around it'),
    'others beside it': (lambda app: DispatcherMiddleware(app, {}), 'DispatcherMiddleware is around it'),
    'a route below it': (call(flask.Flask.add_url_rule, '/static/config.js', 'config', str), 'routes below it'),
    'a route with a name below it': (call(flask.Flask.add_url_rule, '/static/<name>', 'name', str), 'routes below it'),
    'a class of views': (class_of_views, 'its view "static"'),
    'a listener': (listening(flask.request_started), 'request_started'),
    'a listener to the end': (listening(flask.request_finished), 'request_finished'),
    'a listener to the context': (listening(flask.appcontext_pushed), 'appcontext_pushed'),
}


@pytest.mark.parametrize('name', WITHHELD)
def test_what_the_application_is_asked_for(tmp_path, name):
    change, words = WITHHELD[name]
    found = facts(change(new_app(tmp_path)))
    assert found['static'] == []
    (entry,) = found['withheld']
    assert entry['url'] == '/static/'
    assert words in entry['reason']


def test_blueprints_have_folders_and_hooks_of_their_own(tmp_path):
    app = new_app(tmp_path, static_folder=None)
    open_one = flask.Blueprint('open', 'open', root_path=str(tmp_path), static_folder='a', url_prefix='/open')
    guarded = flask.Blueprint('guarded', 'guarded', root_path=str(tmp_path), static_folder='b', url_prefix='/guarded')
    outer = flask.Blueprint('outer', 'outer', url_prefix='/outer')
    nested = flask.Blueprint('nested', 'nested', root_path=str(tmp_path), static_folder='c', url_prefix='/nested')
    guarded.before_request(lambda: None)
    outer.before_request(lambda: None)
    outer.register_blueprint(nested)
    for blueprint in (open_one, guarded, outer):
        app.register_blueprint(blueprint)
    found = facts(app)
    assert [(entry['url'], entry['root']) for entry in found['static']] == [('/open/a/', str(tmp_path / 'a'))]
    assert [entry['url'] for entry in found['withheld']] == ['/guarded/b/', '/outer/nested/c/']


def test_routes_for_hosts(tmp_path):
    found = facts(new_app(tmp_path, host_matching=True, static_host='files.example.org'))
    assert (found['static'], len(found['withheld'])) == ([], 1)
