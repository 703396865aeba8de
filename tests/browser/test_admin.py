"""The admin in a browser: the review by keys and without JavaScript, bulk actions, live progress, hostile texts."""

import re

import pytest
from django.contrib.admin import site
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from corpus.admin.posts import PostAdmin
from corpus.models import BulkChange, ImportRun, Post, Source
from tests.browser.visitor import be
from tests.curators import MakePost

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def curate(context: BrowserContext, curator_client: Client, live_server: LiveServer) -> None:
    """Let the browser be a curator."""
    be(context, curator_client, live_server)


def statuses() -> dict[str, str]:
    return dict(Post.objects.values_list("external_id", "status"))


@pytest.mark.usefixtures("curate")
def test_it_works(page: Page, live_server: LiveServer, posts: list[Post]) -> None:
    page.goto(f"{live_server.url}/admin/corpus/post/review/")
    picture = page.get_by_alt_text("Photo of post cat #cat #pet")
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 64
    page.get_by_text("#pet", exact=True).click()
    page.keyboard.press("a")
    expect(page.get_by_text("1 decided today, 2 left")).to_be_visible()
    assert statuses()["cat"] == "approved"
    assert list(posts[0].hashtags.values_list("key", flat=True)) == ["cat"]

    page.keyboard.press("u")
    expect(page.get_by_text("0 decided today, 3 left")).to_be_visible()
    expect(page.get_by_alt_text("Photo of post cat")).to_be_visible()
    assert posts[0].hashtags.count() == 2

    page.keyboard.press("s")
    expect(page.get_by_text("Looks like this post:")).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_text("At the sea")).to_be_visible()
    posts[1].refresh_from_db()
    assert posts[1].duplicate_of == posts[0]

    page.keyboard.press("?")
    expect(page.get_by_text("One key is one verdict")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_alt_text("Photo of post cat")).to_be_visible()
    assert statuses() == {"cat": "pending", "twin": "pending", "words": "rejected"}


def test_the_review_without_javascript(
    browser: Browser, curator_client: Client, live_server: LiveServer, posts: list[Post]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    be(context, curator_client, live_server)
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/corpus/post/review/")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("2 decided today, 1 left")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 decided today, 2 left")).to_be_visible()
    assert statuses() == {"cat": "approved", "twin": "pending", "words": "pending"}
    context.close()


@pytest.mark.usefixtures("curate")
def test_bulk_actions_and_undo(
    page: Page, live_server: LiveServer, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostAdmin, "list_per_page", 2)
    for number in range(3):
        make_post(f"p{number}", "cat", colour="teal")
    page.goto(f"{live_server.url}/admin/corpus/post/")
    page.get_by_label("Select all on this page").check()
    page.get_by_text("Select all 3 posts").click()
    page.get_by_label("Select action to run").select_option("approve")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("This changes up to 3 posts, all that match the filter.")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved 3 posts.", exact=True)).to_be_visible()
    assert set(statuses().values()) == {"approved"}
    page.get_by_role("button", name="Undo: Approved 3 posts").click()
    expect(page.get_by_text("3 rows were put back")).to_be_visible()
    assert set(statuses().values()) == {"pending"}


@pytest.mark.usefixtures("curate")
def test_hashtags_complete_themselves(page: Page, live_server: LiveServer, posts: list[Post]) -> None:
    page.goto(f"{live_server.url}/admin/corpus/post/{posts[2].pk}/change/")
    page.get_by_role("button", name="Add hashtags").click()
    page.locator(".select2-search__field").click()
    page.keyboard.type("so")
    page.get_by_role("option", name="#sofa").click()
    page.get_by_role("button", name="Add hashtags").click()
    expect(page.get_by_text("#sofa added to 1 post.")).to_be_visible()
    assert "sofa" in posts[2].hashtags.values_list("key", flat=True)


@pytest.mark.usefixtures("curate")
def test_an_import_shows_how_far_it_is(page: Page, live_server: LiveServer, source: Source) -> None:
    run = ImportRun.objects.create(source=source, total=100, counts={"read": 10})
    page.goto(f"{live_server.url}/admin/corpus/importrun/{run.pk}/change/")
    expect(page.get_by_text("10 %")).to_be_visible()
    run.counts = {"read": 60}
    run.save()
    expect(page.get_by_text("60 %")).to_be_visible()
    run.end(ImportRun.State.DONE, "All is there.")
    expect(page.get_by_text("All is there.")).to_be_visible()


@pytest.mark.usefixtures("curate")
def test_texts_with_markup_do_nothing(page: Page, live_server: LiveServer, hostile: Post) -> None:
    dialogs: list[str] = []

    def close(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    BulkChange.objects.create(what=hostile.caption[:300], rows=1, before={"model": "post", "fields": []})
    run, hashtag = hostile.import_run_id, hostile.hashtags.get().pk
    places = ["", "post/", f"post/{hostile.pk}/change/", "post/review/", "post/duplicates/", "bulkchange/", "source/"]
    places += ["importrun/", f"importrun/{run}/change/", "hashtag/", f"hashtag/{hashtag}/change/"]
    places += [f"post/?import_run__id__exact={run}&hashtags__id__exact={hashtag}"]
    for place in places:
        page.goto(f"{live_server.url}/admin/{'corpus/' if place else ''}{place}")
        page.mouse.move(300, 300)
        assert page.locator("img[src=x]").count() == 0, place
    page.goto(f"{live_server.url}/admin/corpus/post/{hostile.pk}/change/")
    page.get_by_role("button", name="Add hashtags").click()
    page.locator(".select2-search__field").click()
    page.keyboard.type("cat")
    expect(page.get_by_role("option").filter(has_text=re.compile("script"))).to_be_visible()
    assert dialogs == []


def test_no_page_logs_an_error(
    page: Page, context: BrowserContext, admin_client: Client, live_server: LiveServer, posts: list[Post]
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.on("console", lambda said: errors.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    be(context, admin_client, live_server)
    ImportRun.objects.create(source=posts[0].source)
    places = ["", "post/review/", "post/duplicates/", "post/export/", "popularhashtag/import/", "popularhashtag/add/"]
    places += [f"post/{posts[0].pk}/change/", f"post/{posts[0].pk}/history/", "source/add/"]
    places += [f"{model._meta.model_name}/" for model in site._registry if model._meta.app_label == "corpus"]
    for place in places:
        page.goto(f"{live_server.url}/admin/{'corpus/' if place else ''}{place}", wait_until="load")
    for place in ("auth/user/", "auth/group/", "predictor/upload/", "predictor/modelversion/", "axes/accessattempt/"):
        page.goto(f"{live_server.url}/admin/{place}", wait_until="load")
    page.goto(f"{live_server.url}/admin/corpus/post/{posts[0].pk}/change/")
    page.get_by_role("button", name="Add hashtags").click()
    expect(page.get_by_role("link", name="Cancel")).to_be_visible()
    assert errors == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.usefixtures("curate")
def test_no_page_is_wider_than_the_screen(page: Page, live_server: LiveServer, posts: list[Post], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for place in ("", "corpus/post/", "corpus/post/review/", "corpus/post/duplicates/", "corpus/hashtag/"):
        page.goto(f"{live_server.url}/admin/{place}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
