"""With --reload: no bytecode is kept of a source that was written just now.

Python takes a source for unchanged that has the size of before and was written in the same second. So of two saves within a second the
first would be served for good, with no way for a developer to see why (git has the same with its index, and calls it racy).
"""

from __future__ import annotations

import os
import time
from importlib.machinery import SourceFileLoader
from typing import Any

YOUNG_S = 10.0
"""Longer than a second and the time from the reading of a source to the end of its compilation. A module that is compiled once more costs little."""

_write = SourceFileLoader.set_data


def keep_no_bytecode() -> None:
    SourceFileLoader.set_data = _write_unless_young  # type: ignore[method-assign,assignment]


def _write_unless_young(loader: SourceFileLoader, path: str, data: Any, **options: Any) -> None:
    if not _is_young(loader.path):
        _write(loader, path, data, **options)


def _is_young(source: str) -> bool:
    try:
        return time.time() - os.stat(source).st_mtime < YOUNG_S
    except OSError:
        return False
