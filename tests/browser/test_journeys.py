"""Whole journeys on the whole site, from the start page with a photo to the clipboard, by people of five kinds."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_whole_site import ANSWER_MS, golden
from tests.browser.visitor import by_keys, click, tap

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Press = Callable[[Page, Locator], None]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# What a browser is like, and how things are pressed in it.
PEOPLE: dict[str, tuple[dict[str, Any], Press]] = {
    "desktop": ({"viewport": DESK}, click),
    "phone": ({"viewport": PHONE, "has_touch": True, "is_mobile": True}, tap),
    "keyboard": ({"viewport": DESK}, by_keys),
    "Russian and dark": ({"viewport": DESK, "locale": "ru-RU", "color_scheme": "dark"}, click),
}
BRIGHTNESS = "Number(getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0])"
WIDER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@pytest.fixture(params=PEOPLE)
def person(request: pytest.FixtureRequest, browser: Browser, site_url: str) -> Iterator[tuple[Page, Press]]:
    """Somebody with a browser who has opened the start page, and how they press things."""
    settings, press = PEOPLE[request.param]
    context = browser.new_context(**settings, permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(site_url)
    yield page, press
    context.close()
    assert errors == []


def test_it_works(person: tuple[Page, Press]) -> None:
    page, press = person
    is_like_the_browser(page)
    with page.expect_file_chooser() as chooser:
        press(page, page.locator("label.main[for=id_photo]"))
    chooser.value.set_files(golden("chelsea.png"))
    expect(page.locator(".pick")).to_have_count(5, timeout=ANSWER_MS)
    expect(page.locator("#columns [data-pick]:enabled").first).to_be_visible()  # the scripts are there
    is_like_the_browser(page)
    proposed = chosen(page)

    press(page, page.locator("[data-drop]").nth(1))
    assert chosen(page) == [proposed[0], *proposed[2:]]

    press(page, page.locator("[data-swap]").nth(2))
    press(page, page.locator(".panel:visible [data-step='-1']"))
    assert chosen(page) == [proposed[0], proposed[3], proposed[2], proposed[4]]

    other = page.locator(".panel:visible [data-alternatives] button").first
    name = other.inner_text()
    press(page, other)
    assert chosen(page) == [proposed[0], name, proposed[2], proposed[4]]

    press(page, page.locator("#own"))
    page.keyboard.type("MyCat")
    page.keyboard.press("Enter")
    expect(page.locator(".pick")).to_have_count(5)
    five = [proposed[0], name, proposed[2], proposed[4], "#MyCat"]
    assert chosen(page) == five

    copy = page.locator("[data-copy-chosen]")
    expect(copy).to_be_in_viewport(ratio=1)
    press(page, copy)
    expect(copy).to_have_text(copy.get_attribute("data-done") or "")
    assert page.evaluate("navigator.clipboard.readText()").split() == [tag.lower() for tag in five]


def test_without_javascript(browser: Browser, site_url: str) -> None:
    """The set stands there as a line to select, and the hashtags can be judged and given."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(site_url)
    page.get_by_label("Choose a photo").set_input_files(golden("coffee.png"))
    page.get_by_role("button", name="Suggest hashtags").click()
    expect(page.locator("#columns .tag")).to_have_count(30, timeout=ANSWER_MS)
    tags = chosen(page)
    assert len(tags) == 5
    expect(page.locator(".five .plain")).to_contain_text(" ".join(tags))
    expect(page.locator("button:visible[data-copy], button:visible[data-drop]")).to_have_count(0)

    page.get_by_label("good: ").first.check()
    page.get_by_label("Missing hashtags").fill("MyCoffee")
    page.get_by_role("button", name="Send for learning").click()
    expect(page.get_by_text("#mycoffee")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    context.close()


def is_like_the_browser(page: Page) -> None:
    """See that a page speaks the language of the browser, has its theme, and is no wider than it."""
    language = page.evaluate("navigator.language.slice(0, 2)")
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert bool(re.match("[А-Я]", page.locator("h1").inner_text())) == (language == "ru")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (page.evaluate(BRIGHTNESS) < 128) == dark
    assert page.evaluate(WIDER) <= 0


def chosen(page: Page) -> list[str]:
    return page.locator(".pick bdi").all_inner_texts()
