"""The pytest plugin: tests talk to their application through the server that it runs on.

`portico_server('shop.wsgi')` gives a live server on a free port, one for each application and session. With pytest-django, `portico_live_server`
is its `live_server` with this server in the place of Django's. The servers live in `live_server.py`, which is imported when a test asks for one:
a run of pytest without them pays for this file alone.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Callable

import pytest

if TYPE_CHECKING:
    from .live_server import LiveServer, Servers

    StartServer = Callable[..., LiveServer]

_SERVERS = 'portico_servers'
_OVERRIDE = 'portico_live_server'
_PYTEST_DJANGO = ('django', 'pytest_django.plugin')
"""Names that its plugin has: where pytest has found it, and where it was named with -p or in `pytest_plugins`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(_OVERRIDE, "serve pytest-django's live_server by Portico", type='bool', default=False)


def pytest_configure(config: pytest.Config) -> None:
    if _has_django(config):
        from . import django_fixtures

        config.pluginmanager.register(django_fixtures, 'portico_django_fixtures')
    if config.getini(_OVERRIDE):
        from . import live_server_override

        # Registered after all plugins that are installed, so that its fixture wins over that of pytest-django.
        config.pluginmanager.register(live_server_override, 'portico_live_server')


def _has_django(config: pytest.Config) -> bool:
    return any(config.pluginmanager.hasplugin(name) for name in _PYTEST_DJANGO)


def _servers(config: pytest.Config) -> Servers | None:
    found: Servers | None = getattr(config, _SERVERS, None)
    return found


@pytest.fixture(scope='session')
def portico_server(request: pytest.FixtureRequest) -> Iterator[StartServer]:
    """Starts a server: `portico_server('module:callable')` or `portico_server(app)`, with `.url`, `.port`, `.log` and `.stop()`."""
    from .live_server import Servers

    servers = Servers(request.config.rootpath)
    setattr(request.config, _SERVERS, servers)
    try:
        yield servers.start
    finally:
        servers.stop()


@pytest.fixture(scope='session')
def _portico_django_server(request: pytest.FixtureRequest) -> LiveServer:
    # The databases of the tests have to be there, and the server has to end before they are dropped.
    if not _has_django(request.config):
        pytest.fail('portico_live_server needs pytest-django: pip install pytest-django', pytrace=False)
    request.getfixturevalue('django_db_setup')
    from .django_live import start

    return start(request.getfixturevalue('portico_server'))


@pytest.fixture
def portico_live_server(_portico_django_server: LiveServer) -> LiveServer:
    """Where pytest-django is installed, that of `django_fixtures.py` takes the place of this one, which fails."""
    return _portico_django_server


def pytest_runtest_setup(item: pytest.Item) -> None:
    servers = _servers(item.config)
    if servers is not None:
        servers.mark()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Shows what the servers have logged during a test that has failed."""
    outcome = yield
    servers = _servers(item.config)
    if servers is not None:
        report = outcome.get_result()
        if report.failed:
            report.sections += servers.sections()


__all__: Sequence[str] = ('portico_live_server', 'portico_server')
