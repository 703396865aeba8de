"""Why, in a browser: where in the photo, in the row and on a page of its own, and the map."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from corpus.models import Hashtag
from predictor import queue
from predictor.ml import occlusion
from predictor.models import Explanation, ModelVersion, Upload, VersionHashtag
from tests.browser.visitor import be
from tests.end_to_end.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def without_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "enqueue_lost_explanation", lambda id: None)


def look(upload: Upload) -> None:
    """Do what the worker does once it is asked: the middle of the photo decides, for both models."""
    rows = [[9000]] + [[9000]] * 24 + [[1000]] + [[9000]] * (occlusion.PATCHES - 25)
    seen = {kind: {"tags": [f"{kind}1"], "probabilities": rows} for kind in ("als", "w2v")}
    asked = Explanation.objects.filter(upload=upload)
    wait_for(asked.exists)  # the page says that the models look before its request has arrived
    asked.update(seen=seen, asked=upload.answered_by, done=timezone.now())


def test_it_works(page: Page, client: Client, live_server: LiveServer, answered: Upload) -> None:
    be(page.context, client, live_server)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    row = page.get_by_role("region", name="ALS recommender + DNN").get_by_role("listitem").first
    row.locator("summary").click()
    row.get_by_role("button", name="Where in the photo? #als1").click()
    expect(row.get_by_text("The models look at the photo again…")).to_be_visible()
    look(answered)
    expect(row.locator(".heat circle").first).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("It sees it most in the middle")
    photo, dots = row.locator(".heat .stage > *").evaluate_all(
        "(all) => all.slice(1).map((one) => JSON.stringify(one.getBoundingClientRect()))"
    )
    assert photo == dots
    assert page.url.endswith(f"/uploads/{answered.pk}/")


def test_where_in_the_blend(page: Page, client: Client, live_server: LiveServer, answered: Upload) -> None:
    be(page.context, client, live_server)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    row = page.get_by_role("region", name="Both together").locator("li", has_text="#als1").first
    row.locator("summary").click()
    row.get_by_role("button", name="Where in the photo?").click()
    expect(row.get_by_text("The models look")).to_be_visible()
    look(answered)
    expect(row.locator(".heat.ink-als circle").first).to_be_visible()


def test_the_site_does_not_answer(page: Page, client: Client, live_server: LiveServer, answered: Upload) -> None:
    be(page.context, client, live_server)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    page.route("**/look/", lambda route: route.abort())
    row = page.get_by_role("region", name="ResNet + Word2Vec").get_by_role("listitem").first
    row.locator("summary").click()
    row.get_by_role("button", name="Where in the photo?").click()
    expect(row.get_by_text("The site does not answer. Please try again.")).to_be_visible()


def test_the_page_of_its_own(page: Page, client: Client, live_server: LiveServer, answered: Upload) -> None:
    be(page.context, client, live_server)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/why/?tag=w2v1")
    page.get_by_role("button", name="Let the models look again").click()
    expect(page.get_by_role("status").get_by_text("The models look at the photo again…")).to_be_visible()
    look(answered)
    expect(page.locator("figcaption", has_text="It sees it most in the middle")).to_be_visible()
    page.get_by_role("link", name="Back to the photo").click()
    expect(page.get_by_role("heading", name="Hashtags for")).to_be_visible()


def test_without_javascript(browser: Browser, client: Client, live_server: LiveServer, answered: Upload) -> None:
    context = browser.new_context(java_script_enabled=False)
    be(context, client, live_server)
    page = context.new_page()
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    row = page.get_by_role("region", name="ALS recommender + DNN").get_by_role("listitem").first
    row.locator("summary").click()
    row.get_by_role("button", name="Where in the photo?").click()
    look(answered)
    expect(
        page.locator("figcaption", has_text="It sees it most in the middle")
    ).to_be_visible()  # the page reloads itself
    context.close()


def test_the_map_on_a_small_screen(
    page: Page, client: Client, live_server: LiveServer, answered: Upload, versions: dict[str, ModelVersion]
) -> None:
    Hashtag.objects.create(key="other", display="Other", posts_number=1)
    places = {"als1": (0.9, 0.3), "other": (0.1, 0.5)}
    for tag, (x, y) in places.items():
        VersionHashtag.objects.create(version=versions["als"], tag=tag, x=x, y=y)
    be(page.context, client, live_server)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}/uploads/{answered.pk}/map/")
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    page.locator(".map-frame").scroll_into_view_if_needed()
    expect(page.locator(".photo-place")).to_be_in_viewport()
    assert page.locator(".map-frame").evaluate("(frame) => frame.scrollLeft") > 0
