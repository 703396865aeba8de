"""Contributing in a browser: by keyboard alone, without JavaScript, on small screens, and moderating with keys."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from corpus.models import Hashtag, Post
from predictor.models import Contribution, Upload
from tests.browser.visitor import be
from tests.contributions import Give

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_works(page: Page, context: BrowserContext, client: Client, live_server: LiveServer, upload: Upload) -> None:
    """Everything by keyboard: keep, drop, choose a proposal, type a word of one's own, send, withdraw."""
    be(context, client, live_server)
    Hashtag.objects.create(key="sunset", display="Sunset", posts_number=9)
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    page.get_by_label("good: #sea").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_label("bad: #sea")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("good: #sea")).not_to_be_checked()  # not both
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    field = page.get_by_label("Missing hashtags")
    field.focus()
    page.keyboard.type("#suns")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(["#Sunset9"])
    expect(page.locator("#announcer")).to_have_text("1 proposal")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "proposals-0")
    page.keyboard.press("Enter")
    page.keyboard.type("dünen")
    expect(field).to_have_value("#Sunset dünen")
    page.keyboard.press("Enter")

    expect(page.get_by_text("It waits for a moderator.")).to_be_visible()
    row = Contribution.objects.get()
    assert (row.dropped, row.added) == (["sea"], ["sunset", "dünen"]) and len(row.kept) == 1
    page.get_by_role("button", name="Withdraw").press("Enter")
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()


def test_proposals_go_away(
    page: Page, context: BrowserContext, client: Client, live_server: LiveServer, upload: Upload
) -> None:
    Hashtag.objects.update(posts_number=1)
    be(context, client, live_server)
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    field = page.get_by_label("Missing hashtags")
    field.press_sequentially("s")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(3)
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.press_sequentially("a")
    page.get_by_role("listbox").get_by_role("option").first.click()
    expect(field).to_have_value("sand ")


def test_without_javascript(browser: Browser, client: Client, live_server: LiveServer, upload: Upload) -> None:
    context = browser.new_context(java_script_enabled=False)
    be(context, client, live_server)
    page = context.new_page()
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    page.get_by_label("good: #sea").check()
    page.get_by_label("bad: #sea").check()
    page.get_by_label("Missing hashtags").fill("no-way!")
    page.get_by_role("button", name="Send for learning").click()
    expect(page.get_by_text("A hashtag cannot hold")).to_be_visible()
    expect(page.get_by_label("good: #sea")).to_be_checked()
    page.get_by_label("Missing hashtags").fill("")
    page.get_by_role("button", name="Send for learning").click()
    expect(page.get_by_text("Both kept and dropped, which counts as kept: #sea.")).to_be_visible()
    context.close()


def test_moderation_by_keys(
    page: Page, context: BrowserContext, live_server: LiveServer, admin_client: Client, ann: User, give: Give
) -> None:
    first, second = give(ann), give(ann)
    be(context, admin_client, live_server)
    page.goto(f"{live_server.url}/admin/predictor/contribution/{first.pk}/change/")
    page.keyboard.press("a")
    expect(page.get_by_text("Approved with #sea.")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_text("Rejected: Its hashtags do not fit the photo.")).to_be_visible()
    second.refresh_from_db()
    assert Post.objects.count() == 1 and second.state == "rejected"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_screen(
    page: Page,
    context: BrowserContext,
    client: Client,
    live_server: LiveServer,
    upload: Upload,
    width: int,
    scheme: str,
) -> None:
    be(context, client, live_server)
    upload.suggestions.filter(tag="boat").update(tag="photooftheday" * 6)
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("good: #photo").check()
    page.get_by_role("button", name="Send for learning").click()
    for address in (page.url, f"{live_server.url}/contributions/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
