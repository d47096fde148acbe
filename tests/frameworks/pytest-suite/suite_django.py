"""pytest-django's live_server, on Portico."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import requests
from django.contrib.auth.models import User


def test_the_server_and_the_test_see_one_database(live_server: Any) -> None:
    User.objects.create_user('ann')
    assert requests.get(live_server.url + '/users', timeout=10).text == 'ann'
    assert httpx.post(live_server + '/users', data={'name': 'bob'}).text == 'ann,bob'
    assert User.objects.filter(username='bob').exists()
    assert 'portico_worker' in live_server.log or 'Portico' in live_server.log


@pytest.mark.parametrize('name', ['eve', 'fay'])
def test_it_is_flushed_behind_each_test(portico_live_server: Any, name: str) -> None:
    assert httpx.get(portico_live_server + '/users').text == ''
    assert httpx.post(portico_live_server + '/users', data={'name': name}).text == name
    assert User.objects.filter(username=name).exists()


def test_static_files_are_served(live_server: Any) -> None:
    assert httpx.get(live_server + '/static/admin/css/base.css').status_code == 200
