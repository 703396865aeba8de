"""Evaluation: figures that can be computed by hand, beside popularity, for every version that serves."""

import pytest

from corpus.models import Hashtag, Post
from predictor import evaluation, versions
from predictor.evaluation import NothingToMeasure, Report, Row
from predictor.ml.contract import SuggestedTag, Vector
from predictor.models import ActiveVersion, ModelVersion
from tests.predictor.conftest import serve, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


class Parrot:
    """A model that says the same of every photo."""

    def __init__(self, *tags: str) -> None:
        self.tags = tags

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        return [SuggestedTag(tag, 1 / rank, 0.1) for rank, tag in enumerate(self.tags[:k], start=1)]


@pytest.fixture
def parrots(monkeypatch: pytest.MonkeyPatch) -> dict[str, Parrot]:
    """Two serving versions, whose answers a test chooses."""
    said = {"als": Parrot("sea"), "w2v": Parrot("city")}
    for kind in said:
        serve(kind)

    def open_version(version: ModelVersion) -> Parrot:
        return said[version.kind]

    monkeypatch.setattr(versions, "open_version", open_version)
    return said


def named(report: Report) -> dict[str, Row]:
    return {row.name: row for row in report.rows}


def test_it_works(parrots: dict[str, Parrot]) -> None:
    store(9)  # sea beach, city street, food cake, ...
    store(3, split="dev")  # sea beach, city street, food cake
    parrots["als"] = Parrot("sea", "beach", "x", "y", "z", "city")
    parrots["w2v"] = Parrot("city")
    report = evaluation.evaluate("dev")
    rows = named(report)
    assert (report.split, report.posts) == ("dev", 3)
    assert list(rows) == ["popularity", "als", "w2v", "blend"]
    als = rows["als"].metrics
    assert als.P1 == als.A5 == als.R5 == pytest.approx(1 / 3)
    assert als.R10 == als.microR10 == pytest.approx(1 / 2)
    assert als.Nplus == 2
    assert pytest.approx(1 / 6) == rows["w2v"].metrics.R5
    assert rows["als"].version == str(versions.active()["als"])
    assert rows["popularity"].version is rows["blend"].version is None


def test_per_hashtag_figures(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(3, split="dev")
    parrots["als"] = Parrot("sea", "city")
    als = named(evaluation.evaluate("dev"))["als"].metrics
    # Six hashtags are true; sea and city are given three times each and right once; the others are never given.
    assert als.precision == pytest.approx((1 / 3 + 1 / 3) / 6)
    assert als.recall == pytest.approx(2 / 6)
    assert pytest.approx(2 * (1 / 9) * (1 / 3) / (1 / 9 + 1 / 3)) == als.F1
    assert als.Nplus == 2


def test_popularity_is_of_the_training_posts(parrots: dict[str, Parrot]) -> None:
    store(7)  # three of the sea, two of the city, two of the food
    store(3, split="dev")
    popular = named(evaluation.evaluate("dev"))["popularity"].metrics
    assert pytest.approx(1 / 3) == popular.P1, "the first is sea"
    assert popular.R10 == 1.0


def test_the_blend_is_of_both(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(3, split="dev")
    parrots["als"], parrots["w2v"] = Parrot("sea", "food"), Parrot("city", "food")
    blend = named(evaluation.evaluate("dev"))["blend"].metrics
    assert blend.A5 == 1.0
    assert pytest.approx(1 / 3) == blend.P1, "food is second in both, and first in the blend"


def test_words_limit_truth_and_answers(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(3, split="dev")
    parrots["als"] = Parrot("x", "y", "z", "beach", "w", "sea")
    report = evaluation.evaluate("dev", words={"sea", "city"})
    rows = named(report)
    assert report.posts == 2, "the photo of food has no word left"
    assert (rows["als"].metrics.P1, rows["als"].metrics.R5) == (0.5, 0.5)
    assert rows["popularity"].metrics.R5 == 1.0
    with pytest.raises(NothingToMeasure, match="None of the given words"):
        evaluation.evaluate("dev", words={"x"})


def test_real_versions_beat_popularity() -> None:
    store(90)
    store(30, split="test")
    for kind in ("als", "w2v"):
        serve(kind)
    rows = named(evaluation.evaluate("test"))
    for name in ("als", "w2v", "blend"):
        assert rows[name].metrics.P1 > 0.9 > rows["popularity"].metrics.P1
        assert rows[name].metrics.R5_ci[0] <= rows[name].metrics.R5 <= rows[name].metrics.R5_ci[1]


def test_the_splits_do_not_mix(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(2, split="dev")
    store(1, split="test")
    assert evaluation.evaluate("dev").posts == 2
    assert evaluation.evaluate("test").posts == 1


def test_without_a_version_or_photos_there_is_nothing_to_measure(parrots: dict[str, Parrot]) -> None:
    store(3)
    with pytest.raises(NothingToMeasure, match="no photo posts in the dev split"):
        evaluation.evaluate("dev")
    ActiveVersion.objects.all().delete()
    with pytest.raises(NothingToMeasure, match="no trained version"):
        evaluation.evaluate("dev")


def test_banned_hashtags_are_no_truth(parrots: dict[str, Parrot]) -> None:
    store(3)
    dev = store(3, split="dev")
    Hashtag.objects.filter(key__in=["sea", "beach"]).update(status=Hashtag.Status.BANNED)
    assert evaluation.evaluate("dev").posts == len(dev) - 1
    assert Post.objects.filter(split="dev").count() == len(dev)
