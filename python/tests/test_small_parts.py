"""Messages, log entries, checks before a fork, descriptors."""

import os
import socket
import subprocess
import sys
import threading
import tracemalloc
import types

import pytest

from portico_worker import control, forksafe, process, report
from portico_worker.settings import read_settings
from portico_worker.wsgi.environ import describe

REQUEST = ['GET', '/path', 'secret=1', '/path?secret=1', '127.0.0.1', '1', 'id-1']


def test_messages_survive_any_split():
    data = (
        control.render({'kind': 'spawn', 'worker': 1, 'path': '/caf\udce9'}) + b'\n' + control.render({'kind': 'stop'})
    )
    for size in (1, 7, len(data)):
        lines, found = control.Lines(), []
        for at in range(0, len(data), size):
            found += lines.feed(data[at : at + size])
        assert found == [{'kind': 'spawn', 'worker': 1, 'path': '/caf\udce9'}, {'kind': 'stop'}]


NO_MESSAGES = [b'[]\n', b'{}\n', b'{"kind": 1}\n', b'nonsense\n', b'x' * (control.LINE_MAX + 1)]


@pytest.mark.parametrize('line', NO_MESSAGES, ids=range(len(NO_MESSAGES)))
def test_what_is_no_message(line):
    with pytest.raises(ValueError, match=r'not a message|too long|Expecting'):
        control.Lines().feed(line)


def test_settings_have_defaults_where_there_is_one():
    message = {'name': 'site', 'app': 'a', 'chdir': '/', 'lanes': ['/l'], 'board': 4, 'secret': 's'}
    settings = read_settings(message)
    assert (settings.preload, settings.threads, settings.max_requests) == ('auto', 1, 0)
    assert settings.server_certificate == ''


def test_paths_of_settings_have_their_bytes_whatever_the_locale_says_of_names_of_files():
    code = """import os
from portico_worker.settings import read_settings
message = {'name': 'site', 'app': 'a', 'chdir': '/f\\u00fcr', 'cwd': '/\\u2192', 'lanes': [], 'board': 4, 'secret': 's'}
settings = read_settings(message)
print(os.fsencode(settings.chdir), os.fsencode(settings.cwd))"""
    env = {'LC_ALL': 'C', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0', 'PYTHONPATH': os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, '-c', code], env=env, capture_output=True, text=True, check=True).stdout
    assert said == f'{"/für".encode()} {"/→".encode()}\n'


def test_settings_have_the_certificate_that_clients_are_shown():
    message = {'name': 'site', 'app': 'a', 'chdir': '/', 'lanes': ['/l'], 'board': 4, 'secret': 's'}
    assert read_settings({**message, 'serverCertificate': 'PEM\n'}).server_certificate == 'PEM\n'


def raised(error):
    try:
        raise error
    except BaseException as caught:
        return caught


def test_an_entry_is_one_write(log):
    report.failure(describe(REQUEST), raised(ValueError('boom')))
    text = log.take()
    assert text.startswith('request id-1 GET /path: ValueError: boom\nTraceback (most recent call last):\n')
    assert text.endswith('\nValueError: boom\n')
    assert 'secret' not in text


def test_lines_of_a_message_cannot_pass_for_entries():
    text = report.format_error(raised(ValueError('first\nrequest forged\n  third')))
    assert text.endswith('ValueError: first\n    request forged\n      third')


def test_causes_are_shown_and_escaped():
    try:
        try:
            raise KeyError('\x1b[2J')
        except KeyError as error:
            raise ValueError('outer') from error
    except ValueError as caught:
        text = report.format_error(caught)
    assert "KeyError: '\\x1b[2J'" in text
    assert 'direct cause' in text
    assert '\x1b' not in text


def test_entries_are_bounded():
    assert len(report.format_error(raised(ValueError('x' * 10_000_000)))) < 2 * report.ENTRY_MAX
    assert len(report.summary(ValueError('x' * 10_000))) < 1000
    assert len(report.describe('id', 'GET', '/' + 'p' * 10_000)) < 400


def test_a_message_of_many_megabytes_costs_no_more_than_is_shown():
    error = raised(ValueError('\x00\n' * 5_000_000))
    tracemalloc.start()
    text = report.format_error(error)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(text) < 2 * report.ENTRY_MAX
    # The message itself is not counted: it was there before. Python's lines of it and their escapes took seventy times its length.
    assert peak < 30_000_000


@pytest.mark.skipif(sys.version_info < (3, 11), reason='PEP 678')
@pytest.mark.parametrize('error', [ValueError('n'), SyntaxError('n')])
def test_an_exception_is_named_by_itself_and_not_by_its_notes(error):
    error.add_note('seen\nhere')
    assert report.summary(error) == f'{type(error).__name__}: n'
    error.__notes__.append(7)
    assert report.format_error(raised(error)).endswith(': n\n    seen\n    here\n7')


def test_an_exception_is_named_in_one_line_whatever_its_file_is_called():
    assert report.summary(SyntaxError('n', ('a\nb.py', 3, 1, 'x'))) == 'SyntaxError: n (a b.py, line 3)'


def test_a_log_that_nobody_reads(log):
    reading, writing = os.pipe()
    os.close(reading)
    report.write_to(writing)
    report.log('into the void')
    os.close(writing)
    report.log('into nothing')


class Hostile(Exception):
    @property
    def __cause__(self):
        raise RuntimeError

    def __str__(self):
        raise SystemExit


def test_an_exception_that_resists():
    assert 'Hostile' in report.format_error(raised(Hostile()))
    assert 'Hostile' in report.summary(raised(Hostile()))


def test_threads_and_sockets_left_open_are_reasons():
    watch, go = forksafe.Watch(), threading.Event()
    assert watch.reasons() == []
    thread = threading.Thread(target=go.wait, name='ticker', daemon=True)
    thread.start()
    left, right = socket.socketpair()
    reasons = watch.reasons()
    go.set()
    thread.join()
    left.close()
    right.close()
    assert any('"ticker"' in reason for reason in reasons)
    assert sum('socket' in reason for reason in reasons) == 2


def test_connections_of_django_are_closed_before_the_fork(monkeypatch):
    closed = []
    connections = types.SimpleNamespace(close_all=lambda: closed.append('database'))
    modules = {
        'django.conf': types.SimpleNamespace(settings=types.SimpleNamespace(configured=True)),
        'django.db': types.SimpleNamespace(connections=connections),
        'django.core.cache': types.SimpleNamespace(close_caches=lambda: closed.append('cache')),
        'numpy.random': types.SimpleNamespace(seed=lambda: closed.append('seed')),
    }
    for name, module in modules.items():
        monkeypatch.setitem(forksafe.sys.modules, name, module)
    forksafe.close_connections()
    forksafe.reseed(None)
    assert closed == ['database', 'cache', 'seed']


def test_numpys_generators_are_found_wherever_the_application_keeps_them(monkeypatch):
    class Generator:
        def __init__(self, entropy=2**100):
            self.bit_generator = types.SimpleNamespace(seed_seq=types.SimpleNamespace(entropy=entropy))

    class RandomState(Generator):
        pass

    own, library, module = RandomState(None), types.ModuleType('library'), types.ModuleType('shop')
    library.__file__, module.__file__ = '/venv/lib/site-packages/library.py', '/srv/shop.py'
    watch = forksafe.Watch()
    watch.end()
    numpy = types.SimpleNamespace(Generator=Generator, RandomState=RandomState, mtrand=types.SimpleNamespace(_rand=own))
    for name, value in {'numpy.random': numpy, 'library': library, 'shop': module}.items():
        monkeypatch.setitem(forksafe.sys.modules, name, value)
    library.generator, module.seeded = Generator(), [Generator(1), Generator([2, 3])]
    assert list(watch._numpy_reasons()) == []
    module.draw, module.table, kept = Generator(), {'a': Generator()}, Generator()
    module.closure = lambda: kept
    reasons = [reason.partition(' is a random')[0] for reason in watch._numpy_reasons()]
    assert sorted(reasons) == ['an object of the application', 'an object of the application', 'shop.draw']


def test_descriptors_of_ours_are_out_of_the_way():
    reading, writing = os.pipe()
    high = process.keep(reading)
    assert high >= min(process.FLOOR, 400)
    assert not os.get_inheritable(high)
    os.write(writing, b'x')
    assert os.read(high, 1) == b'x'
    os.close(high)
    os.close(writing)


def test_signals_have_names():
    assert process.signal_name(9) == 'SIGKILL'
    assert process.signal_name(63) == 'SIG63'
