"""Each test fails, and says why."""

from __future__ import annotations

from typing import Any

import httpx


def test_the_log_is_shown(portico_server: Any) -> None:
    assert httpx.get(portico_server('flask_app:app').url + '/fails').status_code == 200


def test_no_module(portico_server: Any) -> None:
    portico_server('nothing_of_this_name')


def test_no_name(portico_server: Any) -> None:
    portico_server(lambda environ, start: [])
