"""Calibration: whether a hashtag that is shown with 60 % is right about 60 % of the time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose score lies between two bounds."""

    low: float
    high: float
    answers: int
    score: float  # their mean score
    right: float  # the share of them that was right


@dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability curve."""

    bins: list[Bin]  # those that hold answers
    error: float  # expected calibration error: mean distance of score and share, weighed by answers


def reliability(scores: NDArray[np.float32], right: NDArray[np.bool_], bins: int = BINS) -> Reliability | None:
    """Sort answers into bins of equal width by score, both [answers]; None where the scores are no probabilities.

    Source: Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015.
    """
    if not len(scores) or not np.isfinite(scores).all() or scores.min() < 0 or scores.max() > 1:
        return None
    place = np.minimum((scores * bins).astype(int), bins - 1)
    found = [_bin(scores[place == one], right[place == one], one, bins) for one in range(bins) if (place == one).any()]
    return Reliability(found, _error(found, len(scores)))


def _bin(scores: NDArray[np.float32], right: NDArray[np.bool_], place: int, bins: int) -> Bin:
    return Bin(place / bins, (place + 1) / bins, len(scores), float(scores.mean()), float(right.mean()))


def _error(bins: Sequence[Bin], answers: int) -> float:
    return sum(one.answers * abs(one.score - one.right) for one in bins) / answers
