"""The five as people see them: what the database knows decides, and each has its sentence."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from corpus.models import Hashtag
from predictor import five
from predictor.ml.best_set import Chosen, Reason, Why
from predictor.ml.contract import SuggestedTag
from predictor.models import ModelVersion, VersionHashtag

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ModelVersion:
    """A version that takes beach for sea, and knows a specific pier."""
    made = ModelVersion.objects.create(kind="als", backbone="toy@0")
    for tag, tier, near in (("sea", "popular", "beach"), ("beach", "popular", "sea"), ("pier", "specific", "boat")):
        VersionHashtag.objects.create(version=made, tag=tag, tier=tier, neighbours=[[near, 0.9]])
    return made


def blended(**probabilities: float) -> list[SuggestedTag]:
    return [SuggestedTag(tag, score, 0.1) for tag, score in probabilities.items()]


def test_it_works(version: ModelVersion) -> None:
    Hashtag.objects.create(key="sea", display="Sea")
    Hashtag.objects.create(key="spammy", display="spammy", status="spam")
    found = five.choose(blended(spammy=0.95, sea=0.83, beach=0.7, sky=0.45, pier=0.41, boat=0.004), [version.pk])
    assert [(pick.tag, pick.display, pick.score) for pick in found] == [
        ("sea", "Sea", 0.83),
        ("pier", "pier", 0.41),
        ("sky", "sky", 0.45),
        ("beach", "beach", 0.7),
        ("boat", "boat", 0.004),
    ]
    assert [pick.why.replace("\u00a0", " ") for pick in found] == [
        "Most likely (83 %).",
        "Adds a specific hashtag to the mix; 41 % likely.",
        "Instead of #beach, which says nearly the same as #Sea; 45 % likely.",
        "70 % likely.",
        "Fills the set; only under 1 % likely.",
    ]


def test_as_many_as_asked_for(version: ModelVersion) -> None:
    assert [pick.tag for pick in five.choose(blended(sea=0.8, sky=0.5, pier=0.1), [version.pk], 2)] == ["sea", "sky"]
    assert five.choose([], [version.pk]) == []


@pytest.mark.parametrize("length", [3, 300])
def test_two_queries_however_long_the_blend_is(
    version: ModelVersion, django_assert_num_queries: DjangoAssertNumQueries, length: int
) -> None:
    tags = [f"tag{number}" for number in range(length)]
    main = Hashtag.objects.create(key="main", display="main")
    Hashtag.objects.bulk_create(Hashtag(key=tag, display=tag, alias_of=main) for tag in tags)
    with django_assert_num_queries(2):
        assert five.choose([SuggestedTag(tag, 0.5, 0.1) for tag in tags], [version.pk])


@pytest.mark.parametrize("status", ["banned", "spam", "restricted"])
def test_an_alias_without_a_status_has_that_of_what_it_stands_for(status: str) -> None:
    bad = Hashtag.objects.create(key="bad", display="bad", status=status)
    Hashtag.objects.create(key="baad", display="baad", alias_of=bad)
    assert [pick.tag for pick in five.choose(blended(bad=0.9, baad=0.8, sea=0.5), [])] == ["sea"]


def test_a_banned_alias_stays_out_whatever_it_stands_for() -> None:
    good = Hashtag.objects.create(key="good", display="good")
    Hashtag.objects.create(key="gooood", display="gooood", status="banned", alias_of=good)
    assert [pick.tag for pick in five.choose(blended(gooood=0.9, good=0.8), [])] == ["good"]


@pytest.mark.parametrize(("days", "expected"), [(-1, ["sea", "sky"]), (0, ["sky"]), (None, ["sky"])])
def test_a_restriction_counts_until_it_expires(days: int | None, expected: list[str]) -> None:
    until = None if days is None else timezone.localdate() + timedelta(days=days)
    Hashtag.objects.create(key="sea", display="sea", status="restricted", status_until=until)
    assert [pick.tag for pick in five.choose(blended(sea=0.9, sky=0.8), [])] == expected


@pytest.mark.parametrize("why", Why)
def test_every_reason_has_a_sentence(why: Why) -> None:
    reason = Reason(why, tier="common", instead_of="beach", twin="sea")
    said = five.sentence(Chosen("sky", 0.5, reason), {"beach": "beach", "sea": "sea"})
    assert "50\u00a0%" in said and said.endswith(".")
