"""Whose code is whose: the application's, or a library's."""

from __future__ import annotations

import os

from .finding.app_name import split_name

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_INSTALLED = tuple(os.sep + name + os.sep for name in ('site-packages', 'dist-packages'))


class _Application:
    package = ''
    """What the application may be installed as: its own folder in site-packages, between separators."""


def application_is(name: str) -> None:
    """`name`: what is served, as `mysite.wsgi:application`, whose top-level package is the application's. A path names
    no package: its files lie in a folder of their own."""
    root = split_name(name)[0].partition('.')[0]
    _Application.package = os.sep + root + os.sep if root.isidentifier() else ''


def is_of_application(path: str) -> bool:
    """Whether a file of source code is the application's."""
    if path.startswith(('<', _OURS)):
        return False
    if any(part in path for part in _INSTALLED):
        return bool(_Application.package) and _Application.package in path
    return not path.startswith(_STANDARD)


def is_standard(path: str) -> bool:
    return path.startswith(_STANDARD) and not any(part in path for part in _INSTALLED)
