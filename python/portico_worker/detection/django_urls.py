"""Under which paths a Django project's files are asked for, and what its URL patterns could answer there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from .as_shipped import is_written_in, name_of
from .url_shapes import Claim, claims

SERVING_VIEWS = frozenset(('django.views.static.serve', 'django.contrib.staticfiles.views.serve'))
"""Views that send a file as it is, and decide nothing as long as nothing is wrapped around them."""


class SiteUrls:
    """A site below a path of its own (FORCE_SCRIPT_NAME, --root-path): URLs that the project names begin with that path. Its URL patterns
    know nothing of it, nor do requests from which a proxy has taken it away."""

    def __init__(self, settings: Any, root_path: str) -> None:
        forced = str(getattr(settings, 'FORCE_SCRIPT_NAME', None) or '').rstrip('/')
        self._script_names = tuple(dict.fromkeys(name for name in (forced, root_path) if name.startswith('/')))

    def of(self, url: object) -> list[str]:
        """The paths below which requests for a URL of the project come; none if the URL is on another host or is the
        root."""
        path = _path_of(url)
        name = self._script_name_of(path)
        inner = path[len(name) :]
        return [each for each in dict.fromkeys((path, inner)) if each.strip('/')] if path.strip('/') else []

    def claims(self, path: str) -> Iterator[Claim]:
        """The claims of the project's URL patterns below a path, with and without the path of the site itself."""
        resolver = import_module('django.urls').get_resolver()
        yield from claims(resolver, path)
        name = self._script_name_of(path)
        if name:
            for claim in claims(resolver, path[len(name) :]):
                yield claim._replace(shape={**claim.shape, 'prefix': name + claim.shape['prefix']})

    def _script_name_of(self, path: str) -> str:
        return next((name for name in self._script_names if path.startswith(f'{name}/')), '')


def sends_as_it_is(claim: Claim, root: str, *, is_static: bool = False) -> bool:
    """Whether the pattern leads to a view that would send the very files that the edge would."""
    view = claim.callback
    name = name_of(view)
    if name not in SERVING_VIEWS or not claim.is_exact:
        return False
    if hasattr(view, '__wrapped__') or not is_written_in(view, frozenset(('django',))):
        return False
    if name == 'django.contrib.staticfiles.views.serve':
        return is_static
    document_root = claim.arguments.get('document_root')
    return document_root is not None and os.path.abspath(document_root) == root


def _path_of(url: object) -> str:
    """The path of a URL of this host, with a slash at its end, or ''."""
    text = str(url or '')
    if not text.startswith('/') or text.startswith('//'):
        return ''
    return text if text.endswith('/') else text + '/'
