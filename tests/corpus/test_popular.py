"""Lists of popular hashtags: each line is read or refused with a sentence, and storing twice changes nothing."""

from datetime import date
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from corpus import popular, statistics
from corpus.models import Hashtag, ImportRun, PopularHashtag, Source
from corpus.popular import Listed, PopularError, parse_lines, read, store
from tests.corpus.lists import store_lists

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_list() -> None:
    """Start without the list that migrations put into a fresh site."""
    PopularHashtag.objects.all().delete()


def refusals(*lines: str, head: str = "hashtag,source,date,wanted") -> list[str]:
    return parse_lines([head, *lines])[1]


def test_it_works() -> None:
    rows, refused = parse_lines(
        ["Hashtag, source,date,wanted\n", "#Love,a page,2026-01-31,700\n", "\n", "ｃａｔ,,,\n", '"sea","one, two"\n']
    )
    assert refused == []
    assert rows == [Listed("love", "a page", date(2026, 1, 31), 700), Listed("cat"), Listed("sea", "one, two")]
    assert store(rows) == (3, 0)
    love, cat = PopularHashtag.objects.get(key="love"), PopularHashtag.objects.get(key="cat")
    assert (love.listed_by, love.listed_on, love.wanted) == ("a page", date(2026, 1, 31), 700)
    assert (cat.listed_by, cat.listed_on, cat.wanted) == ("", None, PopularHashtag.WANTED)


def test_storing_twice_changes_nothing() -> None:
    rows = [Listed("love", "a page"), Listed("cat", wanted=5)]
    store(rows)
    before = list(PopularHashtag.objects.values())
    assert store(rows) == (0, 0)
    assert list(PopularHashtag.objects.values()) == before


def test_what_a_later_list_leaves_empty_stays() -> None:
    scraped = timezone.now()
    store([Listed("love", "a page", date(2026, 1, 31), 700), Listed("cat", "a page")])
    PopularHashtag.objects.update(last_scraped=scraped)
    assert store([Listed("love", wanted=0), Listed("cat", "another", date(2026, 2, 1)), Listed("dog")]) == (1, 2)
    values = PopularHashtag.objects.values_list("key", "listed_by", "listed_on", "wanted", "last_scraped")
    assert list(values) == [
        ("cat", "another", date(2026, 2, 1), PopularHashtag.WANTED, scraped),
        ("dog", "", None, PopularHashtag.WANTED, None),
        ("love", "a page", date(2026, 1, 31), 0, scraped),
    ]


def test_a_list_puts_no_words_into_the_vocabulary() -> None:
    store([Listed("love")])
    assert not Hashtag.objects.exists()


def test_columns_may_stand_in_any_order_and_be_those_of_an_export() -> None:
    rows, _ = parse_lines(["wanted,listed_on,key,listed_by", "7,2026-01-31,love,a page"])
    assert rows == [Listed("love", "a page", date(2026, 1, 31), 7)]


def test_source_and_date_hold_for_lines_that_name_none() -> None:
    rows, _ = parse_lines(["hashtag,source,date", "love,,", "cat,own,2025-01-01"], "given", date(2026, 1, 31))
    assert rows == [Listed("love", "given", date(2026, 1, 31)), Listed("cat", "own", date(2025, 1, 1))]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("x y", "Line 2 names no hashtag: A hashtag cannot hold ' '."),
        (",a page", "Line 2 names no hashtag: A hashtag needs at least one letter"),
        ("a\0b", "Line 2 names no hashtag: A hashtag cannot hold control characters."),
        ("love,,2026-13-01", "Line 2 has a date that is none: '2026-13-01'. Write it as 2026-01-31."),
        ("love,,,many", "Line 2 wants 'many' posts. Write a number from 0 to 1,000,000, without separators."),
        ("love,,,-1", "Line 2 wants '-1' posts."),
        ("love,,,²", "Line 2 wants '²' posts."),
        ("love,,,1000001", "Line 2 wants '1000001' posts."),
        ("love,,,5,more", "Line 2 has more cells than the first line has columns."),
        ("love," + "x" * 201, "Line 2 needs another source: at most 200 printable characters."),
        ("love,a\u202eb", "Line 2 needs another source"),
    ],
)
def test_a_bad_line_is_refused_with_a_sentence(line: str, sentence: str) -> None:
    rows, refused = parse_lines(["hashtag,source,date,wanted", line, "cat"])
    assert refused[0].startswith(sentence)
    assert (len(refused), rows) == (1, [Listed("cat")])


def test_a_hashtag_that_comes_twice_is_taken_once() -> None:
    rows, refused = parse_lines(["hashtag,wanted", "Love,1", "#love,2"])
    assert rows == [Listed("love", wanted=1)]
    assert refused == ["Line 3 names #love, which the list names before."]


@pytest.mark.parametrize("head", ["", "love", "hashtag,when", "source,date", "hashtag,hashtag", "hashtag;source"])
def test_without_the_names_of_the_columns_nothing_is_read(head: str) -> None:
    with pytest.raises(PopularError, match="The first line must name the columns: hashtag, and as wanted source"):
        refusals("love", head=head)


def test_lines_come_one_by_one() -> None:
    found = popular.each_line(["hashtag,source", "love", "x y", "cat,"], "given")
    assert list(found) == [
        Listed("love", "given"),
        "Line 3 names no hashtag: A hashtag cannot hold ' '.",
        Listed("cat", "given"),
    ]


def test_an_endless_cell_is_refused() -> None:
    with pytest.raises(PopularError, match="Line 2 is not CSV"):
        refusals("x" * 200_000)


def test_files_that_are_no_lists(tmp_path: Path) -> None:
    with pytest.raises(PopularError, match="cannot be read: No such file"):
        read(tmp_path / "missing.csv")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff")
    with pytest.raises(PopularError, match="picture.csv is not a text in UTF-8"):
        read(tmp_path / "picture.csv")


def test_a_file_is_not_read_without_end(tmp_path: Path) -> None:
    with (tmp_path / "long.csv").open("wb") as file:
        file.write(b"hashtag\n")
        file.truncate(300 * 1024 * 1024)  # one line of NUL characters, which takes no room on the disk
    with pytest.raises(PopularError, match="long.csv is larger than 5 MB"):
        read(tmp_path / "long.csv")


def test_a_spreadsheet_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes("\ufeffhashtag\r\nlove\r\n".encode())
    assert read(tmp_path / "list.csv") == ([Listed("love")], [])


def test_coverage(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    store_lists([("love",)] * 3 + [("amor",)] * 2 + [("cat",)] * 4)
    Hashtag.objects.filter(key="amor").update(alias_of=Hashtag.objects.get(key="love"))
    statistics.refresh()
    store([Listed("love", wanted=10), Listed("amor", wanted=2), Listed("cat", wanted=0), Listed("unseen", wanted=7)])
    with django_assert_num_queries(2):
        found = {row.popular.key: row for row in popular.coverage()}
    assert list(found) == ["amor", "cat", "love", "unseen"]
    assert {key: (row.posts, row.missing, row.share) for key, row in found.items()} == {
        "love": (5, 5, 0.5),
        "amor": (5, 0, 1.0),
        "cat": (4, 0, 1.0),
        "unseen": (0, 7, 0.0),
    }
    assert found["amor"].hashtag == Hashtag.objects.get(key="love")
    assert found["unseen"].hashtag is None


def test_the_shipped_list_is_the_published_one() -> None:
    rows, refused = read(popular.SHIPPED)
    keys = [row.key for row in rows]
    assert (len(keys), refused) == (50, [])
    assert (keys[0], keys[-1]) == ("instagood", "vscocam")
    assert {(row.source, row.on) for row in rows} == {("published list of monitored popular hashtags", None)}
    written = popular.SHIPPED.read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[0] for line in written] == keys  # the migration takes them as they are written


def test_a_fresh_site_has_the_shipped_list_and_gives_it_back() -> None:
    migration = import_module("corpus.migrations.0003_popular_list")
    store([Listed("love", "mine", wanted=3), Listed("sea", "mine")])
    editor = SimpleNamespace(connection=connection)
    for _ in range(2):  # safe to run twice
        migration.load(apps, editor)
    assert PopularHashtag.objects.count() == 51
    assert PopularHashtag.objects.get(key="love").wanted == 3
    migration.unload(apps, editor)
    assert list(PopularHashtag.objects.values_list("key", flat=True)) == ["love", "sea"]


def test_imports_from_before_they_had_a_state_are_done() -> None:
    source = Source.objects.create(name="mine", kind="folder")
    over, broken, failed = (ImportRun.objects.create(source=source) for _ in range(3))
    ImportRun.objects.filter(pk=over.pk).update(finished=timezone.now())
    ImportRun.objects.filter(pk=failed.pk).update(finished=timezone.now(), state="failed")
    editor = SimpleNamespace(connection=connection)
    import_module("corpus.migrations.0004_finished_imports").mark(apps, editor)
    states = dict(ImportRun.objects.values_list("pk", "state"))
    assert states == {over.pk: "done", broken.pk: "working", failed.pk: "failed"}
