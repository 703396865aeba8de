"""What a visitor does in the browser tests: be the one whom the test client is, and press by mouse, finger or keys."""

import re

from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page
from pytest_django.live_server_helper import LiveServer

# Which key leads from the focus to something, or to what it labels; none where the focus is there.
FROM_FOCUS = """(target) => {
  const wanted = target.control ?? target;
  if (wanted === document.activeElement) return "";
  const later = wanted.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING;
  return later ? "Shift+Tab" : "Tab";
}"""
# Whether something shows that it has the focus, and lies under nothing else.
SEEN = """(target) => {
  const {left, top, width, height} = target.getBoundingClientRect();
  const uppermost = document.elementFromPoint(left + width / 2, top + height / 2);
  return getComputedStyle(target).outlineStyle === "solid" && target.contains(uppermost);
}"""


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


def click(page: Page, target: Locator) -> None:
    target.click()


def tap(page: Page, target: Locator) -> None:
    target.tap()


def by_keys(page: Page, target: Locator) -> None:
    """Go to something by Tab, or Shift and Tab where it lies behind, see where the focus is, and press Space."""
    for _ in range(60):
        where = target.evaluate(FROM_FOCUS)
        if not where:
            break
        page.keyboard.press(where)
    assert target.evaluate(SEEN), f"The focus is not seen on {target}"
    page.keyboard.press("Space")
