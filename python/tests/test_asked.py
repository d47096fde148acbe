"""What an error says of the Python in which an import has failed."""

import platform
import sys
import sysconfig

from portico_worker import asked
from portico_worker.loader import LoadError, load


def test_names_the_python_and_where_it_was_found():
    version = platform.python_version()
    assert asked.name_python('') == f'{sys.executable} (Python {version})'
    assert asked.name_python('named by --python') == f'{sys.executable} (Python {version}, named by --python)'


def test_tells_of_an_environment_that_was_made_for_another_version(monkeypatch, tmp_path):
    for version in ('3.7', '3.8'):
        (tmp_path / 'lib' / f'python{version}' / 'site-packages').mkdir(parents=True)
    monkeypatch.setattr(sys, 'prefix', str(tmp_path))
    monkeypatch.setattr(sysconfig, 'get_path', lambda name: str(tmp_path / 'lib' / 'python3.99' / name))
    assert asked.name_python('').endswith('; the environment was made for Python 3.8: make it again with this one')
    monkeypatch.setattr(sysconfig, 'get_path', lambda name: str(tmp_path))
    assert 'made for' not in asked.name_python('')


def raised(function):
    try:
        function()
    except Exception as error:
        return error


def test_knows_an_import_error_behind_others():
    def wrapped():
        try:
            import nothing_of_this_name  # noqa: F401
        except ImportError as error:
            raise RuntimeError('no driver') from error

    assert asked.is_import_error(raised(wrapped))
    ring = ValueError()
    ring.__cause__ = KeyError()
    ring.__cause__.__cause__ = ring
    assert not asked.is_import_error(ring)


def test_every_import_that_fails_names_the_python(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / 'site_that_lacks.py').write_text('import nothing_of_this_name\n')
    (tmp_path / 'site_that_fails.py').write_text('1 / 0\n')
    name = asked.name_python('the first on the PATH')

    def summary(app):
        error = raised(lambda: load(app, 'wsgi', 'the first on the PATH'))
        assert isinstance(error, LoadError)
        return error.summary

    lacking = "ModuleNotFoundError: No module named 'nothing_of_this_name'"
    out = f'install it there ({sys.executable} -m pip install, with the name of the package that has nothing_of_this_name)'
    assert (
        summary('site_that_lacks:app')
        == f'{lacking}; it was looked for by {name}; {out}, or name the Python that has it by --python'
    )
    assert asked._installation('flask') == f'{sys.executable} -m pip install flask'
    (tmp_path / 'uv.lock').touch()
    assert '; install it there (uv sync), or' in summary('site_that_lacks:app')
    (tmp_path / 'site_that_slips.py').write_text('from os import nothing_of_this_name\n')
    assert summary('site_that_slips:app').endswith(name)
    assert (
        summary('site_of_this_name:app')
        == f'there is no module site_of_this_name in {tmp_path} or on the Python path of {name}'
    )
    assert summary('site_that_fails:app') == 'ZeroDivisionError: division by zero'
