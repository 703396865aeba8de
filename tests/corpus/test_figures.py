"""Figures for the admin's pages: each is right, resolves aliases, and asks a fixed number of questions."""

import pytest
from pytest_django import DjangoAssertNumQueries

from corpus import figures, statistics
from corpus.models import Hashtag
from tests.corpus.lists import store_lists

pytestmark = pytest.mark.django_db


def alias(key: str, of: str) -> None:
    Hashtag.objects.filter(key=key).update(alias_of=Hashtag.objects.get(key=of))


def beside(key: str, limit: int = 10) -> list[tuple[str, int, float]]:
    partners = figures.co_occurring(Hashtag.objects.get(key=key), limit)
    return [(partner.hashtag.key, partner.posts, partner.share) for partner in partners]


def test_it_works(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    store_lists([("sea", "sun", "sky")] * 2 + [("sea", "sun"), ("sea",), ("sun", "fog")])
    hashtag = Hashtag.objects.get(key="sea")
    with django_assert_num_queries(3):
        figures.co_occurring(hashtag, 10)
    assert beside("sea") == [("sun", 3, 0.75), ("sky", 2, 0.5)]
    assert beside("sea", 1) == [("sun", 3, 0.75)]


def test_company_counts_aliases_as_what_they_stand_for() -> None:
    store_lists([("sea", "ocean", "sun"), ("ocean", "sunny", "sun"), ("ocean", "fog"), ("sun",)])
    alias("ocean", "sea")
    alias("sunny", "sun")
    assert beside("sea") == beside("ocean") == [("sun", 2, 2 / 3), ("fog", 1, 1 / 3)]


def test_company_on_approved_originals_alone() -> None:
    first, *_ = store_lists([("sea", "sun")])
    store_lists([("sea", "sky")], status="pending")
    store_lists([("sea", "fog")], duplicate_of=first)
    assert beside("sea") == [("sun", 1, 1.0)]
    assert beside("sky") == []


def test_a_hashtag_that_always_has_the_same_company_is_not_its_own() -> None:
    store_lists([("b", "a", "c")] * 2)
    assert beside("b", 2) == [("a", 2, 1.0), ("c", 2, 1.0)]


def test_posts_by_source(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    store_lists([("sea",)] * 3, source="one")
    store_lists([("sea",)] * 2, source="two", status="pending")
    store_lists([("sea",)], source="two", status="rejected")
    with django_assert_num_queries(2):
        found = figures.posts_by_source()
    assert [(row.name, row.approved, row.pending, row.rejected, row.total) for row in found] == [
        ("one", 3, 0, 0, 3),
        ("two", 0, 2, 1, 3),
    ]


def test_tags_per_post(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    store_lists([("a",), ("b",), ("a", "b", "c"), ()])
    store_lists([("a", "b")], status="pending")
    with django_assert_num_queries(1):
        assert figures.tags_per_post() == [(0, 1), (1, 2), (3, 1)]


def test_top_and_tail() -> None:
    store_lists([("a", "b", "c"), ("a", "b"), ("a",), ()])
    Hashtag.objects.create(key="unseen", display="unseen")
    statistics.refresh()
    assert [row.key for row in figures.top_hashtags(2)] == ["a", "b"]
    assert figures.tail() == [3, 2, 1]


def test_example_posts() -> None:
    old, new = store_lists([("sea", "ocean")], image="a.jpg") + store_lists([("ocean",)], image="b.jpg")
    store_lists([("sea",)])
    store_lists([("sea",)], image="c.jpg", status="rejected")
    store_lists([("sun",)], image="d.jpg")
    alias("ocean", "sea")
    assert figures.example_posts(Hashtag.objects.get(key="sea"), 5) == [new, old]
    assert figures.example_posts(Hashtag.objects.get(key="ocean"), 1) == [new]
