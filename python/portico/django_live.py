"""Django's live server by Portico: the project's own application, on the databases of the tests.

Django serves from a thread of the tests, which shares their connections. Here the server is a program of its own, so it is told the names of the
databases: by settings that stand in front of the project's (`django_settings.py`), and by an application that refuses to serve on any other
database (`django_served.py`).
"""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest

from .live_server import LiveServer, StartServer

ASGI_APPS = frozenset(('channels', 'daphne'))


def start(start_server: StartServer) -> LiveServer:
    settings: Any = importlib.import_module('django.conf').settings
    connections: Any = importlib.import_module('django.db').connections
    names = {alias: str(connections[alias].settings_dict['NAME']) for alias in connections}
    for alias, name in names.items():
        _check(alias, name, connections[alias].vendor)
    module = getattr(settings, 'SETTINGS_MODULE', '')
    if not module:
        pytest.fail(
            'portico_live_server needs settings that are a module (DJANGO_SETTINGS_MODULE), not settings.configure()',
            pytrace=False,
        )
    wants_asgi = bool(ASGI_APPS & {str(app).partition('.')[0] for app in settings.INSTALLED_APPS})
    told = {
        'settings': module,
        'names': names,
        'application': getattr(settings, 'ASGI_APPLICATION' if wants_asgi else 'WSGI_APPLICATION', None),
        'kind': 'asgi' if wants_asgi else 'wsgi',
        'debug': bool(settings.DEBUG),
    }
    env = {'DJANGO_SETTINGS_MODULE': 'portico.django_settings', 'DJANGO_OF_PORTICO': json.dumps(told)}
    return start_server('portico.django_served:application', args=['--threads', '4'], env=env, label=module)


def _check(alias: str, name: str, vendor: str) -> None:
    if vendor == 'sqlite' and (name == ':memory:' or 'mode=memory' in name):
        pytest.fail(
            f'the test database "{alias}" is in memory, where the processes of a server cannot see it. Put it into a file: '
            f"DATABASES['{alias}']['TEST'] = {{'NAME': BASE_DIR / 'test.sqlite3'}}",
            pytrace=False,
        )
