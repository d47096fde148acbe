"""The event loop that an application runs on."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any


def new_loop(name: str, is_imported_here: bool) -> asyncio.AbstractEventLoop:
    """'asyncio', 'uvloop', or 'auto': uvloop where it is installed. Raises ImportError.

    What the application's import has bound to an event loop runs on no other. So if it has made one in this process,
    that is it; one that was made before the fork would be shared by all workers.
    """
    loop = _loop_of_import() if is_imported_here else None
    if loop is None and name != 'asyncio':
        loop = _uvloop(name == 'uvloop')
    if loop is None:
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def _uvloop(is_wanted: bool) -> asyncio.AbstractEventLoop | None:
    try:
        uvloop: Any = import_module('uvloop')
    except ImportError:
        if is_wanted:
            raise
        return None
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _loop_of_import() -> asyncio.AbstractEventLoop | None:
    """Asking asyncio for it would make one before Python 3.14, and says that this is going to end since 3.12."""
    policy: Any = getattr(asyncio.events, '_get_event_loop_policy', None) or asyncio.get_event_loop_policy
    found = getattr(getattr(policy(), '_local', None), '_loop', None)
    return found if isinstance(found, asyncio.AbstractEventLoop) and not found.is_closed() else None
