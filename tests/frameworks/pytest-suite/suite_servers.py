"""Servers by name and by object, asked by httpx and requests."""

from __future__ import annotations

from typing import Any

import flask_app
import httpx
import requests
from fastapi import FastAPI

api = FastAPI()


@api.get('/')
async def index() -> dict[str, str]:
    return {'by': 'FastAPI'}


def test_a_name(portico_server: Any) -> None:
    server = portico_server('flask_app:app')
    assert requests.get(server.url, timeout=10).text == 'by Flask'
    assert requests.get(server + '/', timeout=10).text == 'by Flask'
    assert server.url == f'http://127.0.0.1:{server.port}'
    assert 'the index was asked for' in server.log


def test_an_object_is_its_name_and_is_served_once(portico_server: Any) -> None:
    assert portico_server(flask_app.app) is portico_server('flask_app:app')


def test_an_object_of_the_tests_themselves(portico_server: Any) -> None:
    assert httpx.get(portico_server(api).url).json() == {'by': 'FastAPI'}


def test_other_settings_are_another_server_and_one_that_was_stopped_is_started_anew(portico_server: Any) -> None:
    first = portico_server('flask_app:app', args=['--header', 'X-Test: yes'])
    assert first is not portico_server('flask_app:app')
    assert httpx.get(first.url).headers['x-test'] == 'yes'
    first.stop()
    second = portico_server('flask_app:app', args=['--header', 'X-Test: yes'])
    assert second is not first
    assert httpx.get(second.url).status_code == 200
