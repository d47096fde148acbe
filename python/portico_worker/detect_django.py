"""What a configured Django project says about itself. Imported only where Django is.

Its static files are anyone's: its development server, and whoever serves them in its place as the documentation says, asks no middleware and
no view for them. What visitors have uploaded may be guarded, and is the edge's only where nothing of the project could answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from .as_shipped import TRANSPARENT, name_of, within
from .as_shipped import describe as describe_wrapper
from .django_media import decision_of_middleware, named_folders, private_shapes
from .facts import Facts, Folder, Shape, folder, withhold
from .url_shapes import Claim, claims, covers

HANDLERS = frozenset(
    (
        'django.core.handlers.wsgi.WSGIHandler',
        'django.core.handlers.asgi.ASGIHandler',
        'django.contrib.staticfiles.handlers.StaticFilesHandler',
        'django.contrib.staticfiles.handlers.ASGIStaticFilesHandler',
        'channels.routing.ProtocolTypeRouter',
    )
)
SERVING_VIEWS = frozenset(('django.views.static.serve', 'django.contrib.staticfiles.views.serve'))
"""They send a file as it is. As long as nothing is around them, they decide nothing."""

_ANYWHERE = 'its URL patterns cannot be read'


def describe(application: Any, found: Facts) -> None:
    settings = import_module('django.conf').settings
    found['framework'] = 'django'
    found['frameworkVersion'] = import_module('django').get_version()
    found['settings'] = getattr(settings, 'SETTINGS_MODULE', None)
    found['debug'] = bool(settings.DEBUG)
    found['allowedHosts'] = [str(host) for host in settings.ALLOWED_HOSTS]
    found['warnings'].extend(_warnings(settings))
    around = _wrapper(application)
    if 'django.contrib.staticfiles' in settings.INSTALLED_APPS:
        _describe_static(settings, around, found)
    media = _url_path(settings.MEDIA_URL)
    if media and settings.MEDIA_ROOT:
        _describe_media(settings, media, around, found)
    found['named'] = list(named_folders(settings))


def _warnings(settings: Any) -> Iterator[str]:
    if settings.DEBUG:
        module = getattr(settings, 'SETTINGS_MODULE', None)
        yield (
            f'DEBUG is on{f" in {module}" if module else ""}, which shows settings and code to visitors and keeps every SQL query in memory: '
            'set DEBUG = False.'
        )
    if not settings.ALLOWED_HOSTS and not settings.DEBUG:
        yield (
            'ALLOWED_HOSTS is empty, so Django answers every request with 400: '
            "set it to the site's names, as in ALLOWED_HOSTS = ['www.example.org']."
        )
    if '*' in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS has '*', so that links in mails can be forged by any Host: name the site's hosts instead."


def _wrapper(application: Any) -> str | None:
    """What is around Django's own handler and may answer in its place, or None."""
    inside = within(application, TRANSPARENT)
    if name_of(type(inside)) == 'channels.routing.ProtocolTypeRouter':
        inside = within(inside.application_mapping.get('http'), TRANSPARENT)
    return None if name_of(type(inside)) in HANDLERS else describe_wrapper(inside)


def _describe_static(settings: Any, around: str | None, found: Facts) -> None:
    url = _url_path(settings.STATIC_URL)
    if not url:
        return  # Served by another host, or not at all.
    root = os.path.abspath(settings.STATIC_ROOT) if settings.STATIC_ROOT else ''
    if around is not None:
        withhold(found, url, f'{around} is around Django')
        if around.startswith('whitenoise.'):
            return  # It serves them.
        files = root or 'FOLDER'
        found['warnings'].append(
            f'static files are asked of the application, because {around} is around Django and may decide about them. If it does not '
            f'serve them itself, have them served to anyone: --static {url}={files}'
        )
        return
    if root and _holds_project(root):
        withhold(found, url, f'STATIC_ROOT {root} holds the project itself')
        return
    asked = _asked_of_static(settings, url, root)
    if asked is None:
        withhold(found, url, _ANYWHERE)
        return
    is_collected = bool(root) and _has_files(root)
    # Also when it is empty: files that are collected later are served then.
    collected = [folder(url, root, hashed=_is_hashed(), asked=asked)] if root else []
    # As runserver does it: the folders of the applications, in the order in which Django looks into them.
    found['static'] = collected + ([] if is_collected else list(_finder_folders(url, asked)))
    if not is_collected:
        _warn_of_collecting(root, len(found['static']) > len(collected), found)


def _warn_of_collecting(root: str, is_served: bool, found: Facts) -> None:
    served = 'until then they are served from the folders of the installed applications' if is_served else ''
    if not root:
        way = "STATIC_ROOT is not set: set it, as in STATIC_ROOT = BASE_DIR / 'staticfiles', and run manage.py collectstatic"
    elif os.path.isdir(root):
        way = f'STATIC_ROOT {root} is empty: run manage.py collectstatic'
    else:
        way = f'STATIC_ROOT {root} does not exist: run manage.py collectstatic'
    found['warnings'].append(f'{way}{"; " + served if served else ""}.')


def _asked_of_static(settings: Any, url: str, root: str) -> list[Shape] | None:
    """Where the project has URL patterns below STATIC_URL. One that matches everything, such as a catch-all, says nothing about static files."""
    try:
        found = [claim for claim in claims(_resolver(), url) if claim.is_particular]
    except (Exception, SystemExit):  # Of the project's code, which is imported for this.
        return None
    asked = _unique(claim.shape for claim in found if not _sends_as_it_is(claim, root, is_static=True))
    if root and settings.MEDIA_ROOT:
        inner = _below(os.path.abspath(settings.MEDIA_ROOT), root)
        if inner is not None:
            asked.append({'prefix': url + inner, 'suffix': '', 'spans': 'path'})
    return asked


def _describe_media(settings: Any, url: str, around: str | None, found: Facts) -> None:
    root = os.path.abspath(settings.MEDIA_ROOT)
    reason, asked = _decision_on_media(settings, url, root, around)
    if reason is None:
        found['media'] = [folder(url, root, links=False, asked=asked)]
    else:
        withhold(found, url, f'{reason}; --static {url}={root} would give its files to anyone')


def _decision_on_media(settings: Any, url: str, root: str, around: str | None) -> tuple[str | None, list[Shape]]:
    """Why all of it is a matter for the project, or None and what of it is."""
    if around is not None:
        return f'{around} is around Django', []
    if _holds_project(root):
        return f'MEDIA_ROOT {root} holds the project itself', []
    reason = decision_of_middleware(settings)
    if reason is not None:
        return reason, []
    try:
        found = [claim for claim in claims(_resolver(), url) if not _sends_as_it_is(claim, root)]
    except (Exception, SystemExit):
        return _ANYWHERE, []
    asked = _unique([*(claim.shape for claim in found), *private_shapes(settings, url, root)])
    whole = next((shape for shape in asked if covers(shape, url)), None)
    if whole is None:
        return None, asked
    text = next((claim.text for claim in found if claim.shape == whole), None)
    return f'its URL pattern "{text}" may answer there' if text else 'private files are among them', []


def _sends_as_it_is(claim: Claim, root: str, *, is_static: bool = False) -> bool:
    """The pattern leads to a view that would send the very files that the edge would."""
    name = name_of(claim.callback)
    if name not in SERVING_VIEWS or hasattr(claim.callback, '__wrapped__'):
        return False
    if name == 'django.contrib.staticfiles.views.serve':
        return is_static
    document_root = claim.arguments.get('document_root')
    return document_root is not None and os.path.abspath(document_root) == root


def _resolver() -> Any:
    return import_module('django.urls').get_resolver()


def _unique(shapes: Any) -> list[Shape]:
    found: list[Shape] = []
    for shape in shapes:
        if shape not in found:
            found.append(shape)
    return found


def _holds_project(root: str) -> bool:
    """Its own code, or the folder it runs in, lies in what would be given to anyone."""
    return _below(os.getcwd(), root) is not None


def _below(path: str, root: str) -> str | None:
    """`path` relative to `root` with a slash at its end, if it is that folder ('') or lies in it."""
    path, root = os.path.realpath(path), os.path.realpath(root)
    if path == root:
        return ''
    inside = path.startswith(root.rstrip('/') + '/')
    return f'{os.path.relpath(path, root)}/' if inside else None


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


def _finder_folders(url: str, asked: list[Shape]) -> Iterator[Folder]:
    for finder in import_module('django.contrib.staticfiles.finders').get_finders():
        storages = getattr(finder, 'storages', None)
        for storage in storages.values() if isinstance(storages, dict) else ():
            location = getattr(storage, 'location', None)
            if location and os.path.isdir(location):
                prefix = getattr(storage, 'prefix', None)
                yield folder(f'{url}{prefix}/' if prefix else url, location, hashed=False, asked=asked)


def _url_path(url: object) -> str:
    """The path under which the edge can serve, or '' if the URL is none of ours."""
    text = str(url or '')
    if not text.startswith('/') or text.startswith('//') or text == '/':
        return ''
    return text if text.endswith('/') else text + '/'
