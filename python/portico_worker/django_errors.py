"""Exceptions that Django answers with 500 and nobody writes down.

With the logging that Django has by itself, what a view raises is shown while DEBUG is on, and else only mailed to ADMINS, of whom most
sites have none. An operator then sees 500 in the access log, and nothing that says why. So such an exception is logged as any other that a
request ends in. A project whose own LOGGING writes it anywhere is left alone.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from . import report
from .failures import is_of_the_client

REQUESTS = 'django.request'
"""The logger that Django tells of each request that it has answered with 500."""


def show() -> None:
    """Called once the application is loaded, and again in a process that loads it anew."""
    logger = logging.getLogger(REQUESTS)
    if not any(isinstance(handler, _Unshown) for handler in logger.handlers):
        logger.addHandler(_Unshown(logging.ERROR))


class _Unshown(logging.Handler):
    """Looks at each record anew: a project may set up its logging late."""

    def handle(self, record: logging.LogRecord) -> bool:
        # Without the handler's lock: nothing here is shared, and an entry that waits for room in the pipe must not make other threads wait.
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        request = getattr(record, 'request', None)
        # Other code of the project may use the logger for records of its own.
        environ = getattr(request, 'META', None)
        if error is None or not isinstance(environ, dict) or is_of_the_client(error, False) or _is_shown(record):
            return
        about = report.describe(
            str(environ.get('HTTP_X_REQUEST_ID')), str(environ.get('REQUEST_METHOD')), str(getattr(request, 'path', ''))
        )
        report.failure('', error, about)


def _is_shown(record: logging.LogRecord) -> bool:
    """Whether another handler writes the record, whatever it writes to. Walks as `Logger.callHandlers` does."""
    logger: logging.Logger | None = logging.getLogger(record.name)
    while logger is not None:
        if any(_shows(handler, record) for handler in logger.handlers if not isinstance(handler, _Unshown)):
            return True
        logger = logger.parent if logger.propagate else None
    return False


def _shows(handler: logging.Handler, record: logging.LogRecord) -> bool:
    """Of filters only Django's own is asked, without which every project would count as one that shows its errors."""
    django_log: Any = sys.modules['django.utils.log']
    if record.levelno < handler.level or isinstance(handler, django_log.AdminEmailHandler):
        return False
    return all(each.filter(record) for each in handler.filters if isinstance(each, django_log.RequireDebugTrue))
