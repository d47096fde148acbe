"""Which hooks there are to be called."""

from __future__ import annotations

from .hooks import Hooks
from .settings import Settings
from .surroundings import Surroundings


def hooks_for(settings: Settings, zygote: Surroundings) -> Hooks:
    """Those that the settings ask for. Their code is imported only then."""
    if settings.gunicorn is not None:
        from .gunicorn.hooks import GunicornHooks

        return GunicornHooks(settings)
    if settings.uwsgi is not None:
        from .uwsgi.hooks import UwsgiHooks

        return UwsgiHooks(zygote)
    return Hooks()
