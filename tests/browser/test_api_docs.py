"""The documentation of the API in Chromium: an operation is tried, with and without a token."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture
def docs(page: Page, site_url: str) -> Page:
    page.goto(f"{site_url}api/v1/docs")
    return page


def test_it_works(docs: Page) -> None:
    docs.locator("#propose_hashtags summary").click()
    docs.locator("#propose_hashtags-q").fill("sun")
    docs.locator("#propose_hashtags").get_by_role("button", name="Send").click()
    outcome = docs.locator("#propose_hashtags .outcome")
    expect(outcome).to_contain_text("200 OK")
    expect(outcome).to_contain_text('"key": "sun')


def test_a_wrong_token(docs: Page) -> None:
    docs.get_by_label("Your token").fill("t4p_wrong")
    docs.locator("#get_upload summary").click()
    docs.locator("#get_upload-id").fill("3f2b8c1e-0000-4000-8000-000000000000")
    docs.locator("#get_upload-id").press("Enter")
    expect(docs.locator("#get_upload .outcome")).to_contain_text("This needs a token.")


def test_a_site_that_went_away(docs: Page) -> None:
    docs.locator("#list_models summary").click()
    docs.context.set_offline(True)
    docs.locator("#list_models").get_by_role("button", name="Send").click()
    expect(docs.locator("#list_models .outcome")).to_contain_text("The site did not answer.")


def test_a_link_opens_its_schema(docs: Page) -> None:
    docs.locator("#list_uploads summary").click()
    docs.locator("#list_uploads a", has_text="UploadList").click()
    expect(docs.locator("#schema-UploadList .fields")).to_be_visible()


def test_nothing_is_wider_than_a_small_phone(docs: Page) -> None:
    docs.set_viewport_size({"width": 320, "height": 640})
    docs.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    assert docs.evaluate("document.documentElement.scrollWidth <= innerWidth")
