"""Several photos at once: each has its row, is sent in its turn, and says how it stands, come what may."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import BrowserContext, Dialog, FilePayload, Locator, Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from predictor import limits
from predictor.models import Upload
from tests.uploads import MakePhoto

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UPLOAD_PAGE = re.compile(r"/uploads/[0-9a-f-]{36}/$")
COLOURS = ["red", "green", "blue", "white", "black", "gray", "navy", "teal", "lime", "aqua", "plum", "pink", "peru"]


@pytest.fixture
def start(page: Page, live_server: LiveServer) -> Page:
    """The start page, opened, with its scripts."""
    page.goto(live_server.url, wait_until="networkidle")
    return page


def test_it_works(start: Page, photo: MakePhoto) -> None:
    asked: list[str] = []
    start.on("request", lambda request: asked.append(request.url))
    choose(start, *photos(photo, 5))
    expect(rows(start)).to_have_count(5)
    expect(start.get_by_text("Waiting for its turn")).to_have_count(5)
    assert Upload.objects.count() == 5
    assert Upload.objects.values("owner_token").distinct().count() == 1
    expect(rows(start).locator("img")).to_have_count(5)

    Upload.objects.filter(sent_name="1.jpg").update(state=Upload.State.WORKING)
    expect(row(start, "1.jpg")).to_contain_text("The models are looking at it")
    Upload.objects.update(state=Upload.State.DONE)
    expect(start.get_by_text("Its hashtags are here.")).to_have_count(5)
    expect(start.locator("#announcer")).to_have_text("All photos are answered.")
    assert not [url for url in asked if "/uploads/" in url]  # one question for all
    row(start, "2.jpg").get_by_role("link").click()
    expect(start.get_by_role("heading", level=1)).to_have_text("Hashtags for 2.jpg")


def test_21_photos(start: Page, photo: MakePhoto) -> None:
    choose(start, *photos(photo, 21))
    expect(start.get_by_role("alert")).to_contain_text("At most 20 photos at once")
    expect(start.get_by_text("Waiting for its turn")).to_have_count(20)
    assert Upload.objects.count() == 20


def test_a_folder(start: Page, photo: MakePhoto, tmp_path: Path) -> None:
    (tmp_path / "Holiday" / "Beach").mkdir(parents=True)
    for place, colour in (("2.jpg", "red"), ("10.jpg", "blue"), ("Beach/3.jpg", "lime")):
        (tmp_path / "Holiday" / place).write_bytes(photo(colour=colour).read())
    (tmp_path / "Holiday" / "notes.txt").write_text("Dear diary")
    drop(start, tmp_path / "Holiday")
    expect(rows(start)).to_have_count(3)
    expect(rows(start).locator("bdi")).to_have_text(["2.jpg", "10.jpg", "3.jpg"])
    expect(start.get_by_text("The photos in the folder are taken.")).to_be_visible()
    expect(start.get_by_text("Waiting for its turn")).to_have_count(3)


def test_a_folder_without_photos(start: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Dear diary")
    drop(start, tmp_path)
    expect(start.get_by_role("alert")).to_have_text("There is no photo in this folder. Please choose another one.")
    expect(rows(start)).to_have_count(0)


def test_one_of_several_is_refused(start: Page, photo: MakePhoto) -> None:
    diary = SimpleUploadedFile("diary.jpg", b"Dear diary, ...")
    choose(start, *photos(photo, 2), diary, SimpleUploadedFile("empty.jpg", b""))
    expect(row(start, "diary.jpg").get_by_role("alert")).to_contain_text("not a picture")
    expect(row(start, "empty.jpg").get_by_role("alert")).to_contain_text("This file is empty")
    expect(start.get_by_text("Waiting for its turn")).to_have_count(2)
    expect(start.get_by_role("button", name="Try again")).to_have_count(0)


def test_no_connection_for_a_while(start: Page, context: BrowserContext, photo: MakePhoto) -> None:
    context.set_offline(True)
    choose(start, *photos(photo, 2))
    expect(start.get_by_text("No connection. The photo is kept here")).to_have_count(1)  # the others wait for the first
    assert not Upload.objects.exists()
    context.set_offline(False)
    expect(start.get_by_text("Waiting for its turn")).to_have_count(2)


def test_the_connection_breaks_while_a_photo_is_sent(start: Page, photo: MakePhoto) -> None:
    breaks = [True]

    def carry(route: Route) -> None:
        if route.request.method == "POST" and breaks:
            breaks.clear()
            route.abort("connectionreset")
        else:
            route.continue_()

    start.route("**/*", carry)
    choose(start, photo("cat.jpg"))
    expect(start.get_by_role("alert")).to_contain_text("No connection")
    start.get_by_role("button", name="Try again").click()
    expect(start).to_have_url(UPLOAD_PAGE)
    assert Upload.objects.get().sent_name == "cat.jpg"


def test_the_site_breaks(start: Page, photo: MakePhoto, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise limits.disk_full()

    with monkeypatch.context() as patch:
        patch.setattr(limits, "check_allowed", full)
        choose(start, photo("cat.jpg"))
        expect(start.get_by_role("alert")).to_contain_text("The site has no room for more photos right now")
    start.get_by_role("button", name="Try again").click()
    expect(start).to_have_url(UPLOAD_PAGE)


def test_more_than_a_minute_takes(page: Page, live_server: LiveServer, photo: MakePhoto, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 2
    page.clock.install()
    page.goto(live_server.url, wait_until="networkidle")
    choose(page, *photos(photo, 3))
    expect(page.get_by_text(re.compile("for one minute. It goes on by itself in [56]. s"))).to_have_count(1)
    expect(page.get_by_text("Waiting for its turn")).to_have_count(2)
    limits._limiter.storage.reset()
    page.clock.fast_forward(61_000)
    expect(page.get_by_text("Waiting for its turn")).to_have_count(3)
    assert Upload.objects.count() == 3


def test_closed_and_reopened(start: Page, context: BrowserContext, photo: MakePhoto) -> None:
    choose(start, *photos(photo, 2))
    expect(start.get_by_text("Waiting for its turn")).to_have_count(2)
    address = start.url
    start.close()
    Upload.objects.filter(sent_name="1.jpg").update(state=Upload.State.DONE)
    again = context.new_page()
    again.goto(address)
    expect(rows(again).locator("bdi")).to_have_text(["0.jpg", "1.jpg"])
    expect(row(again, "1.jpg")).to_contain_text("Its hashtags are here.")
    expect(row(again, "0.jpg")).to_contain_text("Waiting for its turn")
    Upload.objects.update(state=Upload.State.DONE)
    expect(row(again, "0.jpg")).to_contain_text("Its hashtags are here.")


def test_closing_while_a_photo_is_on_its_way_asks_first(start: Page, photo: MakePhoto) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    start.on("dialog", stay)
    held: list[Route] = []
    start.route("**/*", lambda route: held.append(route))  # nothing is answered
    choose(start, photo())
    expect(start.get_by_text("Sending…")).to_be_visible()
    start.mouse.click(5, 5)  # browsers ask only where somebody did something
    start.close(run_before_unload=True)
    start.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    for route in held:
        route.abort()


def test_two_tabs(start: Page, context: BrowserContext, photo: MakePhoto, live_server: LiveServer) -> None:
    other = context.new_page()
    other.goto(live_server.url, wait_until="networkidle")
    choose(start, *photos(photo, 2))
    expect(start.get_by_text("Waiting for its turn")).to_have_count(2)
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # headless tabs are all visible
    expect(rows(other).locator("bdi")).to_have_text(["0.jpg", "1.jpg"])
    Upload.objects.all().delete()
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows(other)).to_have_count(0)


def test_without_cookies(start: Page, context: BrowserContext, photo: MakePhoto) -> None:
    context.clear_cookies()
    choose(start, photo())
    expect(start.get_by_role("alert")).to_contain_text("Allow cookies for this site")


def test_names_of_all_kinds(start: Page, photo: MakePhoto) -> None:
    names = ["<img src=x onerror=alert(1)>.jpg", "صورة.jpg", "x" * 200 + ".jpg"]
    choose(start, *(photo(name, colour) for name, colour in zip(names, COLOURS, strict=False)))
    expect(rows(start).locator("bdi")).to_have_text(names)
    expect(start.get_by_text("Waiting for its turn")).to_have_count(3)
    start.reload()
    expect(rows(start).locator("bdi")).to_have_text(names)
    assert start.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_photo_that_the_browser_cannot_show(start: Page, photo: MakePhoto) -> None:
    heic = SimpleUploadedFile("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200))
    choose(start, photo("cat.jpg"), heic)
    expect(row(start, "cat.jpg").locator("img")).to_have_count(1)
    expect(row(start, "IMG_1.HEIC").locator(".halftone")).to_be_visible()


def test_the_same_photo_twice_has_one_row(start: Page, photo: MakePhoto) -> None:
    choose(start, photo("a.jpg"), photo("b.jpg"))
    expect(start.get_by_text("Waiting for its turn")).to_have_count(1)
    expect(rows(start)).to_have_count(1)


def test_several_from_the_page_of_an_upload(start: Page, photo: MakePhoto) -> None:
    choose(start, photo("cat.jpg"))
    expect(start).to_have_url(UPLOAD_PAGE)
    start.wait_for_load_state("networkidle")
    choose(start, *photos(photo, 2), label="Another photo")
    expect(rows(start).get_by_text("Waiting for its turn")).to_have_count(2)
    Upload.objects.exclude(sent_name="cat.jpg").update(state=Upload.State.DONE)
    expect(start.get_by_text("Its hashtags are here.")).to_have_count(2)
    expect(rows(start)).to_have_count(2)


def test_a_failed_photo_is_tried_again_in_place(start: Page, photo: MakePhoto) -> None:
    choose(start, *photos(photo, 2))
    expect(start.get_by_text("Waiting for its turn")).to_have_count(2)
    Upload.objects.filter(sent_name="0.jpg").update(state=Upload.State.FAILED, message="The photo is damaged.")
    expect(row(start, "0.jpg")).to_contain_text("The photo is damaged.")
    row(start, "0.jpg").get_by_role("button", name="Try again").click()
    expect(row(start, "0.jpg")).to_contain_text("Waiting for its turn")


def choose(page: Page, *photos: SimpleUploadedFile, label: str = "Choose a photo") -> None:
    files: list[FilePayload] = [
        {"name": photo.name or "", "mimeType": "image/jpeg", "buffer": photo.read()} for photo in photos
    ]
    page.get_by_label(label).set_input_files(files)


def drop(page: Page, path: Path) -> None:
    """Drop a file or folder as a file manager does."""
    session = page.context.new_cdp_session(page)
    data: dict[str, Any] = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})


def photos(photo: MakePhoto, count: int) -> list[SimpleUploadedFile]:
    """Return photos that differ in their bytes."""
    return [photo(f"{n}.jpg", COLOURS[n % len(COLOURS)], (64 + n, 48)) for n in range(count)]


def rows(page: Page) -> Locator:
    return page.locator("[data-rows] > li")


def row(page: Page, name: str) -> Locator:
    return rows(page).filter(has_text=name)
