"""The whole site as `make run` starts it: photos go in, and both models' hashtags come out."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ANSWER_MS = 60_000  # the first photo waits for the worker to warm up
COLUMNS = ("ALS recommender + DNN", "ResNet + Word2Vec")


def test_it_works(page: Page, site_url: str) -> None:
    send(page, site_url, golden("chelsea.png"))
    for name in COLUMNS:
        column = page.get_by_role("region", name=name)
        expect(column.locator(".tag")).to_have_count(10, timeout=ANSWER_MS)
        assert all(re.fullmatch(r"#\w+", tag) for tag in column.locator(".tag").all_inner_texts())
        scores = [float(score) for score in column.locator(".score").all_inner_texts()]
        assert scores == sorted(scores, reverse=True)
        column.locator("summary").first.click()
        expect(column.get_by_text("similarity").first).to_be_visible()
    tags = page.locator(".tag").all_inner_texts()
    assert "#cat" in tags[:5] + tags[10:15]
    assert page.get_by_alt_text("Your photo").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 400


def test_why(page: Page, site_url: str) -> None:
    send(page, site_url, golden("chelsea.png"))
    column = page.get_by_role("region", name=COLUMNS[0])
    expect(column.locator(".tag")).to_have_count(10, timeout=ANSWER_MS)
    row = column.get_by_role("listitem").first
    tag = row.locator(".tag").first.inner_text()
    row.locator("summary").click()
    row.get_by_role("button", name="Where in the photo?").click()
    expect(row.locator(".heat circle").first).to_be_visible(timeout=ANSWER_MS)
    expect(row.get_by_text("It sees it most")).to_be_visible()
    row.get_by_role("link", name="All of why, and the map").click()
    expect(page.get_by_role("heading", name=f"Why {tag}?")).to_be_visible()
    expect(page.locator(".tag-map text.asked").first).to_have_text(tag.removeprefix("#"))
    expect(page.locator(".photo-place")).to_have_count(2)


def test_the_same_photo_again_is_there_at_once(page: Page, site_url: str) -> None:
    send(page, site_url, golden("coffee.png"))
    expect(page.locator(".tag")).to_have_count(30, timeout=ANSWER_MS)
    address = page.url
    send(page, site_url, golden("coffee.png"))
    expect(page).to_have_url(address)
    expect(page.locator(".tag")).to_have_count(30)


def test_a_damaged_photo(page: Page, site_url: str, tmp_path: Path) -> None:
    cut = tmp_path / "rocket.jpg"
    cut.write_bytes(golden("rocket.jpg").read_bytes()[:40_000])
    send(page, site_url, cut)
    expect(page.locator("#state")).to_contain_text("damaged", timeout=ANSWER_MS)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#state")).to_contain_text("damaged", timeout=ANSWER_MS)


def test_without_javascript(browser: Browser, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url)
    page.get_by_label("Choose a photo").set_input_files(golden("astronaut.png"))
    page.get_by_role("button", name="Suggest hashtags").click()
    expect(page.locator(".tag")).to_have_count(30, timeout=ANSWER_MS)
    context.close()


def send(page: Page, site_url: str, photo: Path) -> None:
    page.goto(site_url)
    page.get_by_label("Choose a photo").set_input_files(photo)
    expect(page).to_have_url(re.compile(r"/uploads/[0-9a-f-]{36}/$"))


def golden(name: str) -> Path:
    """Return a photo of scikit-image's wheel, whose files are used without importing it."""
    wheel = find_spec("skimage")
    if wheel is None or not wheel.submodule_search_locations:
        pytest.skip("scikit-image is not installed, so its photos are not here.")
    return Path(wheel.submodule_search_locations[0]) / "data" / name
