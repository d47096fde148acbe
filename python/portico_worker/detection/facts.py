"""What an application says about itself, as it goes to the supervisor (docs/control.md)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

Facts = dict[str, Any]
Folder = dict[str, Any]
"""Files that the application would send as they are, so that the edge can: `url`, `root`, `links` (they may lead out of it),
`asked` (paths on which the application decides after all), perhaps `cacheControl` (how long they may be kept)."""
Shape = dict[str, str]
"""Paths: `prefix`, `suffix`, and `spans`, which is what may be between the two."""


def folder(
    url: str, root: str | os.PathLike[str], *, links: bool = True, asked: Iterable[Shape] = (), **more: Any
) -> Folder:
    return {'url': url, 'root': os.path.abspath(root), 'links': links, 'asked': list(asked), **more}


def withhold(found: Facts, url: str, reason: str) -> None:
    """Notes that the application is to be asked for what is below `url`, because it may decide there."""
    entry = {'url': url, 'reason': reason}
    if entry not in found['withheld']:
        found['withheld'].append(entry)


def debug_warning(title: str, framework: str) -> str:
    variable = f' or {framework.upper()}_DEBUG' if framework in ('flask', 'quart', 'litestar') else ''
    return f"{title}'s debug mode is on, which shows code and variables to visitors: remove debug=True{variable}."


def installed_version(package: str) -> str | None:
    try:
        from importlib.metadata import version

        return version(package)
    except Exception:
        return None
