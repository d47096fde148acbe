"""`from gunicorn.glogging import Logger`, where gunicorn is not installed: files that make a logger of their own begin with that line."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

VERSION = '27.0.1'
"""Of gunicorn, whose interface this is."""

PACKAGES = ('gunicorn', 'gunicorn.instrument')


def _contents(name: str) -> dict[str, Any]:
    if name == 'gunicorn':
        return {'__version__': VERSION, 'version_info': (27, 0, 1), 'SERVER': 'gunicorn', 'SERVER_SOFTWARE': 'gunicorn'}
    if name == 'gunicorn.glogging':
        from .access_atoms import SafeAtoms
        from .log_configuration import CONFIG_DEFAULTS
        from .logger import FACILITIES, Logger, parse_syslog_address

        found = {'Logger': Logger, 'SafeAtoms': SafeAtoms, 'CONFIG_DEFAULTS': CONFIG_DEFAULTS}
        return {**found, 'SYSLOG_FACILITIES': FACILITIES, 'parse_syslog_address': parse_syslog_address}
    if name == 'gunicorn.instrument.statsd':
        from . import statsd

        return {key: value for key, value in vars(statsd).items() if key.isupper() or key == 'Statsd'}
    if name == 'gunicorn.util':
        from email.utils import formatdate

        return {'http_date': lambda timestamp=None: formatdate(timestamp, localtime=False, usegmt=True)}
    return {}


MODULES = ('gunicorn', 'gunicorn.glogging', 'gunicorn.instrument', 'gunicorn.instrument.statsd', 'gunicorn.util')


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last to be asked: what is installed is found by those before it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in MODULES or (name != 'gunicorn' and not isinstance(_loader_of('gunicorn'), Finder)):
            return None
        return importlib.machinery.ModuleSpec(name, self, origin='portico', is_package=name in PACKAGES)

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(_contents(module.__name__))


def _loader_of(name: str) -> Any:
    spec = getattr(sys.modules.get(name), '__spec__', None)
    return None if spec is None else spec.loader


def install() -> None:
    """Before the file is evaluated. Nothing is imported by it."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())
