"""The page of an upload in a browser: the wait, the answer, why, copying, and small screens."""

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from predictor.models import Copying, Upload
from tests.browser.visitor import be
from tests.end_to_end.waiting import wait_for
from tests.uploads import MakeUpload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL_ALS = " ".join(f"#als{rank}" for rank in range(1, 11))
COPY = "Copy 5"
SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""


@pytest.fixture
def visit(context: BrowserContext, client: Client, live_server: LiveServer) -> None:
    """Let the browser be the visitor whose uploads `my_upload` and `answered` make."""
    be(context, client, live_server)


@pytest.mark.usefixtures("visit")
def test_it_works(page: Page, live_server: LiveServer, answered: Upload) -> None:
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.NEW)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.WORKING)
    expect(page.get_by_text("The models are looking at it")).to_be_visible()
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.DONE)

    both = page.get_by_role("region", name="Both together").locator(".tag")
    expect(both).to_have_count(10)
    for heading, prefix in (("ALS recommender + DNN", "als"), ("ResNet + Word2Vec", "w2v")):
        column = page.get_by_role("region", name=heading)
        expect(column.locator(".tag")).to_have_text([f"#{prefix}{rank}" for rank in range(1, 11)])
        expect(column.locator(".score").first).to_have_text("1.00")
    assert (
        page.get_by_alt_text("Your photo").evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 640
    )
    assert page.evaluate("window.sameDocument") is True
    expect(page.locator("#announcer")).to_have_text("The hashtags are here.")
    assert page.evaluate(SHIFT) < 0.01


@pytest.mark.usefixtures("visit")
def test_a_failure_and_another_try(page: Page, live_server: LiveServer, my_upload: MakeUpload) -> None:
    upload = my_upload(Upload.State.NEW, original="uploads/x")
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.FAILED, message="The photo is damaged.")
    expect(page.locator("#state")).to_contain_text("The photo is damaged.")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    upload.refresh_from_db()
    assert upload.state == "new"


@pytest.mark.usefixtures("visit")
def test_a_site_that_does_not_answer_for_a_while(page: Page, live_server: LiveServer, answered: Upload) -> None:
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.NEW)
    page.route("**/state/*", lambda route: route.abort())
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    expect(page.get_by_text("The site does not answer")).to_be_visible()
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.DONE)
    page.unroute("**/state/*")
    expect(page.locator(".ink-w2v .tag").last).to_have_text("#w2v10")


@pytest.mark.usefixtures("visit")
def test_an_upload_that_is_deleted_while_it_waits(page: Page, live_server: LiveServer, my_upload: MakeUpload) -> None:
    upload = my_upload()
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    upload.delete()
    expect(page.get_by_text("There is nothing here for you")).to_be_visible()


def test_without_javascript(browser: Browser, client: Client, live_server: LiveServer, answered: Upload) -> None:
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.NEW)
    context = browser.new_context(java_script_enabled=False)
    be(context, client, live_server)
    page = context.new_page()
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    Upload.objects.filter(pk=answered.pk).update(state=Upload.State.DONE)
    expect(page.locator(".ink-w2v .tag").last).to_have_text("#w2v10")  # the page reloads itself
    expect(page.get_by_text(f"All in one line, to copy: {ALL_ALS}")).to_be_visible()
    expect(page.get_by_role("button", name=COPY)).to_have_count(0)
    page.get_by_label("For", exact=True).select_option("Threads")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 of 1 for Threads")).to_be_visible()
    context.close()


@pytest.mark.usefixtures("visit")
def test_why(page: Page, live_server: LiveServer, answered: Upload) -> None:
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    row = page.get_by_role("region", name="ALS recommender + DNN").get_by_role("listitem").first
    expect(row.get_by_text("#Cat #Kitten")).not_to_be_visible()
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(row.get_by_text("#Cat #Kitten")).to_be_visible()
    expect(row.get_by_text("similarity 0.91 · 25 % of the score")).to_be_visible()


@pytest.mark.usefixtures("visit")
def test_copy(page: Page, context: BrowserContext, live_server: LiveServer, answered: Upload) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    page.get_by_role("button", name=COPY).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.split() == page.locator(".pick bdi").all_inner_texts()
    expect(page.get_by_role("button", name=COPY)).to_be_visible()
    wait_for(lambda: Copying.objects.filter(upload=answered).exists())


@pytest.mark.usefixtures("visit")
def test_copy_over_plain_http(page: Page, live_server: LiveServer, answered: Upload) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    page.evaluate("document.addEventListener('copy', () => { window.copied = getSelection().toString(); })")
    page.get_by_role("button", name=COPY).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("window.copied").split() == page.locator(".pick bdi").all_inner_texts()


@pytest.mark.usefixtures("visit")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_screen(
    page: Page, live_server: LiveServer, answered: Upload, my_upload: MakeUpload, width: int, scheme: str
) -> None:
    answered.suggestions.filter(rank=1).update(tag="photooftheday" * 6)
    long = my_upload(Upload.State.FAILED, sent_name="x" * 200 + ".jpg", message="No " * 40, original="uploads/x")
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for address in ("/", f"/uploads/{answered.pk}/", f"/uploads/{my_upload().pk}/", f"/uploads/{long.pk}/", "/no/"):
        page.goto(live_server.url + address)
        for summary in page.locator("summary").all()[:1]:
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.usefixtures("visit")
def test_the_columns_stand_side_by_side_where_there_is_room(
    page: Page, live_server: LiveServer, answered: Upload
) -> None:
    page.goto(f"{live_server.url}/uploads/{answered.pk}/")
    als, w2v, blend = (column.bounding_box() for column in page.locator(".column").all())
    assert als and w2v and blend
    assert als["y"] == w2v["y"] == blend["y"] and als["x"] < w2v["x"] < blend["x"]
    page.set_viewport_size({"width": 360, "height": 740})
    als, w2v, blend = (column.bounding_box() for column in page.locator(".column").all())
    assert als and w2v and blend
    assert als["x"] == w2v["x"] == blend["x"] and als["y"] < w2v["y"] < blend["y"]
