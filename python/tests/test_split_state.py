"""Warnings of state that an application keeps in one process, when several serve it."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from portico_worker.split_state import warnings
from site_under_zygote import write_app


def module(monkeypatch, name, **values):
    made = ModuleType(name)
    made.__dict__.update(values)
    monkeypatch.setitem(sys.modules, name, made)


LOCMEM = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}
REDIS = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache'}}
BACKENDS = 'django.contrib.sessions.backends.'
SESSIONS = ['django.contrib.sessions']
DJANGO = [
    (LOCMEM, BACKENDS + 'cache', SESSIONS, 'visitors lose theirs'),
    (LOCMEM, BACKENDS + 'cached_db', SESSIONS, 'a logged-out session lives on'),
    (LOCMEM, BACKENDS + 'db', ['django_ratelimit', *SESSIONS], 'django_ratelimit keeps its counts'),
    (LOCMEM, BACKENDS + 'db', SESSIONS, ''),
    (LOCMEM, BACKENDS + 'cache', [], ''),
    (REDIS, BACKENDS + 'cache', ['django_ratelimit', *SESSIONS], ''),
]


@pytest.mark.parametrize(('caches', 'engine', 'installed', 'words'), DJANGO)
def test_django(monkeypatch, caches, engine, installed, words):
    settings = SimpleNamespace(
        configured=True, CACHES=caches, SESSION_ENGINE=engine, SESSION_CACHE_ALIAS='default', INSTALLED_APPS=installed
    )
    module(monkeypatch, 'django.conf', settings=settings)
    found = warnings()
    assert len(found) == bool(words)
    assert words in ''.join(found)


@pytest.mark.parametrize(
    ('kind', 'count'), [('channels.layers.InMemoryChannelLayer', 1), ('channels_redis.core.RedisChannelLayer', 0)]
)
def test_channel_layers(monkeypatch, kind, count):
    settings = SimpleNamespace(
        configured=True, CACHES={}, SESSION_ENGINE='', INSTALLED_APPS=[], CHANNEL_LAYERS={'default': {'BACKEND': kind}}
    )
    module(monkeypatch, 'django.conf', settings=settings)
    module(monkeypatch, 'channels.layers')
    assert len(warnings()) == count


class BaseServer:
    def __init__(self, manager, *transports):
        self.manager, self.eio = manager, SimpleNamespace(transports=transports)


class Server(BaseServer):
    pass


class Manager:
    pass


class AsyncPubSubManager(Manager):
    pass


SERVERS = [
    (Server(Manager(), 'polling', 'websocket'), 'long polling'),
    (Server(AsyncPubSubManager(), 'polling'), 'long polling'),
    (Server(Manager(), 'websocket'), 'no message queue'),
    (Server(AsyncPubSubManager(), 'websocket'), ''),
]


@pytest.mark.parametrize('at', range(len(SERVERS)))
def test_socketio(monkeypatch, at):
    server, words = SERVERS[at]
    monkeypatch.setattr('portico_worker.split_state.gc.get_objects', lambda: [1, server, server])
    module(monkeypatch, 'socketio.base_server', BaseServer=BaseServer)
    found = warnings()
    assert len(found) == bool(words)
    assert words in ''.join(found)


def test_what_is_found_among_all_objects(monkeypatch):
    class MemoryStorage:
        pass

    kept = [MemoryStorage(), MemoryStorage()]
    module(monkeypatch, 'limits.storage.memory', MemoryStorage=MemoryStorage)
    assert ['the rate limiter keeps its counts' in text for text in warnings()] == [True]
    kept.clear()
    assert warnings() == []


def test_sessions_of_flask_session(monkeypatch):
    class CacheLibSessionInterface:
        def __init__(self, cache):
            self.cache = cache

    module(monkeypatch, 'flask_session.cachelib.cachelib', CacheLibSessionInterface=CacheLibSessionInterface)
    kept = [CacheLibSessionInterface(type('FileSystemCache', (), {})())]
    assert warnings() == []
    kept.append(CacheLibSessionInterface(type('SimpleCache', (), {})()))
    (text,) = warnings()
    assert 'sessions of Flask-Session are kept in the memory of each worker' in text


def test_another_version_says_nothing(monkeypatch):
    module(monkeypatch, 'django.conf', settings=SimpleNamespace(configured=True))
    module(monkeypatch, 'channels.layers')
    assert warnings() == []


@pytest.mark.parametrize('preload', ['always', 'never'])
@pytest.mark.parametrize('multiprocess', [True, False])
def test_it_is_told_where_there_are_several_workers(site, preload, multiprocess):
    write_app(
        site,
        """
        import sys
        from types import ModuleType
        class MemoryStorage: pass
        module = sys.modules['limits.storage.memory'] = ModuleType('limits.storage.memory')
        module.MemoryStorage, kept = MemoryStorage, MemoryStorage()
        from app import application
        """,
    )
    site.start('other', preload=preload, multiprocess=multiprocess)
    site.hear('loaded')
    site.spawn_ready()
    assert len(site.facts['app']['warnings']) == multiprocess


@pytest.mark.parametrize(('threads', 'count'), [(1, 1), (2, 0)])
def test_it_is_told_where_a_websocket_would_hold_the_only_thread(site, threads, count):
    write_app(
        site,
        """
        import sys
        from types import ModuleType
        sys.modules['simple_websocket'] = ModuleType('simple_websocket')
        from app import application
        """,
    )
    site.start('other', threads=threads)
    site.hear('loaded')
    site.spawn_ready()
    warnings = site.facts['app']['warnings']
    assert [text.partition(' ')[0] for text in warnings] == ['each'] * count
