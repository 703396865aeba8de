"""From scores to probabilities: the regression finds what made the truth, and few photos do not mislead it."""

import numpy as np
import pytest

from predictor.ml import calibration
from predictor.ml.contract import Matrix, ModelError, Vector

TRUE = np.array([1.5, -0.6, 0.5], np.float32)


def photos(number: int, tags: int = 30) -> tuple[Matrix, Vector, Matrix]:
    """Scores, typical scores, and a truth drawn with the probabilities that `TRUE` makes of them."""
    random = np.random.default_rng(1)
    typical = random.uniform(0.05, 0.9, tags).astype(np.float32)
    scores = (random.random((number, tags)) * typical).astype(np.float32)
    truth = random.random((number, tags)) < calibration.of_scores(scores, typical, TRUE)
    return scores, typical, truth.astype(np.float32)


def test_it_works() -> None:
    scores, typical, truth = photos(4_000)
    found = calibration.fit(scores, typical, truth)
    assert found == pytest.approx(TRUE, abs=0.1)
    said = calibration.of_scores(scores, typical, found)
    sure = said > 0.5
    assert sure.sum() > 1_000
    assert said[sure].mean() == pytest.approx(truth[sure].mean(), abs=0.02)


def test_no_photos_leave_the_default() -> None:
    scores, typical, truth = photos(0)
    assert calibration.fit(scores, typical, truth) == pytest.approx(calibration.DEFAULT)


def test_few_photos_leave_it_near_the_default() -> None:
    few, many = (np.abs(calibration.fit(*photos(number)) - calibration.DEFAULT).max() for number in (1, 4_000))
    assert few < many


def test_a_truth_without_exception_stays_finite() -> None:
    scores, typical, truth = photos(50)
    for same in (0, 1):
        assert np.isfinite(calibration.fit(scores, typical, np.full_like(truth, same))).all()


def test_typical_is_the_mean_where_it_is_true_and_drawn_to_all_others() -> None:
    scores = np.array([[0.8, 0.2, 0.9], [0.6, 0.9, 0.9]], np.float32)
    truth = np.array([[1, 0, 0], [1, 1, 0]], np.float32)
    overall = (0.8 + 0.6 + 0.9) / 3
    expected = [(1.4 + 0.5 * overall) / 2.5, (0.9 + 0.5 * overall) / 1.5, overall]
    assert calibration.typical(scores, truth) == pytest.approx(expected)


def test_a_score_below_zero_is_as_bad_as_zero() -> None:
    typical = np.array([0.5, 0.5], np.float32)
    low, zero = calibration.of_scores(np.array([[-3.0, 0.0]], np.float32), typical, TRUE)[0]
    assert low == zero > 0


def test_other_weights_are_refused() -> None:
    calibration.check(TRUE)
    with pytest.raises(ModelError, match="calibration"):
        calibration.check(TRUE[:2])
