"""pytest-django's `live_server`, served by Portico: a plugin of its own, registered where the setting `portico_live_server` is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .live_server import LiveServer


@pytest.fixture(scope='session')
def live_server(_portico_django_server: LiveServer) -> LiveServer:
    """pytest-django flushes the databases behind each test that uses it."""
    return _portico_django_server
