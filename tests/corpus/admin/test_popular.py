"""Popular hashtags: their coverage, import from CSV with a preview, and the order to scrape them."""

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from corpus import queue
from corpus.models import Hashtag, PopularHashtag, ScrapeRun
from predictor import sweeper
from tests.curators import HOSTILE

pytestmark = pytest.mark.usefixtures("no_list")
URL = "/admin/corpus/popularhashtag/"


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch, db: None) -> list[int]:
    """Keep scrapes away from Redis, and return the ids of those that would have been enqueued."""
    ids: list[int] = []
    monkeypatch.setattr(queue, "_enqueue", ids.append)
    return ids


def upload(client: Client, text: str | bytes) -> Any:
    file = SimpleUploadedFile("list.csv", text.encode() if isinstance(text, str) else text, "text/csv")
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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("foo!bar,x", "Line 4 names no hashtag: A hashtag cannot hold"),
        (",x", "Line 4 names no hashtag: A hashtag needs"),
        ("'=1+1',x", "Line 4 names no hashtag"),
        ("Love,x", "Line 4 names #love, which the list names before."),
        ("cat," + "x" * 300, "Line 4 needs another source: at most 200 printable characters."),
        ("cat,a\u202eb", "Line 4 needs another source"),
        ("cat,x,2026-13-01", "Line 4 has a date that is none: &#x27;2026-13-01&#x27;"),
        ("cat,x,,-5", "Line 4 wants &#x27;-5&#x27; posts. Write a number from 0 to 1,000,000"),
        ("cat,x,,5,more", "Line 4 has more cells than the first line has columns."),
    ],
)
def test_a_bad_line_is_one_sentence_as_in_the_command(curator_client: Client, db: None, line: str, said: str) -> None:
    text = f"key,listed_by,listed_on,wanted\n\nlove,x,,\n{line}\n"
    page = upload(curator_client, text).content.decode()
    assert page.count(said) == 1 and page.count("Line 4") == 1
    assert "Traceback" not in page and "Confirm import" not in page
    assert not PopularHashtag.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key,when\nlove,x\n", "The first line must name the columns: hashtag"),
        ("key\n" + "x" * 200_000, "Line 2 is not CSV"),
        (b"key\n\xff\xfe", "The list is not a text in UTF-8. Save it as CSV in UTF-8 and try again."),
    ],
)
def test_a_file_that_is_no_list_is_one_sentence(curator_client: Client, db: None, text: str | bytes, said: str) -> None:
    page = upload(curator_client, text).content.decode()
    assert said in page and "Error" not in page and "Confirm import" not in page


def test_what_a_line_leaves_empty_stays(curator_client: Client, db: None) -> None:
    day = date(2026, 1, 31)
    PopularHashtag.objects.create(key="sea", listed_by="a page", listed_on=day, wanted=700)
    answer = upload(curator_client, "hashtag,source,date,wanted\nsea,,,\nsun,,,\n,,,\nsnow,,,0\n")
    curator_client.post(f"{URL}process_import/", answer.context["confirm_form"].initial)
    assert list(PopularHashtag.objects.values_list("key", "listed_by", "listed_on", "wanted")) == [
        ("sea", "a page", day, 700),
        ("snow", "", None, 0),
        ("sun", "", None, PopularHashtag.WANTED),
    ]


def test_what_is_exported_comes_in_again(curator_client: Client, db: None) -> None:
    PopularHashtag.objects.create(key="sea", listed_by="a page", listed_on=date(2026, 1, 31), wanted=1700)
    before = list(PopularHashtag.objects.values())
    text = curator_client.post(f"{URL}export/", {"format": "0", "resource": ""}).content.decode()
    answer = upload(curator_client, text)
    curator_client.post(f"{URL}process_import/", answer.context["confirm_form"].initial)
    assert list(PopularHashtag.objects.values()) == before


def test_a_list_is_taken_once(curator_client: Client, db: None) -> None:
    confirmed = upload(curator_client, "key\nlove\n").context["confirm_form"].initial
    curator_client.post(f"{URL}process_import/", confirmed)
    answer = curator_client.post(f"{URL}process_import/", confirmed, follow=True)
    assert "There is no such list any more. Upload it again" in answer.content.decode()


def test_no_other_file_is_taken(
    curator_client: Client, admin_client: Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one of the temporary folder nor the list of somebody else; the own list can still be taken."""
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    (home / "secret.csv").write_text("key\nsecret\n")
    own = upload(curator_client, "key\nlove\n").context["confirm_form"].initial
    others = upload(admin_client, "key\nsea\n").context["confirm_form"].initial
    for name in ("secret.csv", str(home / "secret.csv"), others["import_file_name"], "..", ""):
        fields = {**own, "import_file_name": name}
        answer = curator_client.post(f"{URL}process_import/", fields, follow=True)
        assert "There is no such list any more." in answer.content.decode()
    assert not PopularHashtag.objects.exists() and (home / "secret.csv").exists()
    admin_client.post(f"{URL}process_import/", others)
    curator_client.post(f"{URL}process_import/", {**own, "resource": "9"})
    assert set(PopularHashtag.objects.values_list("key", flat=True)) == {"love", "sea"}


@pytest.mark.parametrize("format", ["", "9", "-1", "x", "1.5", "²"])
def test_no_such_format(curator_client: Client, db: None, format: str) -> None:
    confirmed = upload(curator_client, "key\nlove\n").context["confirm_form"].initial
    answer = curator_client.post(f"{URL}process_import/", {**confirmed, "format": format}, follow=True)
    assert "There is no such list any more." in answer.content.decode()
    assert not PopularHashtag.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key\n" + "".join(f"tag{n}\n" for n in range(5001)), "The list has more than 5,000 lines."),
        ("key\n" + "love" * 300_000, "The list is larger than 1 MB."),
    ],
)
def test_a_list_that_is_too_long(curator_client: Client, db: None, text: str, said: str) -> None:
    page = upload(curator_client, text).content.decode()
    assert f"{said} Bring it in in parts, or with manage.py import_popular." in page and "Confirm import" not in page


def test_a_waiting_list_lies_where_the_sweeper_cleans(curator_client: Client, home: Path) -> None:
    upload(curator_client, "key\nlove\n")
    [file] = (home / "media" / "incoming").iterdir()
    os.utime(file, (0, 0))
    sweeper.clean()
    assert not file.exists()


def test_one_is_added_by_hand(curator_client: Client, db: None) -> None:
    curator_client.post(f"{URL}add/", {"key": "#Ｌｏｖｅ", "wanted": "5", "listed_by": ""})
    assert PopularHashtag.objects.get().key == "love"
    page = curator_client.post(f"{URL}add/", {"key": "foo!", "wanted": "5"}).content.decode()
    assert "A hashtag cannot hold" in page


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"listed_by": "a\u202eb"}, "Write this without control characters"),
        ({"wanted": "1000001"}, "Write a number from 0 to 1,000,000."),
    ],
)
def test_by_hand_the_rules_of_lists_hold(curator_client: Client, db: None, field: dict[str, str], said: str) -> None:
    page = curator_client.post(f"{URL}add/", {"key": "love", "wanted": "5", "listed_by": "", **field}).content.decode()
    assert said in page and not PopularHashtag.objects.exists()


def test_markup_in_a_list_is_text(curator_client: Client, db: None) -> None:
    page = upload(curator_client, f'key,listed_by\nlove,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\n').content.decode()
    assert "Confirm import" in page and "<script>alert" not in page and "<img src=x" not in page


def test_scrape(administrator_client: Client, ordered: list[int], django_capture_on_commit_callbacks: object) -> None:
    rows = [PopularHashtag.objects.create(key=key) for key in ("love", "cat")]
    data = {"action": "scrape", "_selected_action": [row.pk for row in rows], "select_across": "0"}
    assert 'name="limit"' in administrator_client.post(URL, data).content.decode()
    fields = {"confirmed": "1", "section": "recent", "limit": "50", "account": ""}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = administrator_client.post(URL, {**data, **fields}, follow=True)
    assert "2 scrapes were ordered." in answer.content.decode()
    made = {(run.tag, run.limit, run.requested_by and run.requested_by.username) for run in ScrapeRun.objects.all()}
    assert made == {("cat", 50, "ada"), ("love", 50, "ada")}
    assert sorted(ordered) == sorted(run.pk for run in ScrapeRun.objects.all())


def test_where_one_cannot_be_ordered_none_is(
    administrator_client: Client, ordered: list[int], django_capture_on_commit_callbacks: object
) -> None:
    rows = [PopularHashtag.objects.create(key=key) for key in ("cat", "no hashtag", "sea")]
    data = {"action": "scrape", "_selected_action": [row.pk for row in rows], "select_across": "0"}
    fields = {"confirmed": "1", "section": "recent", "limit": "50", "account": ""}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page = administrator_client.post(URL, {**data, **fields}, follow=True).content.decode()
    assert "No scrape was ordered: &#x27;no hashtag&#x27; is no hashtag" in page and "were ordered" not in page
    assert not ScrapeRun.objects.exists() and not LogEntry.objects.exists() and ordered == []


def test_a_scrape_is_not_called_a_change_that_can_be_undone(administrator_client: Client, ordered: list[int]) -> None:
    rows = [PopularHashtag.objects.create(key=key) for key in ("love", "cat")]
    data = {"action": "scrape", "_selected_action": [row.pk for row in rows], "select_across": "0"}
    page = administrator_client.post(URL, data).content.decode()
    assert "This orders 2 scrapes." in page and "can be undone" not in page and "This changes" not in page


def test_curators_do_not_start_scrapes(curator_client: Client, ordered: list[int]) -> None:
    row = PopularHashtag.objects.create(key="love")
    fields = {"confirmed": "1", "section": "recent", "limit": "50", "account": ""}
    curator_client.post(URL, {"action": "scrape", "_selected_action": [row.pk], "select_across": "0", **fields})
    assert not ScrapeRun.objects.exists()
