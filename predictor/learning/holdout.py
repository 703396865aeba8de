"""How a version did on the fixed hold-out, kept so that any two versions can be compared in pairs at any time.

Every measurement of the same photos draws them alike, so it is enough to keep what a version scored in each draw: the
difference of two versions and its interval follow without asking either of them again.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from predictor.ml.bootstrap import Difference, Drawn, difference, weights
from predictor.ml.contract import TaggedPost
from predictor.ml.metrics import DEEP, FIRST, HEAD, ByTag, Judged, Truth, judge, popularity
from predictor.ml.rankings import NONE, Rankings

FIGURES = ("R5", "R10", "F1", "tail", "given")  # given: how many different hashtags stand among the first fives
KEPT = np.dtype("<f4")  # of a figure in a draw


@dataclass(frozen=True, slots=True)
class Measured:
    """What a version scored on some photos: each figure as measured, and in each draw."""

    on: str  # names the photos and what is true of them
    photos: int
    figures: dict[str, float]
    draws: dict[str, Drawn]

    def against(self, other: Measured) -> dict[str, Difference]:
        """By figure, how much better this is than another. Raises ValueError where the photos are not the same."""
        if self.on != other.on:
            raise ValueError("Only versions that were measured on the same photos can be compared in pairs.")
        return {
            name: difference(self.figures[name] - other.figures[name], self.draws[name], other.draws[name])
            for name in FIGURES
            if name in self.figures and name in other.figures
        }

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        draws = {name: base64.b64encode(drawn.astype(KEPT).tobytes()).decode() for name, drawn in self.draws.items()}
        return {"on": self.on, "photos": self.photos, "figures": self.figures, "draws": draws}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Measured:
        draws = {
            name: np.frombuffer(base64.b64decode(drawn), KEPT).astype(np.float64)
            for name, drawn in stored["draws"].items()
        }
        return cls(stored["on"], stored["photos"], stored["figures"], draws)


def name_of(posts: Sequence[TaggedPost]) -> str:
    """Name photos and their hashtags, so that another look at the same ones is known as such."""
    return hashlib.sha256(repr([(post.id, sorted(post.tags)) for post in posts]).encode()).hexdigest()


def measure(posts: Sequence[TaggedPost], rankings: Rankings, training: Sequence[TaggedPost]) -> Measured:
    """Measure rankings of photo posts. `training` says which hashtags are known.

    The tail is told by these photos alone, so that it is the same one for every version.
    """
    judged = judge(Truth.of([post.tags for post in posts]), rankings.names(DEEP))
    head, known = set(popularity(posts)[:HEAD]), set(popularity(training))
    once = next(iter(_draws(judged, rankings, head, known, [np.ones((1, len(posts)), np.int64)])))
    drawn = list(_draws(judged, rankings, head, known, weights(len(posts))))
    names = [name for name in FIGURES if np.isfinite(once[name]).all()]
    return Measured(
        on=name_of(posts),
        photos=len(posts),
        figures={name: float(once[name][0]) for name in names},
        draws={name: _kept(np.concatenate([one[name] for one in drawn])) for name in names},
    )


def _kept(drawn: Drawn) -> Drawn:
    """Round as JSON will, so that a stored measurement equals a fresh one of the same answers."""
    return drawn.astype(KEPT).astype(np.float64)


def _draws(judged: Judged, rankings: Rankings, head: set[str], known: set[str], drawn: Any) -> Any:
    """Yield every figure in some draws; the tail's is NaN where no photo has a hashtag of the tail."""
    in_tail = np.array([tag not in head for tag in judged.truth.tags])
    five, ten = judged.recall(FIRST), judged.recall(DEEP)
    given = _given(rankings, known)
    for rows in drawn:
        by_tag = judged.by_tag(rows)
        yield {
            "R5": rows @ five / len(five),
            "R10": rows @ ten / len(ten),
            "F1": by_tag.means()[2],
            "tail": _mean_recall(by_tag, in_tail),
            "given": (rows @ given > 0).sum(axis=1).astype(float),
        }


def _given(rankings: Rankings, known: set[str]) -> Any:
    """A sparse [photos, hashtags] table of ones: which known hashtags stand among the first five of each photo."""
    from scipy.sparse import csr_array

    places = rankings.cells["tag"][:, :FIRST]
    is_known = np.array([tag in known for tag in rankings.tags], bool)
    photos, ranks = np.nonzero((places != NONE) & is_known[places])
    ones = np.ones(len(photos), np.int64)
    return csr_array((ones, (photos, places[photos, ranks])), shape=(len(rankings), len(rankings.tags)))


def _mean_recall(by_tag: ByTag, chosen: Any) -> Drawn:
    """Mean recall over those of the chosen hashtags that photos carry, [draws]."""
    carried = (by_tag.wanted > 0) & chosen
    number = carried.sum(axis=1)
    mean: Drawn = np.where(number > 0, (by_tag.recall * carried).sum(axis=1) / np.maximum(number, 1), np.nan)
    return mean
