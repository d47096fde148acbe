"""Which hooks there are to be called."""

from __future__ import annotations

from .hooks import Hooks
from .settings import Settings


def hooks_for(settings: Settings) -> Hooks:
    """Those that the settings ask for. Their code is imported only then."""
    if settings.gunicorn is not None:
        from .gunicorn.hooks import GunicornHooks

        return GunicornHooks(settings)
    return Hooks()
