"""The fixture for tests of a Django project: a plugin of its own, registered where pytest-django is.

pytest-django looks at the names of all fixtures that a test depends on, to see whether its databases are to be flushed or its transaction is to be rolled
back, and does so before a fixture could ask for another one while it runs. So the dependency has to be declared, which needs pytest-django.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .live_server import LiveServer


@pytest.fixture
def portico_live_server(_portico_django_server: LiveServer, transactional_db: None) -> LiveServer:
    """A server of the Django project, on the databases of the tests, which are flushed behind each (`transactional_db`)."""
    return _portico_django_server
