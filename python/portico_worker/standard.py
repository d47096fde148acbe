"""Imports a module of Python's own library, whatever the application's folder holds: a site may have a `tomllib.py`."""

from __future__ import annotations

import importlib
import os
import sys
import types

_FOLDER = os.path.dirname(os.path.abspath(os.__file__))


def import_standard(name: str) -> types.ModuleType:
    """For modules that only few starts need, and which are therefore imported when the site's folder is on the path already."""
    if name in sys.modules:
        return sys.modules[name]
    path = sys.path[:]
    # Python passes over entries that are no text, such as a Path that a .pth file has added.
    sys.path[:] = [entry for entry in path if isinstance(entry, str) and _is_standard(entry)]
    try:
        return importlib.import_module(name)
    finally:
        sys.path[:] = path


def import_own(name: str) -> types.ModuleType:
    """The same of a module of ours, for the sake of what it imports: a site may have a `glob.py`."""
    return import_standard(f'{__package__}.{name}')


def _is_standard(entry: str) -> bool:
    """The library itself, `lib-dynload` in it, or an archive of it (`python311.zip`)."""
    inside = entry == _FOLDER or (entry.startswith(_FOLDER + os.sep) and '-packages' not in entry)
    return inside or (os.path.basename(entry).startswith('python3') and entry.endswith('.zip'))
