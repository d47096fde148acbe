"""What a configured Django project says about itself. Imported only where Django is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from .facts import Facts, Folder


def describe(found: Facts) -> None:
    settings = import_module('django.conf').settings
    found['framework'] = 'django'
    found['frameworkVersion'] = import_module('django').get_version()
    found['debug'] = bool(settings.DEBUG)
    found['allowedHosts'] = [str(host) for host in settings.ALLOWED_HOSTS]
    found['warnings'].extend(_warnings(settings))
    if 'django.contrib.staticfiles' in settings.INSTALLED_APPS:
        _describe_static(settings, found)
    media = _url_path(settings.MEDIA_URL)
    if media and settings.MEDIA_ROOT:
        found['media'] = [{'url': media, 'root': os.path.abspath(settings.MEDIA_ROOT)}]


def _warnings(settings: Any) -> Iterator[str]:
    if settings.DEBUG:
        yield 'DEBUG is on, which shows settings and code to visitors and keeps every SQL query in memory: set DEBUG = False.'
    if not settings.ALLOWED_HOSTS and not settings.DEBUG:
        yield (
            'ALLOWED_HOSTS is empty, so Django answers every request with 400: '
            "set it to the site's names, as in ALLOWED_HOSTS = ['www.example.org']."
        )
    if '*' in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS has '*', so that links in mails can be forged by any Host: name the site's hosts instead."


def _describe_static(settings: Any, found: Facts) -> None:
    url = _url_path(settings.STATIC_URL)
    if not url:
        return  # Served by another host, or not at all.
    root = settings.STATIC_ROOT and os.path.abspath(settings.STATIC_ROOT)
    if root and _has_files(root):
        found['static'] = [{'url': url, 'root': root, 'hashed': _is_hashed()}]
        return
    # As runserver does it: the folders of the applications, in the order in which Django looks into them.
    found['static'] = list(_finder_folders(url))
    served = 'until then they are served from the folders of the installed applications' if found['static'] else ''
    if not root:
        way = "STATIC_ROOT is not set: set it, as in STATIC_ROOT = BASE_DIR / 'staticfiles', and run manage.py collectstatic"
    elif os.path.isdir(root):
        way = f'STATIC_ROOT {root} is empty: run manage.py collectstatic'
    else:
        way = f'STATIC_ROOT {root} does not exist: run manage.py collectstatic'
    found['warnings'].append(f'{way}{"; " + served if served else ""}.')


def _has_files(root: str) -> bool:
    try:
        with os.scandir(root) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def _is_hashed() -> bool:
    """Whether names carry a hash of their content, as with ManifestStaticFilesStorage."""
    storage = import_module('django.contrib.staticfiles.storage')
    return isinstance(storage.staticfiles_storage, storage.HashedFilesMixin)


def _finder_folders(url: str) -> Iterator[Folder]:
    for finder in import_module('django.contrib.staticfiles.finders').get_finders():
        storages = getattr(finder, 'storages', None)
        for storage in storages.values() if isinstance(storages, dict) else ():
            location = getattr(storage, 'location', None)
            if location and os.path.isdir(location):
                prefix = getattr(storage, 'prefix', None)
                yield {
                    'url': f'{url}{prefix}/' if prefix else url,
                    'root': os.path.abspath(location),
                    'hashed': False,
                }


def _url_path(url: object) -> str:
    """The path under which the edge can serve, or '' if the URL is none of ours."""
    text = str(url or '')
    if not text.startswith('/') or text.startswith('//') or text == '/':
        return ''
    return text if text.endswith('/') else text + '/'
