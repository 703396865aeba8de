"""Copying in a browser: the site is told of buttons and of selected text, and nobody notices where that fails."""

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from predictor.models import Copying, Upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def answer(page: Page, context: BrowserContext, client: Client, live_server: LiveServer, answered: Upload) -> Upload:
    """Open the page of an answered photo."""
    key = client.session.session_key
    assert key
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    return answered


def told(response: Response) -> bool:
    return response.url.endswith("/copied/")


def test_a_button(page: Page, answer: Upload) -> None:
    button = page.locator("[data-copy]").first
    text = button.get_attribute("data-copy")
    with page.expect_response(told) as response:
        button.click()
    assert response.value.status == 204
    row = Copying.objects.get()
    assert row.upload == answer and row.tags and " ".join(f"#{tag}" for tag in row.tags) == text


def test_selected_text(page: Page, answer: Upload) -> None:
    row = page.get_by_role("region", name="ResNet + Word2Vec").get_by_role("listitem").nth(1)
    row.evaluate("(row) => getSelection().selectAllChildren(row)")
    with page.expect_response(told) as response:
        page.keyboard.press("Control+C")
    assert response.value.status == 204
    assert Copying.objects.get().tags == ["w2v2"]


def test_where_the_site_is_gone(page: Page, answer: Upload) -> None:
    page.route("**/copied/", lambda route: route.abort())
    page.locator("[data-copy]").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert not Copying.objects.exists()
