"""Finds the application that a user names."""

from __future__ import annotations

import importlib
from typing import Any, Dict, NamedTuple

from . import report


class Loaded(NamedTuple):
    application: Any
    facts: Dict[str, Any]


class LoadError(Exception):
    def __init__(self, summary: str, traceback: str) -> None:
        super().__init__(summary)
        self.summary = summary
        self.traceback = traceback


def load(name: str) -> Loaded:
    try:
        module_name, _, attribute = name.partition(':')
        module = importlib.import_module(module_name)
        application = getattr(module, attribute or 'application')
        facts = {'app': name, 'interface': 'wsgi', 'framework': None, 'frameworkVersion': None, 'static': [], 'media': [], 'debug': None, 'allowedHosts': None, 'warnings': []}
        return Loaded(application, facts)
    except BaseException as error:
        raise LoadError(report.summary(error), report.format_error(error)) from error
