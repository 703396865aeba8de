"""What belongs to a visitor, in a browser: by keyboard alone, on a phone, without JavaScript, without cookies."""

import json
import uuid
import zipfile

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from predictor.models import MutedTag, TagSet, Upload
from tests.browser.visitor import be, tab_to
from tests.contributions import MakeAnswered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "three blue boats"
PAGES = [
    "/mine/",
    "/mine/sets/",
    "/mine/muted/",
    "/mine/data/",
    "/contributions/",
    "/account/join/",
    "/account/log-in/",
]


@pytest.fixture
def upload(client: Client, make_answered: MakeAnswered) -> Upload:
    session = client.session
    session["owner"] = uuid.uuid4().hex
    session.save()
    return make_answered(owner_token=session["owner"], sent_name="Sea <b>& שלום</b>.jpg")


def go(page: Page, name: str) -> None:
    """Go where a link or button with this name leads."""
    tab_to(page, name)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def test_it_works(page: Page, context: BrowserContext, client: Client, live_server: LiveServer, upload: Upload) -> None:
    """Everything by keyboard: keep a set, mute, join, get a copy, delete everything."""
    be(context, client, live_server)
    page.goto(live_server.url)
    go(page, "Mine")
    expect(page.get_by_role("link", name="Sea <b>& שלום</b>.jpg")).to_be_visible()

    go(page, "Sets")
    tab_to(page, "Name of the set")
    page.keyboard.type("Beach")
    tab_to(page, "Hashtags")
    page.keyboard.type("sea sun")
    go(page, "Keep this set")
    expect(page.get_by_role("heading", name="Beach")).to_be_visible()

    go(page, "Never again")
    tab_to(page, "A hashtag that you never want to see again")
    page.keyboard.type("sand\n")
    expect(page.get_by_text("#sand is not suggested to you any more.")).to_be_visible()

    go(page, "Join")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("ann")
    for field in ("Password", "Password confirmation"):
        tab_to(page, field)
        page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Welcome.")).to_be_visible()
    ann = User.objects.get()
    assert {Upload.objects.get().owner, TagSet.objects.get().owner, MutedTag.objects.get().owner} == {ann}

    go(page, "Your data")
    tab_to(page, "Download everything")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    archive = zipfile.ZipFile(waiting.value.path())
    assert json.loads(archive.read("tag-sets.json"))[0]["name"] == "Beach"

    tab_to(page, "Your password")
    page.keyboard.type(f"{PASSWORD}\n")
    expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    assert not User.objects.exists() and not Upload.objects.exists()


def test_one_photo_is_deleted_in_place(
    page: Page, context: BrowserContext, client: Client, live_server: LiveServer, upload: Upload
) -> None:
    be(context, client, live_server)
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    below = page.locator("#state").bounding_box()
    tab_to(page, "Delete it now")
    page.keyboard.press("Enter")
    assert page.locator("#state").bounding_box() == below  # nothing moves away
    assert Upload.objects.exists()
    tab_to(page, "Yes, delete it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The photo is deleted")).to_be_visible()
    assert not Upload.objects.exists()
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    expect(page.get_by_role("heading", name="There is nothing here for you")).to_be_visible()


def test_two_tabs(page: Page, context: BrowserContext, client: Client, live_server: LiveServer, upload: Upload) -> None:
    be(context, client, live_server)
    other = context.new_page()
    for one in (page, other):
        one.goto(f"{live_server.url}/mine/")
        one.locator(".photos summary").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_text("There is nothing here yet.")).to_be_visible()
    other.get_by_role("button", name="Yes, delete it").click()
    expect(other.get_by_text("the photo was deleted")).to_be_visible()


def test_without_cookies(page: Page, context: BrowserContext, live_server: LiveServer, db: None) -> None:
    for address, deed in (("/account/log-in/", "Log in"), ("/mine/data/", "Download everything")):
        page.goto(f"{live_server.url}{address}")
        context.clear_cookies()
        for field in page.locator("main input:not([type=hidden])").all():
            field.fill("delete")
        page.get_by_role("button", name=deed).click()
        expect(page.get_by_text("Allow cookies for this site")).to_be_visible()


def test_without_javascript(browser: Browser, client: Client, live_server: LiveServer, upload: Upload) -> None:
    context = browser.new_context(java_script_enabled=False)
    be(context, client, live_server)
    page = context.new_page()
    page.goto(f"{live_server.url}/mine/sets/")
    page.get_by_label("Name of the set").fill("Beach")
    page.get_by_label("Hashtags", exact=True).fill("no-way!")
    page.get_by_role("button", name="Keep this set").click()
    expect(page.get_by_text("A hashtag cannot hold")).to_be_visible()
    page.get_by_label("Hashtags", exact=True).fill("sea\nsun")
    page.get_by_role("button", name="Keep this set").click()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)  # what would do nothing is not there
    page.get_by_role("link", name="Change Beach").click()
    page.get_by_label("Name of the set").fill("Shore")
    page.get_by_role("button", name="Change it").click()
    page.locator(".kept summary").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_text("The set “Shore” is deleted.")).to_be_visible()
    page.goto(f"{live_server.url}/mine/data/")
    page.get_by_label("Type the word “delete”").fill("delete")
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    assert not Upload.objects.exists()
    context.close()


def test_copying_a_set(page: Page, context: BrowserContext, client: Client, live_server: LiveServer) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    client.post("/mine/sets/save/", {"name": "Beach", "tags": "Sea sun"})
    be(context, client, live_server)
    page.goto(f"{live_server.url}/mine/sets/")
    page.get_by_role("button", name="Copy Beach").click()
    expect(page.locator("#announcer")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "#Sea #sun"


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
    token = upload.owner_token
    TagSet.objects.create(owner_token=token, name="x" * 60, tags=["photooftheday" * 7])
    MutedTag.objects.create(owner_token=token, tag="photooftheday" * 7)
    Upload.objects.update(sent_name="y" * 255)
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for address in [*PAGES, f"/mine/sets/{TagSet.objects.get().pk}/", f"/uploads/{upload.pk}/"]:
        page.goto(f"{live_server.url}{address}")
        for summary in page.locator(".confirm > summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
