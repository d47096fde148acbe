"""What an application keeps in the memory of one process although its protocol or its visitors need it in all workers.
Nothing is imported that the application has not imported itself. A cache of each worker's own that merely saves work
is no fault."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Callable

ALONE = 'or start with --workers 1'

_LIMITS = 'keeps its counts in the memory of each worker, so that visitors may do several times what they should: give it a storage'
_SESSIONS = 'are kept in the memory of each worker, and visitors lose theirs whenever another worker answers:'
_IN_MEMORY: tuple[tuple[str, str, str], ...] = (
    (
        'broadcaster._backends.memory',
        'MemoryBackend',
        'broadcaster hands messages on within one worker alone: give it redis://,',
    ),
    (
        'litestar.channels.backends.memory',
        'MemoryChannelsBackend',
        'the channels of Litestar reach the clients of one worker alone: give them a RedisChannelsPubSubBackend,',
    ),
    ('starsessions.stores.memory', 'InMemoryStore', f'sessions of starsessions {_SESSIONS} take its RedisStore,'),
    ('limits.storage.memory', 'MemoryStorage', f'the rate limiter {_LIMITS} such as redis://,'),
    ('limits.aio.storage.memory', 'MemoryStorage', f'the rate limiter {_LIMITS} such as async+redis://,'),
    (
        'flask_caching.backends.simplecache',
        'SimpleCache',
        'what one worker deletes from the SimpleCache of Flask-Caching stays in that of the others: take RedisCache or FileSystemCache,',
    ),
    (
        'apscheduler.schedulers.base',
        'BaseScheduler',
        'each worker has a scheduler (apscheduler), so that jobs run several times: run it in a process of its own,',
    ),
)
"""Module, class (instances of subclasses count as well), and what is wrong, with the way out."""


def warnings() -> list[str]:
    """Warnings for an application that is loaded and will be served by more than one worker, one sentence each."""
    found: list[str] = []
    for look in (_django, _channels, _instances):
        try:
            found.extend(look())
        except Exception:
            continue  # A version of the library that has changed in what was looked at: there is nothing to be said about it.
    return found


def _django() -> Iterator[str]:
    conf = sys.modules.get('django.conf')
    if conf is None or not conf.settings.configured:
        return
    settings = conf.settings
    caches = settings.CACHES
    in_memory = {
        alias for alias, cache in caches.items() if str(cache.get('BACKEND', '')).endswith('.locmem.LocMemCache')
    }
    installed = set(settings.INSTALLED_APPS)
    engine = str(settings.SESSION_ENGINE)
    by_cache = engine.startswith('django.contrib.sessions.backends.cache')
    if by_cache and settings.SESSION_CACHE_ALIAS in in_memory and 'django.contrib.sessions' in installed:
        what = (
            'a logged-out session lives on in the others'
            if engine.endswith('cached_db')
            else 'visitors lose theirs whenever another worker answers'
        )
        yield (
            f'sessions are kept in the memory of each worker (SESSION_ENGINE {engine} with LocMemCache), and {what}: '
            f'give CACHES a RedisCache or MemcachedCache, {ALONE}'
        )
    limited = installed & {'ratelimit', 'django_ratelimit'}
    if limited and getattr(settings, 'RATELIMIT_USE_CACHE', 'default') in in_memory:
        yield f'{min(limited)} {_LIMITS}: give CACHES a RedisCache or MemcachedCache, {ALONE}'


def _channels() -> Iterator[str]:
    module = sys.modules.get('channels.layers')
    if module is None:
        return
    for name, layer in import_module('django.conf').settings.CHANNEL_LAYERS.items():
        if str(layer.get('BACKEND', '')).endswith('.InMemoryChannelLayer'):
            yield (
                f'the channel layer "{name}" is InMemoryChannelLayer, which reaches the clients of one worker alone: '
                f'take channels_redis, {ALONE}'
            )


def _instances() -> Iterator[str]:
    """Looks through all objects, which takes a few milliseconds, and only if one of the modules is imported."""
    looks: list[tuple[type, Callable[[Any], str]]] = []
    for name, kind, text in _IN_MEMORY:
        found = getattr(sys.modules.get(name), kind, None)
        if isinstance(found, type):
            looks.append((found, lambda _, text=text: f'{text} {ALONE}'))  # type: ignore[misc]
    server = getattr(sys.modules.get('socketio.base_server'), 'BaseServer', None)
    if isinstance(server, type):
        looks.append((server, _socketio))
    flask_sessions = getattr(sys.modules.get('flask_session.cachelib.cachelib'), 'CacheLibSessionInterface', None)
    if isinstance(flask_sessions, type):
        looks.append((flask_sessions, _flask_session))
    if not looks:
        return
    verdicts: dict[type, Callable[[Any], str] | None] = {}
    said: set[str] = set()
    for item in gc.get_objects():
        kind_of = type(item)
        if kind_of not in verdicts:
            verdicts[kind_of] = next((say for base, say in looks if issubclass(kind_of, base)), None)
        say = verdicts[kind_of]
        text = say(item) if say is not None else ''
        if text and text not in said:
            said.add(text)
            yield text


def _socketio(server: Any) -> str:
    queue = 'client_manager=socketio.AsyncRedisManager(…); Flask-SocketIO: message_queue='
    if 'polling' in server.eio.transports:
        return (
            'the long polling of Socket.IO needs all requests of a client in one worker, which it has no way to choose: '
            f"allow transports=['websocket'] alone, with a message queue ({queue}), {ALONE}"
        )
    if not any('PubSubManager' in kind.__name__ for kind in type(server.manager).__mro__):
        return (
            f'Socket.IO has no message queue, so that events reach the clients of one worker alone: give it one ({queue}), '
            f'{ALONE}'
        )
    return ''


def _flask_session(interface: Any) -> str:
    if type(interface.cache).__name__ != 'SimpleCache':
        return ''
    return f'sessions of Flask-Session {_SESSIONS} take SESSION_TYPE redis, or a FileSystemCache, {ALONE}'
