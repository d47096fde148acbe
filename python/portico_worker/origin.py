"""Whose code is whose: the application's, or a library's."""

from __future__ import annotations

import os

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_INSTALLED = tuple(os.sep + name + os.sep for name in ('site-packages', 'dist-packages'))


class _Application:
    package = ''
    """What the application may be installed as: its own folder in site-packages, between separators."""


def application_is(name: str) -> None:
    """`name`: of the module that was served, as `mysite.wsgi:application`; it may be a path, which lies nowhere but in its own folder."""
    root = name.partition(':')[0].partition('.')[0]
    _Application.package = os.sep + root + os.sep if root.isidentifier() else ''


def is_of_application(path: str) -> bool:
    """Of a file of source code."""
    if path.startswith(('<', _OURS)):
        return False
    if any(part in path for part in _INSTALLED):
        return bool(_Application.package) and _Application.package in path
    return not path.startswith(_STANDARD)


def is_standard(path: str) -> bool:
    return path.startswith(_STANDARD) and not any(part in path for part in _INSTALLED)
