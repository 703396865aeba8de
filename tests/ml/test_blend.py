"""Reciprocal rank fusion."""

import pytest

from predictor.ml.blend import blend


def test_it_works() -> None:
    found = blend([["a", "b"], ["b", "c"]])
    assert [tag for tag, _ in found] == ["b", "a", "c"]
    assert dict(found)["b"] == pytest.approx(1 / 62 + 1 / 61)


def test_ties_are_alphabetical() -> None:
    assert [tag for tag, _ in blend([["z"], ["a"]])] == ["a", "z"]


def test_nothing() -> None:
    assert blend([]) == []
