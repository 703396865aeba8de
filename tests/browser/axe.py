"""What axe-core finds on a page, and what is to be still and open before it looks."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
OPEN_ALL = "for (const closed of document.querySelectorAll('details')) closed.open = true"
# Colours half way between two states are nobody's choice.
STILL = "for (const moving of document.getAnimations()) moving.cancel()"


def violations(page: Page, options: dict[str, Any] = RULES, within: str | None = None) -> dict[str, list[str]]:
    """Return where each rule is broken on a page as it stands, or in a part of it."""
    page.evaluate(STILL)
    found = Axe().run(page, within, options).response["violations"]
    return {fault["id"]: [" ".join(node["target"]) for node in fault["nodes"]] for fault in found}
