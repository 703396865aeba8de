"""Sending a photo in a browser: by button, drop and paste, and what is refused before it is sent."""

import base64
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from predictor.learning import golden
from predictor.models import Upload
from tests.uploads import MakePhoto

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UPLOAD_PAGE = re.compile(r"/uploads/[0-9a-f-]{36}/$")
DRAG_A_FILE = """() => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["x"], "cat.jpg"));
  document.body.dispatchEvent(new DragEvent("dragover", {bubbles: true, cancelable: true, dataTransfer}));
}"""
# Hands files to the page as a drop or a paste does; `kind` is "drop", "paste", or "text" for a paste of text.
HAND_OVER = """([kind, files]) => {
  const data = new DataTransfer();
  for (const [name, content] of files) {
    data.items.add(new File([Uint8Array.from(atob(content), (char) => char.charCodeAt(0))], name));
  }
  if (kind === "text") data.setData("text/plain", "Dear diary");
  const options = {bubbles: true, cancelable: true};
  document.body.dispatchEvent(kind === "drop"
    ? new DragEvent("drop", {...options, dataTransfer: data})
    : new ClipboardEvent("paste", {...options, clipboardData: data}));
}"""


def test_it_works(page: Page, live_server: LiveServer, photo: MakePhoto) -> None:
    page.goto(live_server.url)
    page.get_by_label("Choose a photo").set_input_files(as_file(photo("My cat.jpg")))
    expect(page).to_have_url(UPLOAD_PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hashtags for My cat.jpg")
    assert Upload.objects.get().sent_name == "My cat.jpg"


def test_the_photo_is_seen_before_its_answer(page: Page, live_server: LiveServer, photo: MakePhoto) -> None:
    page.goto(live_server.url)
    page.get_by_label("Choose a photo").set_input_files(as_file(photo()))
    expect(page).to_have_url(UPLOAD_PAGE)
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    expect(page.locator(".stage img")).to_have_js_property("complete", True)
    page.reload()
    expect(page.locator(".stage img")).to_be_visible()
    page.get_by_role("link", name="tag4pic").click()
    expect(page).to_have_url(f"{live_server.url}/")
    assert page.evaluate("sessionStorage.getItem('preview')") is None


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_drop_and_paste(page: Page, live_server: LiveServer, photo: MakePhoto, kind: str) -> None:
    page.goto(live_server.url)
    page.evaluate(HAND_OVER, [kind, [["cat.jpg", base64.b64encode(photo().read()).decode()]]])
    expect(page).to_have_url(UPLOAD_PAGE)


def test_another_photo_from_the_page_of_an_upload(page: Page, live_server: LiveServer, photo: MakePhoto) -> None:
    page.goto(live_server.url)
    page.get_by_label("Choose a photo").set_input_files(as_file(photo()))
    expect(page).to_have_url(UPLOAD_PAGE)
    page.wait_for_load_state()  # an address is there before the scripts are
    page.get_by_label("Another photo").set_input_files(as_file(photo("dog.jpg", colour="red")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Hashtags for dog.jpg")
    assert Upload.objects.count() == 2


def test_a_file_over_the_page_is_welcomed(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    page.evaluate(DRAG_A_FILE)
    expect(page.get_by_text("Drop it anywhere", exact=True)).to_be_visible()
    page.evaluate("document.body.dispatchEvent(new DragEvent('dragleave', {bubbles: true}))")
    expect(page.get_by_text("Drop it anywhere", exact=True)).not_to_be_visible()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "That was not a photo"),
        ([["a.jpg", ""]], "This file is empty"),
        ([["a.jpg", base64.b64encode(bytes(2000)).decode()]], "larger than 20 MB"),
    ],
)
def test_refused_before_it_is_sent(
    page: Page, live_server: LiveServer, settings: Settings, files: list[list[str]], sentence: str
) -> None:
    page.goto(live_server.url)
    page.locator("[data-max-bytes]").evaluate("(input) => { input.dataset.maxBytes = 1000; }")
    page.evaluate(HAND_OVER, ["drop", files])
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    assert not Upload.objects.exists()


def test_text_is_pasted(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url, wait_until="networkidle")
    page.evaluate(HAND_OVER, ["text", []])
    expect(page.get_by_role("alert")).to_have_text("That was not a photo. Please choose a picture.")


def test_refused_by_the_site(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    page.get_by_label("Choose a photo").set_input_files(as_file(SimpleUploadedFile("cat.jpg", b"Dear diary, ...")))
    expect(page.get_by_role("alert")).to_contain_text("not a picture")
    expect(page.get_by_text("Choose a photo").first).to_be_visible()


def test_without_javascript(browser: Browser, live_server: LiveServer, photo: MakePhoto) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(live_server.url)
    box = page.locator(".zone").bounding_box()
    assert box and box["width"] < 320
    page.get_by_label("Choose a photo").set_input_files(as_file(photo()))
    page.get_by_role("button", name="Suggest hashtags").click()
    expect(page).to_have_url(UPLOAD_PAGE)
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    expect(page.get_by_role("link", name="Another photo")).to_be_visible()
    context.close()


def test_a_sample_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    if not golden.files():
        pytest.skip("scikit-image's photos are not here.")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("button", name="Coffee").click()
    expect(page).to_have_url(UPLOAD_PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hashtags for coffee.png")
    context.close()


def test_a_camera_on_phones_and_nowhere_else(browser: Browser, page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    expect(page.get_by_text("Take a photo")).not_to_be_visible()
    phone = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.goto(live_server.url, wait_until="networkidle")
    expect(page.get_by_text("Take a photo")).to_be_visible()
    assert page.locator("#id_photo").get_attribute("capture") is None  # the gallery stays within reach
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Take a photo").click()
    chooser.value.set_files({"name": "1.jpg", "mimeType": "image/jpeg", "buffer": b"Dear diary"})
    expect(page.get_by_role("alert")).to_contain_text("not a picture")
    phone.close()


def test_keys(page: Page, live_server: LiveServer) -> None:
    page.on("filechooser", lambda chooser: None)
    page.goto(live_server.url, wait_until="networkidle")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Choose a photo")
    page.keyboard.press("Escape")
    with page.expect_file_chooser():
        page.keyboard.press("o")


def test_by_keyboard(page: Page, live_server: LiveServer) -> None:
    page.on("filechooser", lambda chooser: None)  # from the start: Playwright needs a moment to catch choosers
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Choose a photo")).to_be_focused()
    with page.expect_file_chooser():
        page.keyboard.press("Space")


def as_file(photo: SimpleUploadedFile) -> FilePayload:
    return {"name": photo.name or "", "mimeType": "image/jpeg", "buffer": photo.read()}
