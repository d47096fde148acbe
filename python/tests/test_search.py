"""The search for an application ends in time, whatever a file of the site is like."""

import os
import subprocess
import sys
import time

import pytest

from portico_worker.finding import search
from portico_worker.finding.not_found import NotFound
from portico_worker.finding.search import choose_in_time

FLASK = 'from flask import Flask\napp = Flask(__name__)\n'
DEAR = 'a=' * 60000 + '[' + 'x,' * 50000 + ']\n'
"""Each of many targets has each of many parts: minutes of work in less than 256 KiB."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(search, 'FILE_CPU_S', 0.2)
    return tmp_path


def write(files):
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, 'w') as file:
            file.write(text)


def test_a_file_that_holds_the_search_up_is_passed_over():
    write({'app.py': FLASK, 'main.py': DEAR, 'été.py': DEAR})
    began = time.monotonic()
    assert choose_in_time('', 'auto', True).app == 'app:app'
    assert time.monotonic() - began < 20


def test_such_a_file_is_served_if_it_is_the_only_one():
    write({'app.py': DEAR + FLASK})
    assert choose_in_time('', 'auto', True).app == 'app'


def test_too_many_such_files_are_told_of():
    write({f'{name}.py': DEAR for name in ('wsgi', 'asgi', 'app', 'main', 'api')})
    with pytest.raises(
        NotFound, match=r'the search for an application takes too long, the last file was /.*main\.py\.'
    ):
        choose_in_time('', 'auto', True)


def test_what_is_found_is_as_without_a_process_of_its_own():
    manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")\n'
    write({'manage.py': manage, 'src/mysite/wsgi.py': '', 'src/mysite/settings.py': '', 'main.py': FLASK})
    choice = choose_in_time('', 'auto', True)
    assert (choice.app, choice.project.entries, choice.project.settings) == (
        '',
        {'wsgi': 'mysite.wsgi.application'},
        'mysite.settings',
    )
    assert choice.notes == ('Flask in main.py is not served: "portico serve main:app" does that',)
    assert sys.path[0] == os.path.abspath('src')


def found_by_a_python(folder, before=''):
    """What `find` of the loader says in a process of its own, whose path is set up as in the zygote."""
    ours = os.path.abspath(os.path.join(search.__file__, *[os.pardir] * 3))
    code = (
        f'import sys; sys.path.append({ours!r})\n'
        'from portico_worker.loader import find\n'
        f'sys.path.insert(0, {str(folder)!r})\n'
        f'{before}\n'
        'print(find("").app)'
    )
    ended = subprocess.run([sys.executable, '-I', '-c', code], capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


def test_entries_of_the_path_that_python_passes_over_are_no_fault(folder):
    write({'app.py': FLASK})
    assert found_by_a_python(folder, 'import pathlib; sys.path.append(pathlib.Path("/srv"))') == 'app:app\n'


def test_what_cannot_be_decided_is_told_with_its_lines():
    write({'app.py': FLASK, 'main.py': FLASK})
    with pytest.raises(NotFound, match='2 applications could be meant') as caught:
        choose_in_time('', 'auto', True)
    assert 'portico serve main:app' in caught.value.details


def test_a_search_that_fails_ends_its_process(monkeypatch, capfd):
    monkeypatch.setattr(search, '_answer', lambda *_: {'choice': object()})
    with pytest.raises(AssertionError, match='without an answer'):
        choose_in_time('', 'auto', True)
    assert 'TypeError' in capfd.readouterr().err


def test_the_site_may_have_files_that_are_called_like_modules_of_the_library(folder):
    for name in ('ast', 'glob', 'mmap', 'traceback'):
        write({f'{name}.py': 'raise SystemExit("this file was run")\n'})
    write({'app.py': FLASK})
    assert found_by_a_python(folder) == 'app:app\n'
