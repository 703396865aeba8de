"""Popular hashtags: their coverage, import from CSV with a preview, and the order to scrape them."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from corpus import queue
from corpus.models import Hashtag, PopularHashtag, ScrapeRun
from tests.curators import HOSTILE

pytestmark = pytest.mark.usefixtures("no_list")
URL = "/admin/corpus/popularhashtag/"


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch, db: None) -> list[int]:
    """Keep scrapes away from Redis, and return the ids of those that would have been enqueued."""
    ids: list[int] = []
    monkeypatch.setattr(queue, "_enqueue", ids.append)
    return ids


def upload(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("list.csv", text.encode(), "text/csv")
    return client.post(f"{URL}import/", {"import_file": file, "format": "0", "resource": ""})


def test_it_works(curator_client: Client, db: None) -> None:
    Hashtag.objects.create(key="love", display="love", posts_number=1250)
    PopularHashtag.objects.create(key="love", wanted=5000)
    PopularHashtag.objects.create(key="vscocam")
    page = curator_client.get(URL).content.decode()
    assert "1,250 of 5,000" in page and 'value="25"' in page
    assert "0 of 500" in page


def test_many_ask_few_questions(
    admin_client: Client, db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    PopularHashtag.objects.bulk_create(PopularHashtag(key=f"t{n}") for n in range(60))
    with django_assert_max_num_queries(15):
        admin_client.get(URL)


def test_a_list_is_shown_before_it_is_taken(curator_client: Client, db: None) -> None:
    PopularHashtag.objects.create(key="cat", wanted=10)
    answer = upload(curator_client, "Hashtag,listed_by,listed_on,wanted\n#Love,a page,2026-01-31,\nCAT,a page,,700\n")
    assert answer.status_code == 200 and "Confirm import" in answer.content.decode()
    assert PopularHashtag.objects.count() == 1
    confirmed = answer.context["confirm_form"].initial
    answer = curator_client.post(f"{URL}process_import/", confirmed, follow=True)
    assert set(PopularHashtag.objects.values_list("key", "wanted", "listed_by")) == {
        ("love", 500, "a page"),
        ("cat", 700, "a page"),
    }


@pytest.mark.parametrize("line", ["foo!bar,x", ",x", "'=1+1',x"])
def test_lines_that_are_no_hashtag_are_named(curator_client: Client, db: None, line: str) -> None:
    page = upload(curator_client, f"key,listed_by\nlove,x\n{line}\n").content.decode()
    assert "Line number 2" in page or "Line number</span> 2" in page or "2</span>" in page
    assert "hashtag" in page and "Confirm import" not in page
    assert not PopularHashtag.objects.exists()


def test_one_is_added_by_hand(curator_client: Client, db: None) -> None:
    curator_client.post(f"{URL}add/", {"key": "#Ｌｏｖｅ", "wanted": "5", "listed_by": ""})
    assert PopularHashtag.objects.get().key == "love"
    page = curator_client.post(f"{URL}add/", {"key": "foo!", "wanted": "5"}).content.decode()
    assert "A hashtag cannot hold" in page


def test_markup_in_a_list_is_text(curator_client: Client, db: None) -> None:
    page = upload(curator_client, f'key,listed_by\nlove,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\n').content.decode()
    assert "Confirm import" in page and "<script>alert" not in page and "<img src=x" not in page


def test_scrape(administrator_client: Client, ordered: list[int], django_capture_on_commit_callbacks: object) -> None:
    rows = [PopularHashtag.objects.create(key=key) for key in ("love", "cat")]
    data = {"action": "scrape", "_selected_action": [row.pk for row in rows], "select_across": "0"}
    assert 'name="limit"' in administrator_client.post(URL, data).content.decode()
    fields = {"confirmed": "1", "section": "recent", "limit": "50", "account": ""}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        administrator_client.post(URL, {**data, **fields})
    made = {(run.tag, run.limit, run.requested_by and run.requested_by.username) for run in ScrapeRun.objects.all()}
    assert made == {("cat", 50, "ada"), ("love", 50, "ada")}
    assert sorted(ordered) == sorted(run.pk for run in ScrapeRun.objects.all())


def test_curators_do_not_start_scrapes(curator_client: Client, ordered: list[int]) -> None:
    row = PopularHashtag.objects.create(key="love")
    fields = {"confirmed": "1", "section": "recent", "limit": "50", "account": ""}
    curator_client.post(URL, {"action": "scrape", "_selected_action": [row.pk], "select_across": "0", **fields})
    assert not ScrapeRun.objects.exists()
