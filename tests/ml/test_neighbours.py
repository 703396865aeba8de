"""Nearest rows, soft weights, and the kin of hashtags."""

import numpy as np
import pytest

from predictor.ml import neighbours
from predictor.ml.neighbours import kin, lend, nearest, soft_weights, top, unit


def test_it_works() -> None:
    rows = unit(np.array([[1, 0], [1, 1], [0, 1]], np.float32))
    places, cosines = nearest(np.array([1, 0], np.float32), rows, 2)
    assert places.tolist() == [0, 1]
    assert cosines == pytest.approx([1, 0.5**0.5])
    assert soft_weights(cosines, 0.1).sum() == pytest.approx(1)
    assert top(np.array([1, 3, 3, 2], np.float32), 3).tolist() == [1, 2, 3]


def test_a_photo_lends_nothing_to_itself() -> None:
    rows = unit(np.array([[1, 0], [1, 0.1], [0, 1]], np.float32))
    lent = np.array([[5.0], [7.0], [9.0]], np.float32)
    found = lend(rows[:1], rows, lent, 1, 0.1, np.array([0]))
    assert found == pytest.approx(np.array([[7.0]]))


def test_kin_is_nearest_first_without_the_hashtag_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.array([[1, 0], [1, 0.2], [0, 1], [0.1, 1]], np.float32)
    whole = kin(["sea", "beach", "city", "street"], vectors, 2)
    assert [tag for tag, _ in whole["sea"]] == ["beach", "street"]
    assert [tag for tag, _ in whole["city"]] == ["street", "beach"]
    assert whole["sea"][0][1] == pytest.approx(1 / 1.04**0.5, rel=1e-4)
    monkeypatch.setattr(neighbours, "CHUNK", 3)
    assert kin(["sea", "beach", "city", "street"], vectors, 2) == whole


def test_a_single_hashtag_has_no_kin() -> None:
    assert kin(["sea"], np.ones((1, 2), np.float32), 20) == {"sea": []}
