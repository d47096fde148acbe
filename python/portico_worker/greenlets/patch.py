"""What gevent changes in the standard library, before the application is loaded."""

from __future__ import annotations


def patch() -> None:
    """What waits in the standard library waits in greenlets from now on. Raises ImportError without gevent."""
    from gevent import monkey  # type: ignore[import-untyped]

    monkey.patch_all()
