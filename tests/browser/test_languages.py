"""The journey in Russian, on a dark phone: the switch in the footer, the answer, copying, and without JavaScript."""

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from predictor.models import Upload
from tests.browser.visitor import be

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_works(page: Page, client: Client, live_server: LiveServer, answered: Upload) -> None:
    """The switch is reached by keyboard, leads back to the photo, and everything there follows it."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 740})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    be(page.context, client, live_server)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    page.get_by_role("button", name="Русский").focus()
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    assert page.url == f"{live_server.url}/uploads/{answered.pk}/"
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.get_by_role("region", name="Обе вместе").locator(".tag")).to_have_count(10)
    page.get_by_role("button", name="Копировать 5").click()
    expect(page.locator("#announcer")).to_have_text("Скопировано")
    page.get_by_role("button", name="Убрать #als1", exact=True).click()
    expect(page.locator("[data-chosen]")).to_have_text("4 из 5, Instagram")
    page.goto(live_server.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Одна фотография, два мнения о её хэштегах")


def test_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    page.goto(f"{live_server.url}/models/")
    expect(page.get_by_role("heading", name="Карточка моделей")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Model card")).to_be_visible()
    assert page.url == f"{live_server.url}/models/"
    context.close()
