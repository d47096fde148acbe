"""What a configured Django project says about itself. Imported only where Django is.

Its static files are anyone's: its development server, and whoever serves them in its place as the documentation says, asks no middleware and
no view for them. What visitors have uploaded may be guarded, and is the edge's only where nothing of the project could answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from .as_shipped import INSTRUMENTS, TRANSPARENT, name_of, replaced, within
from .as_shipped import describe as describe_wrapper
from .django_media import decision_of_middleware, named_folders, private_shapes
from .django_urls import SiteUrls, sends_as_it_is
from .facts import Facts, Folder, Shape, folder, withhold
from .url_shapes import covers

HANDLERS = frozenset(
    (
        'django.core.handlers.wsgi.WSGIHandler',
        'django.core.handlers.asgi.ASGIHandler',
        'django.contrib.staticfiles.handlers.StaticFilesHandler',
        'django.contrib.staticfiles.handlers.ASGIStaticFilesHandler',
        'channels.routing.ProtocolTypeRouter',
    )
)
WHITENOISE = 'whitenoise.middleware.WhiteNoiseMiddleware'
HANDLER_METHODS = (
    '__call__',
    'get_response',
    'get_response_async',
    '_get_response',
    '_get_response_async',
    'resolve_request',
)

_ANYWHERE = 'its URL patterns cannot be read'
_MOUNTED_URLS = frozenset(('STATIC_URL', 'MEDIA_URL'))


def describe(application: Any, found: Facts, root_path: str = '') -> None:
    settings = import_module('django.conf').settings
    with _urls_left_open(settings):
        _describe(settings, application, found, root_path)


@contextmanager
def _urls_left_open(settings: Any) -> Iterator[None]:
    """A URL without a slash in front is for Django below the path at which the request finds the site mounted, and Django keeps what it was
    when it was first asked for. Nobody has made a request yet: what is asked for here is forgotten again."""
    known = frozenset(vars(settings))
    try:
        yield
    finally:
        for name in _MOUNTED_URLS - known:
            vars(settings).pop(name, None)


def _describe(settings: Any, application: Any, found: Facts, root_path: str) -> None:
    found['framework'] = 'django'
    found['frameworkVersion'] = import_module('django').get_version()
    found['settings'] = getattr(settings, 'SETTINGS_MODULE', None)
    found['debug'] = bool(settings.DEBUG)
    found['allowedHosts'] = [str(host) for host in settings.ALLOWED_HOSTS]
    found['warnings'].extend(_warnings(settings))
    around = _wrapper(application)
    urls = SiteUrls(settings, root_path)
    if 'django.contrib.staticfiles' in settings.INSTALLED_APPS:
        _describe_static(settings, urls, around, found)
    if settings.MEDIA_ROOT:
        _describe_media(settings, urls, around, found)
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
    """Why something else than Django's own handler may answer a request; or None."""
    inside = within(application, TRANSPARENT)
    if name_of(type(inside)) == 'channels.routing.ProtocolTypeRouter':
        inside = within(inside.application_mapping.get('http'), TRANSPARENT)
    if name_of(type(inside)) not in HANDLERS:
        return f'{describe_wrapper(inside)} is around Django'
    method = replaced(inside, HANDLER_METHODS, INSTRUMENTS | {'django', 'asgiref'})
    return None if method is None else f"{method} of its handler is not Django's"


def _describe_static(settings: Any, urls: SiteUrls, around: str | None, found: Facts) -> None:
    paths = urls.of(settings.STATIC_URL)  # No path if another host serves the static files, or nobody does.
    root = os.path.abspath(settings.STATIC_ROOT) if settings.STATIC_ROOT else ''
    reason = _decision_on_static(settings, root, around)
    asked = [_asked_of_static(settings, urls, url, root) for url in paths if reason is None]
    if reason is not None or None in asked:
        for url in paths:
            withhold(found, url, reason or _ANYWHERE)
        # WhiteNoise serves them.
        if around is not None and paths and not around.startswith('whitenoise.'):
            found['warnings'].append(
                f'static files are asked of the application, because {around}, and may decide about them. If it does not serve them '
                f'itself, have them served to anyone: --static {paths[-1]}={root or "FOLDER"}'
            )
        return
    is_collected = bool(root) and _has_files(root)
    for url, shapes in zip(paths, asked):
        # Named also while it is empty: files that are collected later are served then.
        found['static'] += [folder(url, root, hashed=_is_hashed(settings), asked=shapes or ())] if root else []
        # As runserver finds static files: in the folders of the applications, in the order in which Django looks into
        # them.
        found['static'] += [] if is_collected else _finder_folders(url, shapes or [])
    if paths and not is_collected:
        _warn_of_collecting(root, len(found['static']) > (len(paths) if root else 0), found)


def _decision_on_static(settings: Any, root: str, around: str | None) -> str | None:
    """Why the project may decide on every static file, or None."""
    if around is not None:
        return around
    if root and _holds_project(root):
        return f'STATIC_ROOT {root} holds the project itself'
    if WHITENOISE in settings.MIDDLEWARE and getattr(settings, 'WHITENOISE_ADD_HEADERS_FUNCTION', None):
        return 'WhiteNoise adds fields of its own to them (WHITENOISE_ADD_HEADERS_FUNCTION)'
    return None


def _warn_of_collecting(root: str, is_served: bool, found: Facts) -> None:
    served = 'until then they are served from the folders of the installed applications' if is_served else ''
    if not root:
        way = "STATIC_ROOT is not set: set it, as in STATIC_ROOT = BASE_DIR / 'staticfiles', and run manage.py collectstatic"
    elif os.path.isdir(root):
        way = f'STATIC_ROOT {root} is empty: run manage.py collectstatic'
    else:
        way = f'STATIC_ROOT {root} does not exist: run manage.py collectstatic'
    found['warnings'].append(f'{way}{"; " + served if served else ""}.')


def _asked_of_static(settings: Any, urls: SiteUrls, url: str, root: str) -> list[Shape] | None:
    """Paths below STATIC_URL for which the project has URL patterns. A pattern that matches everything, such as a
    catch-all, says nothing about static files."""
    try:
        found = [claim for claim in urls.claims(url) if claim.is_particular]
    except (Exception, SystemExit):  # The project's own code is imported by this, and may raise anything.
        return None
    asked = _unique(claim.shape for claim in found if not sends_as_it_is(claim, root, is_static=True))
    if root and settings.MEDIA_ROOT:
        inner = _below(os.path.abspath(settings.MEDIA_ROOT), root)
        if inner is not None:
            asked.append({'prefix': url + inner, 'suffix': '', 'spans': 'path'})
    return asked


def _describe_media(settings: Any, urls: SiteUrls, around: str | None, found: Facts) -> None:
    root = os.path.abspath(settings.MEDIA_ROOT)
    whole = _decision_on_all_media(settings, root, around)
    for url in urls.of(settings.MEDIA_URL):
        reason, asked = (whole, []) if whole is not None else _decision_on_media(settings, urls, url, root)
        if reason is None:
            found['media'].append(folder(url, root, links=False, asked=asked))
        else:
            withhold(found, url, f'{reason}; --static {url}={root} would give its files to anyone')


def _decision_on_all_media(settings: Any, root: str, around: str | None) -> str | None:
    if around is not None:
        return around
    if _holds_project(root):
        return f'MEDIA_ROOT {root} holds the project itself'
    return decision_of_middleware(settings)


def _decision_on_media(settings: Any, urls: SiteUrls, url: str, root: str) -> tuple[str | None, list[Shape]]:
    """Why the project's URL patterns may decide on every uploaded file, or None and the paths on which they may."""
    try:
        found = [claim for claim in urls.claims(url) if not sends_as_it_is(claim, root)]
    except (Exception, SystemExit):
        return _ANYWHERE, []
    asked = _unique([*(claim.shape for claim in found), *private_shapes(settings, url, root)])
    whole = next((shape for shape in asked if covers(shape, url)), None)
    if whole is None:
        return None, asked
    text = next((claim.text for claim in found if claim.shape == whole), None)
    return f'its URL pattern "{text}" may answer there' if text else 'private files are among them', []


def _unique(shapes: Any) -> list[Shape]:
    found: list[Shape] = []
    for shape in shapes:
        if shape not in found:
            found.append(shape)
    return found


def _holds_project(root: str) -> bool:
    """Whether the project's own code, or the folder it runs in, lies in a folder that would be served to anyone."""
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


def _is_hashed(settings: Any) -> bool:
    """Whether names of files carry a hash of their content, as with ManifestStaticFilesStorage."""
    storage = import_module('django.contrib.staticfiles.storage')
    name = _storage_name(settings)
    if name is None:
        return isinstance(storage.staticfiles_storage, storage.HashedFilesMixin)
    # The class, not the storage itself: that keeps STATIC_URL as it is when the storage is made.
    module, _, attribute = name.rpartition('.')
    return issubclass(getattr(import_module(module), attribute), storage.HashedFilesMixin)


def _storage_name(settings: Any) -> str | None:
    storages = getattr(settings, 'STORAGES', None)  # Django 4.2 and later.
    if isinstance(storages, dict) and 'staticfiles' in storages:
        return str(storages['staticfiles']['BACKEND'])
    name = getattr(settings, 'STATICFILES_STORAGE', None)
    return name if isinstance(name, str) and '.' in name else None


def _finder_folders(url: str, asked: list[Shape]) -> Iterator[Folder]:
    for finder in import_module('django.contrib.staticfiles.finders').get_finders():
        storages = getattr(finder, 'storages', None)
        for storage in storages.values() if isinstance(storages, dict) else ():
            location = getattr(storage, 'location', None)
            if location and os.path.isdir(location):
                prefix = getattr(storage, 'prefix', None)
                yield folder(f'{url}{prefix}/' if prefix else url, location, hashed=False, asked=asked)
