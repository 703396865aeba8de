"""The bootstrap: the same draws for every ranking, and intervals as wide as theory has them."""

import numpy as np
import pytest

from predictor.ml import bootstrap
from predictor.ml.bootstrap import DRAWS


def test_it_works() -> None:
    """The interval of a mean of 40 coins is about 2 * 1.96 standard errors wide."""
    coins = np.array([0.0, 1.0] * 20)
    drawn = np.concatenate([some @ coins / 40 for some in bootstrap.weights(40)])
    low, high = bootstrap.interval(drawn)
    assert len(drawn) == DRAWS
    assert low < 0.5 < high
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / 40**0.5, rel=0.15)


def test_each_draw_takes_as_many_photos_as_there_are() -> None:
    parts = list(bootstrap.weights(7, draws=250))
    assert [len(part) for part in parts] == [100, 100, 50]
    assert all((part.sum(axis=1) == 7).all() for part in parts)


def test_draws_can_be_repeated() -> None:
    first, second = (np.concatenate(list(bootstrap.weights(7, draws=5))) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, np.concatenate(list(bootstrap.weights(7, draws=5, seed=2))))


def test_difference() -> None:
    ours, theirs = np.full(DRAWS, 0.7), np.full(DRAWS, 0.2)
    found = bootstrap.difference(0.5, ours, theirs)
    assert (found.measured, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))
    assert found.verdict == 1
    assert bootstrap.difference(-0.5, theirs, ours).verdict == -1
    assert bootstrap.difference(0.0, np.linspace(0, 1, DRAWS), np.full(DRAWS, 0.5)).verdict == 0


def test_only_what_was_drawn_alike_is_compared() -> None:
    with pytest.raises(ValueError, match="same photos"):
        bootstrap.difference(0.0, np.zeros(5), np.zeros(4))
