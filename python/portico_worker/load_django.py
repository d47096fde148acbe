"""Imports the application of a Django project, with the settings that its own file for servers names."""

from __future__ import annotations

import importlib
import os
from typing import Any

from .finding.choice import Project
from .finding.find_django import ASGI_APPS, SETTINGS_VARIABLE, drop_empty_variable, settings_of
from .importing import evaluate, import_module


def load_django(project: Project, interface: str) -> tuple[Any, str]:
    """The application that the project's wsgi.py or asgi.py makes, with the settings that this file names, unless the
    environment names others."""
    drop_empty_variable()
    kind = interface
    if interface == 'auto':
        kind = 'asgi' if project.wants_asgi or list(project.entries) == ['asgi'] else 'wsgi'
    dotted = project.entries.get(kind)
    if dotted is None:
        return _make_django(kind, project)
    found = _import_entry(dotted, project), dotted
    other = project.entries.get('asgi')
    if interface == 'auto' and kind == 'wsgi' and other is not None and _turns_out_asgi(other):
        found = _import_entry(other, project), other
    return found[0], ':'.join(found[1].rsplit('.', 1))


def _import_entry(dotted: str, project: Project) -> Any:
    name, _, attribute = dotted.rpartition('.')
    try:
        module = import_module(name)
    except Exception as error:
        # True for a project whose wsgi.py leaves it to the environment to name the settings, where the environment does
        # not.
        is_unnamed = type(error).__name__ == 'ImproperlyConfigured' and not os.environ.get(SETTINGS_VARIABLE)
        if not is_unnamed or project.settings is None:
            raise
        _take_settings_of_manage(project)
        module = import_module(name)
    _take_settings_of_manage(project)
    return evaluate(module, attribute)


def _take_settings_of_manage(project: Project) -> None:
    if project.settings is not None and SETTINGS_VARIABLE not in os.environ:
        os.environ[SETTINGS_VARIABLE] = project.settings


def _make_django(kind: str, project: Project) -> tuple[Any, str]:
    """Makes the application of a project without a file for it: with the settings that the file for the other interface
    names, or manage.py."""
    for dotted in project.entries.values():
        named = settings_of(dotted)
        if named is not None:
            os.environ.setdefault(SETTINGS_VARIABLE, named)
    _take_settings_of_manage(project)
    factory = f'get_{kind}_application'
    module = importlib.import_module(f'django.core.{kind}')
    return getattr(module, factory)(), f'django.core.{kind}:{factory}()'


def _turns_out_asgi(entry: str) -> bool:
    """Judged by the settings that are in use by now, as long as the project's asgi.py would not have taken others."""
    settings = importlib.import_module('django.conf').settings
    installed = {str(app).partition('.')[0] for app in getattr(settings, 'INSTALLED_APPS', ())}
    named = settings_of(entry)
    is_wanted = bool(installed & ASGI_APPS) and bool(getattr(settings, 'ASGI_APPLICATION', None))
    return is_wanted and named in (None, os.environ.get(SETTINGS_VARIABLE))
