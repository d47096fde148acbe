"""A browser against live_server."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from playwright.sync_api import sync_playwright

FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']


def test_the_admin(live_server: Any) -> None:
    User.objects.create_superuser('root', password='known')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path='/usr/bin/chromium', args=FLAGS)
        page = browser.new_page()
        page.goto(live_server + '/admin/')
        page.fill('#id_username', 'root')
        page.fill('#id_password', 'known')
        page.click('[type=submit]')
        page.wait_for_selector('#user-tools')
        browser.close()
