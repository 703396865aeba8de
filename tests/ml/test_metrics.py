"""Metrics against small examples worked out by hand."""

from collections.abc import Collection, Sequence

import numpy as np
import pytest

from predictor.ml import metrics
from predictor.ml.contract import TaggedPost
from predictor.ml.metrics import Judged, Metrics, Truth

TRUTHS = [{"a", "b"}, {"a", "c", "d"}]
RANKINGS = [["a", "x", "y", "z", "v", "b"], ["x", "c", "d", "y", "z", "a"]]


def judged(truths: Sequence[Collection[str]] = TRUTHS, rankings: Sequence[Sequence[str]] = RANKINGS) -> Judged:
    return metrics.judge(Truth.of(truths), rankings)


def measured(one: Judged, head: Collection[str] = (), answers: Collection[str] = ()) -> Metrics:
    return metrics.measure(one, metrics.draw([one])[0], head, answers)


def test_it_works() -> None:
    found = measured(judged())
    assert found.posts == 2
    assert found.P1 == 0.5
    assert pytest.approx(7 / 12) == found.R5
    assert found.A5 == 1
    assert found.R10 == 1
    assert found.microR10 == 1


def test_per_hashtag() -> None:
    """a: given once, right once, wanted twice; b: never given; c and d: given once, right once, wanted once."""
    found = measured(judged(), head={"a"}, answers="abcdefghvxyz")
    assert found.precision == pytest.approx((1 + 0 + 1 + 1) / 4)
    assert found.recall == pytest.approx((0.5 + 0 + 1 + 1) / 4)
    assert pytest.approx(0.6818182) == found.F1
    assert found.Nplus == 3
    assert found.head_recall == 0.5
    assert found.tail_recall == pytest.approx(2 / 3)
    assert found.coverage == pytest.approx(7 / 12), "a, x, y, z, v, c, d stand among the first five"


def test_coverage_is_of_what_could_have_been_answered() -> None:
    """A version that learned from other posts may know hashtags that these do not carry."""
    assert measured(judged([{"a"}], [["x", "y", "a"]]), answers="ab").coverage == 0.5
    assert measured(judged()).coverage == 0


def test_micro_recall_weighs_hashtags_not_photos() -> None:
    found = measured(judged([{"a"}, {"b", "c", "d"}], [["a"], ["x"]]))
    assert found.R10 == 0.5
    assert found.microR10 == 0.25


def test_nothing_right() -> None:
    found = measured(judged([{"a"}], [[]]), head={"a"})
    assert (found.P1, found.R5, found.F1, found.Nplus) == (0, 0, 0, 0)
    assert (found.R5_ci, found.F1_ci) == ((0, 0), (0, 0))
    assert found.tail_recall is None, "there is no hashtag outside the head"


def test_photos_without_truth_are_refused() -> None:
    for truths in ([], [set[str]()]):
        with pytest.raises(ValueError, match="at least one"):
            Truth.of(truths)


def test_there_is_one_ranking_for_each_photo() -> None:
    with pytest.raises(ValueError, match="one ranking for each photo"):
        judged(TRUTHS, RANKINGS[:1])


def test_only_the_first_ten_answers_count() -> None:
    assert measured(judged([{"a"}], [[*"bcdefghijk", "a"]])).R10 == 0
    assert measured(judged([{"a"}], [[*"bcdefghij", "a"]])).R10 == 1


def test_the_intervals_hold_what_was_measured_and_shrink_with_photos() -> None:
    random = np.random.default_rng(3)
    truths = [{*random.choice(list("abcdefgh"), 3)} for _ in range(400)]
    rankings = [list(random.permutation(list("abcdefgh"))[:5]) for _ in truths]
    few, many = (measured(judged(truths[:count], rankings[:count])) for count in (40, 400))
    for found in (few, many):
        for name in ("R5", "R10", "F1"):
            low, high = getattr(found, f"{name}_ci")
            assert low < getattr(found, name) < high
    assert many.R5_ci[1] - many.R5_ci[0] < 0.5 * (few.R5_ci[1] - few.R5_ci[0])
    assert many.F1_ci[1] - many.F1_ci[0] < 0.7 * (few.F1_ci[1] - few.F1_ci[0])


def test_a_draw_counts_each_photo_as_often_as_it_was_drawn() -> None:
    """Drawn twice and not at all: photo 2 is as if it were not there."""
    alone = judged(TRUTHS[:1], RANKINGS[:1]).by_tag()
    twice = judged().by_tag(np.array([[2, 0]]))
    assert [float(values[0]) for values in twice.means()] == [float(values[0]) for values in alone.means()]
    assert twice.wanted.tolist() == [[2, 2, 0, 0]]
    assert twice.right.tolist() == [[2, 0, 0, 0]]


def test_rankings_are_drawn_alike() -> None:
    """The same ranking twice differs in no draw."""
    first, second = metrics.draw([judged(), judged()])
    assert np.array_equal(first.R5, second.R5) and np.array_equal(first.F1, second.F1)
    assert len(set(first.R5.tolist())) > 1


def test_popularity() -> None:
    posts = [TaggedPost(1, ("b", "a")), TaggedPost(2, ("b", "b")), TaggedPost(3, ("c", "a", "b"))]
    assert metrics.popularity(posts) == ["b", "a", "c"]
