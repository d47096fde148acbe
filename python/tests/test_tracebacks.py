"""Tracebacks begin where the application does, and lose nothing of it."""

import os
import sys

import pytest

from portico_worker import report
from portico_worker.loader import LoadError, load
from sample_apps import ask

WORKER = os.path.dirname(report.__file__)

SITE = {
    'deep_site/__init__.py': '',
    'deep_site/app.py': 'from deep_site import views\n',
    'deep_site/views.py': 'import importlib\n\nimportlib.import_module("deep_site.models")\n',
    'deep_site/models.py': 'class Model:\n    field = 1 / 0\n',
    'chained_site.py': 'try:\n    {}["key"]\nexcept KeyError as error:\n    raise ValueError("outer") from error\n',
    'context_site.py': 'try:\n    {}["key"]\nexcept KeyError:\n    undefined\n',
    'syntax_site.py': 'import syntax_views\n',
    'syntax_views.py': 'view = = 1\n',
    'made_site.py': 'def create_app():\n    return make()\n\ndef make():\n    raise RuntimeError("no database")\n',
    'recursive_site.py': 'def ping(n):\n    return pong(n + 1)\n\ndef pong(n):\n    return ping(n + 1)\n\nping(0)\n',
    'group_site.py': (
        'def inner():\n    raise ValueError("member")\n\n'
        'try:\n    inner()\nexcept ValueError as error:\n    raise ExceptionGroup("several", [error])\n'
    ),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, text in SITE.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    yield tmp_path
    for name in list(sys.modules):
        if name.partition('.')[0].endswith('_site') or name == 'syntax_views':
            del sys.modules[name]


def failure(app):
    with pytest.raises(LoadError) as caught:
        load(app, 'wsgi')
    traceback = caught.value.traceback
    assert WORKER not in traceback
    assert 'importlib' not in traceback.replace('importlib.import_module("deep_site.models")', '').replace(
        'import importlib', ''
    )
    return caught.value.summary, traceback


def test_an_error_deep_inside_shows_the_chain_of_the_application_and_nothing_else(folder):
    _, text = failure('deep_site.app')
    frames = [line for line in text.splitlines() if line.startswith('  File ')]
    assert [line.partition(', in ')[2] for line in frames] == ['<module>', '<module>', '<module>', 'Model']
    assert text.splitlines()[0] == 'Traceback (most recent call last):'
    assert text.splitlines()[1] == f'  File "{folder}/deep_site/app.py", line 1, in <module>'
    assert text.splitlines()[-1] == 'ZeroDivisionError: division by zero'


@pytest.mark.parametrize(
    ('app', 'between'), [('chained_site', 'direct cause'), ('context_site', 'During handling of the above exception')]
)
def test_causes_and_contexts_stay_and_begin_in_the_application_too(folder, app, between):
    _, text = failure(app)
    assert between in text
    assert "KeyError: 'key'" in text
    assert text.count('Traceback (most recent call last):\n  File "' + str(folder)) == 2


def test_a_fault_of_syntax_has_its_file_and_line_last(folder):
    summary, text = failure('syntax_site')
    assert summary.startswith('SyntaxError: ')
    assert summary.endswith(f' ({folder}/syntax_views.py, line 1)')
    assert text.splitlines()[1] == f'  File "{folder}/syntax_site.py", line 1, in <module>'
    assert f'  File "{folder}/syntax_views.py", line 1' in text
    summary, text = failure('syntax_views')
    assert text.splitlines()[0] == f'  File "{folder}/syntax_views.py", line 1'


def test_a_factory_begins_with_itself(folder):
    _, text = failure('made_site:create_app()')
    assert text.splitlines()[1] == f'  File "{folder}/made_site.py", line 2, in create_app'


def test_a_factory_that_wants_other_arguments_is_told_in_one_sentence(folder):
    summary, text = failure('made_site:create_app("production")')
    assert summary == text
    assert summary.startswith(
        '"create_app("production")" does not call create_app as it wants to be called: create_app() takes 0'
    )


def test_calls_that_go_round_in_a_circle_are_counted(folder):
    summary, text = failure('recursive_site')
    assert summary.startswith('RecursionError: maximum recursion depth exceeded')
    assert '  [Previous 2 calls repeated ' in text
    assert len(text.splitlines()) < 40


@pytest.mark.skipif(sys.version_info < (3, 11), reason='Python 3.11 has groups first')
def test_members_of_a_group_stay(folder):
    _, text = failure('group_site')
    assert 'ExceptionGroup: several (1 sub-exception)' in text
    assert 'ValueError: member' in text
    assert 'in inner' in text


def test_a_request_begins_in_the_application(log):
    def view(environ):
        raise ValueError('boom')

    def application(environ, start):
        return view(environ)

    text = ask(application).failure
    assert text.splitlines()[1].endswith(', in application')
    assert WORKER not in text


def test_what_the_worker_forbids_ends_with_the_call_of_the_application(log):
    def application(environ, start):
        start('200 OK', [])
        start('200 OK', [])
        return []

    text = ask(application).failure
    assert WORKER not in text
    assert text.splitlines()[-1].startswith('AssertionError: start_response was called twice')
    assert text.splitlines()[-2].strip().startswith(("start('200 OK', [])", '^', '~'))


def test_an_error_of_our_own_keeps_all_frames():
    with pytest.raises(TypeError) as caught:
        report.tracebacks._circle(None, 0)  # Our code, which meets what it did not expect.
    assert WORKER in report.format_error(caught.value)
