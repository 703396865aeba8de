"""What a version knows of hashtags: its own neighbours, and the tier of the day, read back by one query."""

import math

import pytest
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from corpus.models import Hashtag, Post
from predictor.inference import Engine
from predictor.learning import vocabulary
from predictor.ml.als import AlsModel
from predictor.models import ModelVersion, VersionHashtag
from tests.ml import toys
from tests.predictor.conftest import serve, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


def tiers(version: ModelVersion) -> dict[str, str]:
    return dict(version.known.values_list("tag", "tier"))


def test_it_works() -> None:
    store(90)
    version = serve()
    known = {row.tag: row for row in version.known.all()}
    model = AlsModel().fit(*toys.corpus())
    expected = {tag: [[near, round(cosine, 3)] for near, cosine in rows] for tag, rows in model.kin(20).items()}
    assert {tag: row.neighbours for tag, row in known.items()} == expected
    assert len(known["sea"].neighbours) == 8
    assert known["sea"].tier == "popular" and known["night"].tier == "common"


def test_a_home_without_posts_knows_no_tier() -> None:
    assert set(tiers(serve()).values()) == {""}


def test_tiers_are_of_approved_posts_and_of_what_an_alias_stands_for() -> None:
    posts = store(90)
    Post.objects.filter(pk__in=[post.pk for post in posts[:85]]).update(status="pending")
    assert set(tiers(serve()).values()) == {"", "rare"}
    Post.objects.update(status="approved")
    Hashtag.objects.filter(key="street").update(alias_of=Hashtag.objects.get(key="city"))
    assert tiers(serve())["street"] == ""


def test_recall(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    store(90)
    als, w2v, other = serve("als"), serve("w2v"), serve("als")
    with django_assert_num_queries(1):
        found = vocabulary.recall([w2v.pk, als.pk], ["sea", "beach", "unheard"])
    assert [sorted(kin) for kin in found.kin] == [["beach", "sea"]] * 2
    for version, kin in zip((w2v, als), found.kin, strict=True):
        assert kin["sea"] == VersionHashtag.objects.get(version=version, tag="sea").neighbours
    assert found.tiers == {"sea": "popular", "beach": tiers(other)["beach"]}


def test_recall_of_all_hashtags() -> None:
    store(90)
    version = serve()
    found = vocabulary.recall([version.pk])
    assert found.tiers == tiers(version)
    assert found.kin == [{row.tag: row.neighbours for row in version.known.all()}]


def test_versions_that_know_nothing_any_more() -> None:
    version = serve()
    version.known.all().delete()
    assert vocabulary.recall([version.pk], ["sea"]) == vocabulary.Knowledge([{}], {})


def test_every_hashtag_has_a_place_on_the_map() -> None:
    version = serve()
    places = {row.tag: (row.x, row.y) for row in version.known.all()}
    assert all(x is not None and y is not None and 0 <= x <= 1 and 0 <= y <= 1 for x, y in places.values())
    assert len(set(places.values())) > 1


def test_the_map_of_a_version_goes_on_from_that_of_its_parent() -> None:
    parent = serve()
    VersionHashtag.objects.filter(version=parent).update(x=F("y"), y=F("x"))
    turned = {row.tag: (row.x or 0, row.y or 0) for row in parent.known.all()}
    moved = [math.dist((row.x or 0, row.y or 0), turned[row.tag]) for row in serve().known.all()]
    assert sum(moved) / len(moved) < 0.15


def test_a_version_of_an_older_program_gets_its_map_when_it_is_loaded() -> None:
    version = serve()
    drawn = list(version.known.order_by("tag").values_list("tag", "x", "y"))
    version.known.update(x=None, y=None)
    Engine().refresh()
    assert list(version.known.order_by("tag").values_list("tag", "x", "y")) == drawn
