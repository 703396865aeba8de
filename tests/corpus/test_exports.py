"""Exports as CSV and JSON: every value is there, no cell is a formula, and many posts cost few queries."""

import csv
import io
import json
from datetime import date, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from corpus.exports import PostResource, defused
from corpus.models import Hashtag, PopularHashtag, Post, Source, Tagging

CSV, JSON = "0", "1"


@pytest.fixture
def post(db: None) -> Post:
    source = Source.objects.create(name="=cmd|' /C calc'!A0", kind=Source.Kind.FOLDER)
    post = Post.objects.create(source=source, external_id="+1", caption='@SUM(1)\n"x"')
    for position, key in enumerate(("cat", "pet")):
        hashtag = Hashtag.objects.create(key=key, display=key.title())
        Tagging.objects.create(post=post, hashtag=hashtag, position=position, source=source, origin="import:1")
    return post


def export(client: Client, table: str, format: str, query: str = "") -> str:
    return client.post(f"/admin/corpus/{table}/export/{query}", {"format": format, "resource": ""}).content.decode()


def test_it_works(admin_client: Client, post: Post) -> None:
    [row] = csv.DictReader(io.StringIO(export(admin_client, "post", CSV), newline=""))
    assert row["source"] == "'=cmd|' /C calc'!A0"
    assert row["external_id"] == "'+1"
    assert row["caption"] == '\'@SUM(1)\n"x"'
    assert (row["hashtags"], row["status"], row["split"]) == ("cat pet", "pending", "train")


def test_json_keeps_every_text(admin_client: Client, post: Post) -> None:
    [row] = json.loads(export(admin_client, "post", JSON))
    assert row["source"] == "=cmd|' /C calc'!A0" and row["external_id"] == "+1"


def test_json_has_types(admin_client: Client, post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(width=640, looks_like=post)
    [row] = json.loads(export(admin_client, "post", JSON))
    assert (row["id"], row["width"], row["height"]) == (post.pk, 640, None)
    assert (row["looks_like"], row["duplicate_of"], row["taken"]) == (post.pk, None, None)
    assert row["hashtags"] == ["cat", "pet"]
    assert datetime.fromisoformat(row["created"]) == post.created
    Hashtag.objects.filter(key="cat").update(genericness=0.5, status_date=date(2026, 1, 31))
    cat = json.loads(export(admin_client, "hashtag", JSON))[0]
    assert (cat["genericness"], cat["posts_number"], cat["status_date"]) == (0.5, 0, "2026-01-31")
    PopularHashtag.objects.update_or_create(key="love", defaults={"wanted": 5, "listed_on": None})
    rows = {row["key"]: row for row in json.loads(export(admin_client, "popularhashtag", JSON))}
    assert (rows["love"]["wanted"], rows["love"]["listed_on"]) == (5, None)


def test_hashtags(admin_client: Client, post: Post) -> None:
    Hashtag.objects.filter(key="pet").update(alias_of=Hashtag.objects.get(key="cat"), genericness=0.5)
    rows = {row["key"]: row for row in json.loads(export(admin_client, "hashtag", JSON))}
    assert rows["pet"]["alias_of"] == "cat" and rows["pet"]["display"] == "Pet" and rows["cat"]["alias_of"] is None


def test_the_filter_of_the_list_counts(admin_client: Client, post: Post) -> None:
    assert json.loads(export(admin_client, "post", JSON, "?status__exact=approved")) == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_formulas_are_text(start: str) -> None:
    assert defused(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    "inner", [";=1", "\n=1", "\t+1", ",@x", "; -1", ';"=1"', "\r\n%1", "\u2028=1", "; '=1", "a;;=1"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_of_another_separator_is_a_formula(
    admin_client: Client, post: Post, inner: str, separator: str
) -> None:
    Post.objects.filter(pk=post.pk).update(caption=f"a{inner}", external_id="1", source=Source.objects.create(name="b"))
    text = export(admin_client, "post", CSV)
    quoting = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    breaking = [line.split(separator) for line in text.splitlines()]  # as a program that breaks lines first
    cells = [cell.lstrip(' "') for row in quoting + breaking for cell in row]
    assert len(cells) > 2 and not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "%"))]


@pytest.mark.parametrize("cell", ["a, b; c", "a-b, c=d", "one\ntwo", "#cat, #pet", "5; 6"])
def test_texts_without_formulas_stay(cell: str) -> None:
    assert defused(cell) == cell


@pytest.mark.parametrize("cell", ["cat", "", None, 5, -5, "a=b", "#cat"])
def test_other_cells_stay(cell: object) -> None:
    assert defused(cell) == cell


def test_many_posts_cost_few_queries(post: Post) -> None:
    Post.objects.bulk_create(Post(source=post.source, external_id=str(n), looks_like=post) for n in range(5000))
    with CaptureQueriesContext(connection) as asked:
        assert len(PostResource().export(Post.objects.all())) == 5001
    assert len(asked) < 20


def test_only_csv_and_json_for_those_who_may_look(admin_client: Client, client: Client, post: Post) -> None:
    choices = admin_client.get("/admin/corpus/post/export/").context["form"].fields["format"].choices
    assert [str(text).lower() for _, text in choices if text and "elect" not in str(text) and "-" not in str(text)] == [
        "csv",
        "json",
    ]
    client.force_login(User.objects.create_user("otto", is_staff=True))
    assert client.get("/admin/corpus/post/export/").status_code == 403
