"""The application of a Django project under test. It is not served on any database but those of the tests."""

from __future__ import annotations

import importlib
import json
import os
from typing import Any

_told = json.loads(os.environ['DJANGO_OF_PORTICO'])


def _load() -> Any:
    kind = _told['kind']
    if _told['application'] is None:
        core = importlib.import_module(f'django.core.{kind}')
        return getattr(core, f'get_{kind}_application')()
    module, _, name = _told['application'].rpartition('.')
    return getattr(importlib.import_module(module), name)


def _check() -> None:
    databases = importlib.import_module('django.conf').settings.DATABASES
    for alias, name in _told['names'].items():
        if str(databases[alias]['NAME']) != name:
            raise RuntimeError(
                f'the database "{alias}" is {databases[alias]["NAME"]}, not {name} of the tests: the project names its settings in spite of '
                'DJANGO_SETTINGS_MODULE. Write os.environ.setdefault("DJANGO_SETTINGS_MODULE", …) there'
            )


application = _load()
_check()
