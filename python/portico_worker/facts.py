"""What an application says about itself, as it goes to the supervisor (docs/control.md)."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]
Folder = dict[str, Any]
"""`url` and `root` of files that the edge can serve."""


def debug_warning(title: str, framework: str) -> str:
    variable = f' or {framework.upper()}_DEBUG' if framework in ('flask', 'quart', 'litestar') else ''
    return f"{title}'s debug mode is on, which shows code and variables to visitors: remove debug=True{variable}."


def installed_version(package: str) -> str | None:
    try:
        from importlib.metadata import version

        return version(package)
    except Exception:
        return None
