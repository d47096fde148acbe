"""Bytecode of sources that may be written again within the same second."""

import importlib
import os
import sys
from importlib.machinery import SourceFileLoader

import pytest

from portico_worker import young_sources
from site_under_zygote import write_app


@pytest.fixture
def importing(monkeypatch, tmp_path):
    """Imports what is written, with an age, as a module of its own."""
    monkeypatch.setattr(sys, 'dont_write_bytecode', False)
    monkeypatch.setattr(sys, 'pycache_prefix', None)
    # Puts the method back afterwards.
    monkeypatch.setattr(SourceFileLoader, 'set_data', SourceFileLoader.set_data)
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / 'saved.py'

    def write_and_import(text, age_s):
        path.write_text(text)
        written = path.stat().st_mtime // 1 - age_s
        os.utime(path, (written, written))
        monkeypatch.delitem(sys.modules, 'saved', raising=False)
        importlib.invalidate_caches()
        return importlib.import_module('saved').value

    return write_and_import


def test_the_second_of_two_saves_within_a_second_is_what_runs(importing):
    young_sources.keep_no_bytecode()
    assert [importing('value = 1', 0), importing('value = 2', 0)] == [1, 2]


def test_bytecode_of_what_was_written_before_is_kept(importing, tmp_path):
    young_sources.keep_no_bytecode()
    importing('value = 1', 60)
    assert list((tmp_path / '__pycache__').glob('saved.*.pyc'))


def test_a_zygote_keeps_none_while_the_site_is_developed(site):
    write_app(site, 'def application(environ, start_response): ...')
    site.start('app', development=True)
    site.hear('loaded')
    assert not os.path.exists(os.path.join(site.site, '__pycache__'))
