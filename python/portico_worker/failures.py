"""How a response can fail that an application has begun."""

from __future__ import annotations

FAILED_BYTES_MAX = 256 * 1024
"""Of a traceback that is shown to a developer."""


class ClientGone(ConnectionError):
    """Raised in the application when nobody receives any more; no fault of its own, so not logged."""


class ShortBody(Exception):
    """The application gave less than the Content-Length it had declared."""
