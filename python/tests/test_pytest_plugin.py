"""The pytest plugin's parts that start no server; tests/frameworks has those that do."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from portico import live_server
from portico.live_server import LiveServer, environment, name_of, program

PYTHON_FOLDER = Path(__file__).resolve().parent.parent


def application(environ: object, start: object) -> list[bytes]:
    return []


def test_an_object_is_named_by_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType('shop.wsgi')
    module.app = served = lambda environ, start: []  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, 'shop.wsgi', module)
    assert name_of(served) == 'shop.wsgi:app'


def test_an_object_of_a_test_file_is_named_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert name_of(application) == f'{__file__}:application'
    module = types.ModuleType('shop_test')
    module.__file__ = '/srv/tests/shop_test.py'
    module.app = served = lambda environ, start: []  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, 'shop_test', module)
    assert name_of(served) == '/srv/tests/shop_test.py:app'


@pytest.mark.parametrize('app', [lambda environ, start: [], 3, None])
def test_what_has_no_name_is_refused_with_a_way_out(app: object) -> None:
    with pytest.raises(pytest.fail.Exception, match=r'has no name in any module|serves an application or its name'):
        name_of(app)


def test_the_server_can_import_what_the_tests_can_and_hears_no_settings_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('PORTICO_BIND', ':80')
    monkeypatch.setenv('PORT', '80')
    monkeypatch.syspath_prepend('/srv/shop')
    monkeypatch.setattr(sys, 'path', [*sys.path, Path('/srv/passed over')])
    env = environment({'OWN': 'yes'})
    assert env['PYTHONPATH'].split(os.pathsep)[0] == '/srv/shop'
    assert env['OWN'] == 'yes'
    assert not {'PORTICO_BIND', 'PORT'} & set(env)


def test_a_server_that_was_stopped_leaves_no_file_open(tmp_path: Path) -> None:
    server = LiveServer('shop', [sys.executable, '-c', 'print("listening: http://127.0.0.1:80")'], {}, tmp_path)
    server.await_start()
    server.stop()
    assert server.log == 'listening: http://127.0.0.1:80'
    assert server._process.stdout is not None
    assert server._process.stdout.closed


def test_nothing_is_left_of_a_server_that_has_ended_by_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = [sys.executable, '-c', 'print("listening: http://127.0.0.1:80")']
    monkeypatch.setattr(live_server, 'program', lambda: program)
    servers = live_server.Servers(tmp_path)
    first = servers.start('shop')
    first._process.wait(10)
    assert servers.start('shop') is not first
    assert first._guardian.poll() is not None
    servers.stop()


def test_a_checkout_runs_its_own_program() -> None:
    assert program() == [str(PYTHON_FOLDER.parent / 'bin' / 'portico')]


def test_a_run_without_servers_imports_the_plugin_alone() -> None:
    code = (
        'import sys, pytest; before = set(sys.modules); import portico.pytest_plugin;'
        'print(*sorted(set(sys.modules) - before))'
    )
    env = {**os.environ, 'PYTHONPATH': str(PYTHON_FOLDER)}
    found = subprocess.run([sys.executable, '-c', code], env=env, check=True, capture_output=True, text=True)
    assert set(found.stdout.split()) <= {'portico', 'portico.pytest_plugin'}
