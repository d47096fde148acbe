"""Which logger `server.log` is."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .config import Config
from .logger import Logger


def make_logger(cfg: Config) -> Any:
    """Raises what the class raises, and ImportError or AttributeError if it is not there."""
    if not cfg.has_default_logger:
        return _named(cfg.value('logger_class'))(cfg)
    if cfg.value('statsd_host'):
        from .statsd import Statsd

        return Statsd(cfg)
    return Logger(cfg)


def _named(logger: Any) -> Any:
    """The class, or 'package.module.Class'."""
    if not isinstance(logger, str):
        made = logger
    else:
        module, _, name = logger.rpartition('.')
        made = getattr(import_module(module), name)
    if hasattr(made, 'install'):
        made.install()
    return made
