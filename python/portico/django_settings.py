"""Settings of a Django project under test: the project's own, but for the databases, and for what Django's test runner changes too."""

from __future__ import annotations

import copy
import importlib
import json
import os

_told = json.loads(os.environ['DJANGO_OF_PORTICO'])
_project = importlib.import_module(_told['settings'])
globals().update({name: getattr(_project, name) for name in dir(_project) if name.isupper()})

DEBUG = _told['debug']
ALLOWED_HOSTS = [*getattr(_project, 'ALLOWED_HOSTS', ()), '127.0.0.1', 'localhost', 'testserver']
DATABASES = copy.deepcopy(getattr(_project, 'DATABASES', {}))
for _alias, _name in _told['names'].items():
    # A connection that is kept would keep the database from being dropped at the end.
    DATABASES.setdefault(_alias, {}).update(NAME=_name, CONN_MAX_AGE=0)
