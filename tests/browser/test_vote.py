"""The blind vote in a browser: from the tick on the start page by keyboard to the names, and without JavaScript."""

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from predictor.models import Judgement, Upload, Vote
from predictor.vote_views import FIRST_COOKIE
from tests.browser.visitor import be

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_works(page: Page, context: BrowserContext, client: Client, live_server: LiveServer, upload: Upload) -> None:
    """The tick is kept; the photo leads to the vote, one key gives it, and the names come after it."""
    be(context, client, live_server)
    page.goto(live_server.url)
    tick = page.get_by_label("Compare blindly first")
    with page.expect_response("**/compare-first/"):
        tick.press("Space")
    page.reload()
    expect(tick).to_be_checked()
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    expect(page.get_by_role("heading", name="Which hashtags fit your photo better?")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Neither is good")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="These are their names")).to_be_visible()
    vote = Vote.objects.select_related("right").get()
    assert (vote.verdict, vote.blind) == ("right", True)
    expect(page.get_by_text(f"You found {vote.right.label} better.")).to_be_visible()
    page.get_by_role("link", name="See scores, reasons and your set").click()
    expect(page.locator("#columns .column")).to_have_count(3)


def test_a_waiting_page_goes_on_to_the_vote(
    page: Page, context: BrowserContext, client: Client, live_server: LiveServer, upload: Upload
) -> None:
    be(context, client, live_server)
    context.add_cookies([{"name": FIRST_COOKIE, "value": "1", "url": live_server.url}])
    Upload.objects.update(state=Upload.State.WORKING)
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    expect(page.get_by_text("The models are looking at it…")).to_be_visible()
    Upload.objects.update(state=Upload.State.DONE)
    expect(page.get_by_role("heading", name="Which hashtags fit your photo better?")).to_be_visible()
    assert not Upload.objects.get().named


def test_without_javascript(browser: Browser, client: Client, live_server: LiveServer, upload: Upload) -> None:
    context = browser.new_context(java_script_enabled=False)
    be(context, client, live_server)
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_label("Compare blindly first").check()
    page.get_by_role("button", name="Remember this").click()
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    page.get_by_role("button", name="Both are good").click()
    expect(page.get_by_text("You found both good.")).to_be_visible()
    context.close()


def test_good_and_bad_without_the_photo(
    page: Page, context: BrowserContext, client: Client, live_server: LiveServer, upload: Upload
) -> None:
    be(context, client, live_server)
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    page.get_by_label("good: #sea").check()
    page.get_by_label("bad: #sun").check()
    page.get_by_label("Missing hashtags").fill("dunes")
    page.get_by_role("button", name="Send without the photo").click()
    expect(page.get_by_text("You have said what is good, bad and missing here.")).to_be_visible()
    expect(page.get_by_label("bad: #sun")).to_be_checked()
    row = Judgement.objects.get()
    assert (row.good, row.bad, row.missing) == (["sea"], ["sun"], ["dunes"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_screen(
    page: Page,
    context: BrowserContext,
    client: Client,
    live_server: LiveServer,
    upload: Upload,
    width: int,
    scheme: str,
) -> None:
    cache.clear()
    be(context, client, live_server)
    upload.suggestions.filter(tag="boat").update(tag="photooftheday" * 6)
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for address in (f"/uploads/{upload.pk}/compare/", "/models/", "/"):
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto(f"{live_server.url}/uploads/{upload.pk}/compare/")
    page.get_by_role("button", name="Left is better").click()
    expect(page.get_by_text("better.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
