"""What an application says about itself, as it goes to the supervisor (docs/control.md)."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]
Folder = dict[str, Any]
"""`url` and `root` of files that the edge can serve."""
