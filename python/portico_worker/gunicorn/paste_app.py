"""The application of --paste: what a PasteDeploy file makes, by the site's own `paste.deploy`."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from .config import Config

_asked: list[tuple[Config, str]] = []
"""None or one."""


def ask(cfg: Config, folder: str) -> None:
    """Before `application` is looked up. `folder`: what paths are relative to."""
    _asked[:] = [(cfg, folder)]


def __getattr__(name: str) -> Any:
    if name != 'application' or not _asked:
        raise AttributeError(name)
    try:
        loadapp: Any = import_module('paste.deploy').loadapp
    except ImportError as error:
        raise ImportError(f'--paste needs PasteDeploy ({error}): pip install PasteDeploy') from None
    cfg, folder = _asked[0]
    path, _, section = str(cfg.value('paste')).partition('#')
    if not os.path.exists(os.path.join(folder, path)):
        raise FileNotFoundError(f'--paste: there is no file {os.path.join(folder, path)}')
    made = loadapp(
        f'config:{os.path.join(folder, path)}',
        name=section or None,
        relative_to=folder,
        global_conf=cfg.paste_global_conf,
    )
    globals()['application'] = made
    return made
