"""Metrics against small examples worked out by hand."""

import numpy as np
import pytest

from predictor.ml import metrics
from predictor.ml.contract import TaggedPost

TRUTHS = [{"a", "b"}, {"a", "c", "d"}]
RANKINGS = [["a", "x", "y", "z", "v", "b"], ["x", "c", "d", "y", "z", "a"]]


def test_it_works() -> None:
    found = metrics.measure(TRUTHS, RANKINGS)
    assert found.posts == 2
    assert found.P1 == 0.5
    assert pytest.approx(7 / 12) == found.R5
    assert found.A5 == 1
    assert found.R10 == 1
    assert found.microR10 == 1


def test_per_hashtag() -> None:
    """a: given once, right once, wanted twice; b: never given; c and d: given once, right once, wanted once."""
    found = metrics.measure(TRUTHS, RANKINGS, head={"a"})
    assert found.precision == pytest.approx((1 + 0 + 1 + 1) / 4)
    assert found.recall == pytest.approx((0.5 + 0 + 1 + 1) / 4)
    assert pytest.approx(0.6818182) == found.F1
    assert found.Nplus == 3
    assert found.head_recall == 0.5
    assert found.tail_recall == pytest.approx(2 / 3)
    assert found.coverage == pytest.approx(7 / 8)


def test_micro_recall_weighs_hashtags_not_photos() -> None:
    found = metrics.measure([{"a"}, {"b", "c", "d"}], [["a"], ["x"]])
    assert found.R10 == 0.5
    assert found.microR10 == 0.25


def test_nothing_right() -> None:
    found = metrics.measure([{"a"}], [[]])
    assert (found.P1, found.R5, found.F1, found.Nplus) == (0, 0, 0, 0)


def test_limit_drops_words_and_photos_without_truth() -> None:
    truths, rankings = metrics.limit([{"a", "q"}, {"q"}], [["q", "a"], ["a"]], ["a", "b"])
    assert truths == [{"a"}]
    assert rankings == [["a"]]


def test_photos_without_truth_are_refused() -> None:
    for truths in ([], [set[str]()]):
        with pytest.raises(ValueError, match="at least one"):
            metrics.measure(truths, [["a"]] * len(truths))


def test_interval_holds_the_mean_and_shrinks_with_photos() -> None:
    few = np.array([0.0, 1.0] * 20)
    low, high = metrics.interval(few)
    assert low < 0.5 < high
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / 40**0.5, rel=0.15)
    low_many, high_many = metrics.interval(np.tile(few, 25))
    assert high_many - low_many < (high - low) / 3


def test_paired_difference() -> None:
    ours, theirs = np.array([1.0, 0.5, 1.0, 0.5]), np.array([0.5, 0.0, 0.5, 0.0])
    mean, (low, high) = metrics.paired_difference(ours, theirs)
    assert mean == low == high == 0.5
    with pytest.raises(ValueError, match="same photos"):
        metrics.paired_difference(ours, theirs[:2])


def test_popularity() -> None:
    posts = [TaggedPost(1, ("b", "a")), TaggedPost(2, ("b", "b")), TaggedPost(3, ("c", "a", "b"))]
    assert metrics.popularity(posts) == ["b", "a", "c"]
