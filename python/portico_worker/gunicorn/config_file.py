"""A configuration file of gunicorn: a Python file or module, whose names are settings."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

from . import stand_in

NAME = '__config__'
"""What the module of a file is called, as in gunicorn."""


def load(said: str, folder: str) -> ModuleType:
    """`said`: `python:MODULE`, `file:PATH` or a path, relative to `folder`, which is where modules are found as well. Raises what the file does."""
    stand_in.install()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    if said.startswith('python:'):
        return importlib.import_module(said[len('python:') :])
    path = os.path.join(folder, said[len('file:') :] if said.startswith('file:') else said)
    loader = SourceFileLoader(NAME, path)
    spec = importlib.util.spec_from_file_location(NAME, path, loader=loader)
    if spec is None:
        raise ImportError(f'{path} is no Python file')
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    # What a site keeps beside its sources is its own affair: no __pycache__ of ours.
    keeps_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = keeps_none
    return module


def names_of(module: ModuleType) -> dict[str, Any]:
    """Without those that Python itself has put there."""
    return {name: value for name, value in vars(module).items() if not name.startswith('__')}
