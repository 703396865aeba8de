"""What a visitor does in the browser tests: be the one whom the test client is, and go by Tab."""

import re

from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer


def be(context: BrowserContext, client: Client, live_server: LiveServer) -> None:
    """Let a browser go on with the session of the test client."""
    key = client.session.session_key
    assert key
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something with this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate("(document.activeElement.ariaLabel || document.activeElement.innerText || '').trim()")
        field = page.evaluate("document.activeElement.labels?.[0]?.innerText.trim() ?? ''")
        if name in (re.sub(r"\s+", " ", said), field):
            return
    raise AssertionError(f"No way leads to {name}")
