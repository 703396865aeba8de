"""The blend: log-odds of several rankings, weighted and added."""

import math

import pytest

from predictor.ml.blend import CONSTANT, SUM, WEIGHTS, blend
from predictor.ml.contract import SuggestedTag


def ranking(**scores: float) -> list[SuggestedTag]:
    return [SuggestedTag(tag, score, 0.1, usual=score / 2) for tag, score in scores.items()]


def test_it_works() -> None:
    found = blend({"als": ranking(a=0.8, b=0.5), "w2v": ranking(b=0.9, a=0.2)})
    assert [item.tag for item in found] == ["b", "a"]
    weight = SUM * WEIGHTS["w2v"] / sum(WEIGHTS.values())
    assert found[0].score == pytest.approx(1 / (1 + math.exp(-(CONSTANT + weight * math.log(9)))))
    assert found[0].usual == pytest.approx(0.35)


def test_what_a_ranking_does_not_name_counts_as_its_last_answer() -> None:
    scores = {item.tag: item.score for item in blend({"als": ranking(a=0.8, b=0.3), "w2v": ranking(c=0.6)})}
    both = {
        item.tag: item.score
        for item in blend({"als": ranking(a=0.8, b=0.3, c=0.3), "w2v": ranking(a=0.6, b=0.6, c=0.6)})
    }
    assert scores == pytest.approx(both)


def test_a_single_ranking_stays_as_it_is() -> None:
    only = ranking(a=0.8, b=0.3)
    assert blend({"als": [], "w2v": only}) == only


def test_ties_are_alphabetical() -> None:
    assert [item.tag for item in blend({"als": ranking(z=0.5, a=0.5), "w2v": ranking(a=0.5, z=0.5)})] == ["a", "z"]


def test_certain_scores_stay_finite() -> None:
    found = blend({"als": ranking(a=1.0, b=0.0), "w2v": ranking(a=1.0, b=0.0)})
    assert 0.999 < found[0].score < 1
    assert 0 < found[1].score < 0.001


def test_nothing() -> None:
    assert blend({}) == []
