"""Baselines of an evaluation: fitted once, then taken from the cache, and a note where they cannot be fitted."""

from pathlib import Path

import pytest
from django.conf import settings

from predictor import evaluation
from predictor.evaluation import cache
from predictor.ml.baselines import registry
from predictor.ml.baselines.popularity import Popularity
from predictor.ml.baselines.published_als import PublishedAls
from predictor.ml.baselines.registry import Entry
from predictor.ml.contract import SuggestedTag
from predictor.ml.rankings import Rankings
from tests.predictor.conftest import serve, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]
NAMES = ["popularity", "published als", "reference als", "published w2v", "reference w2v"]


@pytest.fixture
def only_als(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quickest of the baselines alone."""
    entries = [Entry("popularity", None, Popularity), Entry("published als", "als", PublishedAls)]
    monkeypatch.setattr(registry, "baselines", lambda: entries)


def kept() -> list[Path]:
    return sorted(cache.folder().glob("*.npz"))


def test_it_works() -> None:
    store(90)
    store(9, split="dev")
    for kind in ("als", "w2v"):
        serve(kind)
    report = evaluation.evaluate("dev")
    rows = {row.name: row for row in report.rows}
    assert list(rows)[:7] == [*NAMES, "als", "w2v"]
    assert rows["published als"].metrics.P1 > 0.9 > rows["popularity"].metrics.P1
    assert rows["reference w2v"].reliability is not None and rows["published w2v"].reliability is None
    telling = {(one.name, one.than) for one in report.telling()}
    assert {("als", "published als"), ("als", "reference als"), ("w2v", "reference w2v"), ("blend", "als")} <= telling
    assert ("als", "reference w2v") not in telling and ("als", "popularity") not in telling


def test_each_stands_beside_a_version() -> None:
    store(90)
    store(3, split="dev")
    serve("als")
    assert [row.name for row in evaluation.evaluate("dev").rows][:4] == [*NAMES[:3], "als"]


@pytest.mark.usefixtures("only_als")
def test_what_was_ranked_before_is_not_fitted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store(30)
    store(3, split="dev")
    serve("als")
    first = evaluation.evaluate("dev")
    (file,) = kept()

    def fit(*args: object) -> None:
        raise AssertionError("It is in the cache.")

    with monkeypatch.context() as patch:
        patch.setattr(PublishedAls, "fit", fit)
        assert evaluation.evaluate("dev").rows[1].metrics == first.rows[1].metrics
    file.write_bytes(b"damaged")
    assert evaluation.evaluate("dev").rows[1].metrics == first.rows[1].metrics
    store(3, name="more")
    evaluation.evaluate("dev")
    assert len(kept()) == 2, "other training posts give another baseline"


@pytest.mark.usefixtures("only_als")
def test_too_few_posts_for_a_baseline_are_a_note() -> None:
    store(3)
    store(3, split="dev")
    serve("als")
    report = evaluation.evaluate("dev")
    assert [row.name for row in report.rows][:2] == ["popularity", "als"]
    assert report.notes[0].startswith("The baseline 'published als' was not measured: A model needs at least 5 posts")


@pytest.mark.usefixtures("only_als")
def test_without_training_posts_there_are_versions_alone() -> None:
    store(3, split="dev")
    serve("als")
    report = evaluation.evaluate("dev")
    assert [row.name for row in report.rows][:2] == ["als", "blend"]
    assert report.notes[0].startswith("The baseline 'popularity' was not measured: There is nothing to count")
    assert report.rows[0].metrics.P1 > 0.9


@pytest.mark.usefixtures("only_als")
def test_published_experiments_are_repeated_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    store(30)
    store(3, split="dev")
    serve("als")
    monkeypatch.setattr(registry, "recipes", lambda: [Entry("als again", "als", PublishedAls)])
    report = evaluation.evaluate("dev", recipes=True)
    assert report.rows[-1].name == "als again"
    assert report.rows[-1].metrics == report.rows[1].metrics
    assert "als again" not in report.tag_rows
    assert [row.name for row in evaluation.evaluate("dev").rows].count("als again") == 0


def test_the_published_experiments() -> None:
    names = [entry.name for entry in registry.recipes()]
    for window in (2, 3, 5):
        for size in (150, 500):
            assert f"w2v window {window}, size {size}" in names


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT", 2)
    ranked = Rankings.collect([[SuggestedTag("sea", 0.5, 0.5)]], 2)
    for number in range(4):
        assert cache.kept(number, lambda: ranked)[0] == ranked[0]
    assert len(kept()) == 2
    assert not list((settings.HOME / "evaluations" / "cache").glob(".*")), "no draft is left behind"
