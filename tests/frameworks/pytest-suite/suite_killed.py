"""Waits to be killed."""

from __future__ import annotations

import time
from typing import Any


def test_it(portico_server: Any) -> None:
    print(f'\nserves on {portico_server("flask_app:app").port}', flush=True)
    time.sleep(60)
