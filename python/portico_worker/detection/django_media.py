"""What may decide who reads a Django project's MEDIA_ROOT, beside its URL patterns; and the folders from which the
project has files sent after it has decided itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from .facts import Shape

UNDECIDED = frozenset(
    (
        'allauth',
        'auditlog',
        'axes',
        'cms',
        'compression_middleware',
        'corsheaders',
        'crum',
        'csp',
        'debug_toolbar',
        'django_htmx',
        'django_otp',
        'django_prometheus',
        'django_structlog',
        'easyaudit',
        'hijack',
        'impersonate',
        'log_request_id',
        'oauth2_provider',
        'request_id',
        'reversion',
        'sesame',
        'silk',
        'simple_history',
        'social_django',
        'waffle',
        'wagtail',
        'whitenoise',
    )
)
"""Packages whose middleware refuses nobody a file."""
PRIVATE_WORDS = ('SENDFILE', 'PRIVATE', 'PROTECTED', 'SECURE', 'RESTRICTED', 'INTERNAL')
"""Words in the names of settings such as SENDFILE_ROOT, whose folders are not for everyone."""
LOGIN = 'django.contrib.auth.middleware.LoginRequiredMiddleware'


def decision_of_middleware(settings: Any) -> str | None:
    """Middleware of a project's own may let in whom it likes, or send files itself: nobody can know."""
    for name in settings.MIDDLEWARE:
        package = str(name).partition('.')[0]
        if name == LOGIN or (package != 'django' and package not in UNDECIDED):
            return f'its middleware {name} may decide there'
    return None


def private_shapes(settings: Any, url: str, root: str) -> Iterator[Shape]:
    """Folders in MEDIA_ROOT that a setting names as private, or whose files Wagtail hands out by a view."""
    root = os.path.realpath(root)
    for name in dir(settings):
        if name.endswith('_ROOT') and any(word in name for word in PRIVATE_WORDS):
            value = getattr(settings, name)
            if isinstance(value, (str, os.PathLike)) and os.path.isabs(value):
                path = os.path.realpath(value)
                if path == root or path.startswith(f'{root}/'):
                    yield _folder_shape(url, os.path.relpath(path, root))
    if 'wagtail.documents' in settings.INSTALLED_APPS:
        yield from _wagtail_documents(settings, url)


def _wagtail_documents(settings: Any, url: str) -> Iterator[Shape]:
    """Documents of Wagtail can be private: a view decides who may read them, unless they are served directly
    ("direct")."""
    if getattr(settings, 'WAGTAILDOCS_SERVE_METHOD', None) == 'direct':
        return
    model = import_module('wagtail.documents').get_document_model()
    where = model._meta.get_field('file').upload_to
    yield _folder_shape(url, where if isinstance(where, str) and '%' not in where else '.')


def _folder_shape(url: str, path: str) -> Shape:
    path = os.path.normpath(path)
    return {'prefix': url if path == '.' else f'{url}{path}/', 'suffix': '', 'spans': 'path'}


def named_folders(settings: Any) -> Iterator[dict[str, str]]:
    """The folders of files that django-sendfile2 names in answers; Wagtail takes its settings as well."""
    backend = str(getattr(settings, 'SENDFILE_BACKEND', ''))
    root, url = getattr(settings, 'SENDFILE_ROOT', None), str(getattr(settings, 'SENDFILE_URL', None) or '')
    if not isinstance(root, (str, os.PathLike)) or not os.path.isabs(root):
        return
    if backend.endswith('sendfile.backends.xsendfile'):
        yield {'url': '', 'root': os.path.abspath(root)}
    elif backend.endswith('sendfile.backends.nginx') and url.startswith('/') and url.strip('/'):
        yield {'url': url if url.endswith('/') else f'{url}/', 'root': os.path.abspath(root)}
