"""The reliability curve: sure answers that are right, and answers that promise too much."""

import numpy as np
import pytest

from predictor.ml.reliability import reliability


def test_it_works() -> None:
    """Of ten answers of 25 % two are right, of ten of 95 % nine."""
    scores = np.repeat([0.25, 0.95], 10).astype(np.float32)
    right = np.array([True] * 2 + [False] * 8 + [True] * 9 + [False])
    found = reliability(scores, right)
    assert found is not None
    assert [(one.low, one.high, one.answers) for one in found.bins] == [(0.2, 0.3, 10), (0.9, 1.0, 10)]
    assert [one.right for one in found.bins] == pytest.approx([0.2, 0.9])
    assert found.error == pytest.approx(0.05)


def test_certainty_has_a_bin() -> None:
    found = reliability(np.array([1.0, 0.0], np.float32), np.array([True, True]))
    assert found is not None
    assert [one.answers for one in found.bins] == [1, 1]
    assert found.error == 0.5


@pytest.mark.parametrize("scores", [[], [1.5], [-0.1, 0.5], [float("nan")]])
def test_what_is_no_probability_has_no_curve(scores: list[float]) -> None:
    assert reliability(np.array(scores, np.float32), np.ones(len(scores), bool)) is None
