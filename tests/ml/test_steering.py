"""The control between popular and specific hashtags."""

import pytest

from predictor.ml.contract import SuggestedTag
from predictor.ml.steering import steer

RANKING = [
    SuggestedTag("sky", 0.6, prior=0.3, usual=0.5),
    SuggestedTag("cloud", 0.5, prior=0.1, usual=0.4),
    SuggestedTag("heron", 0.2, prior=0.001, usual=0.04),
]


def test_it_works() -> None:
    assert [item.tag for item in steer(RANKING, 0)] == ["sky", "cloud", "heron"]
    assert [item.tag for item in steer(RANKING, 1)] == ["heron", "cloud", "sky"]
    assert {item.tag: item.score for item in steer(RANKING, 1)} == {"sky": 0.6, "cloud": 0.5, "heron": 0.2}


def test_the_further_it_is_turned_the_more_hashtags_change_places() -> None:
    assert [item.tag for item in steer(RANKING, 0.3)] == ["sky", "cloud", "heron"]
    assert [item.tag for item in steer(RANKING, 0.5)] == ["heron", "sky", "cloud"]


def test_equals_are_alphabetical() -> None:
    twins = [SuggestedTag("b", 0.5, 0.1, usual=0.2), SuggestedTag("a", 0.5, 0.1, usual=0.2)]
    assert [item.tag for item in steer(twins, 0.5)] == ["a", "b"]


@pytest.mark.parametrize("specificity", [-0.1, 1.1, float("nan")])
def test_a_setting_outside_the_range_is_refused(specificity: float) -> None:
    with pytest.raises(ValueError, match="from 0"):
        steer(RANKING, specificity)
