"""Evaluation by hashtag: how often each was true, given and right, and recall by how common hashtags are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from predictor.ml.metrics import Judged

BOUNDS = (0, 1, 3, 10, 32, 100, 316, 1000, 3162, 10_000, 31_623, 100_000)  # half powers of ten: training posts


@dataclass(frozen=True, slots=True)
class Tag:
    """One line of the table by hashtag; `given` and `right` count first fives, ranking by ranking."""

    tag: str
    train: int
    truth: int
    given: list[int]
    right: list[int]


@dataclass(frozen=True, slots=True)
class Band:
    """Hashtags that about as many training posts carry, and the mean recall of each ranking over them."""

    low: int
    high: int | None  # below this; None has no end
    tags: int
    recall: dict[str, float]

    @property
    def label(self) -> str:
        if self.high is None:
            return f"{self.low:,} and more"
        return f"{self.low:,}" if self.high == self.low + 1 else f"{self.low:,} to {self.high - 1:,}"


def table(judged: Mapping[str, Judged], train: Counter[str]) -> list[Tag]:
    """Every hashtag that a photo carries or a ranking gives, the most common in training first."""
    truth = next(iter(judged.values())).truth
    wanted = dict(zip(truth.tags, np.bincount(truth.columns, minlength=len(truth.tags)).tolist(), strict=True))
    right = [dict(zip(truth.tags, one.by_tag().right[0].tolist(), strict=True)) for one in judged.values()]
    tags = set(wanted).union(*(one.given for one in judged.values()))
    rows = [
        Tag(
            tag,
            train[tag],
            wanted.get(tag, 0),
            [one.given[tag] for one in judged.values()],
            [one.get(tag, 0) for one in right],
        )
        for tag in tags
    ]
    return sorted(rows, key=lambda row: (-row.train, row.tag))


def bands(judged: Mapping[str, Judged], train: Counter[str]) -> list[Band]:
    """Recall among the first five by the number of training posts that carry a hashtag."""
    tags = next(iter(judged.values())).truth.tags
    place = np.searchsorted(BOUNDS, [train[tag] for tag in tags], side="right") - 1
    recalls = {name: one.by_tag().recall[0] for name, one in judged.items()}
    ends = (*BOUNDS[1:], None)
    return [
        Band(
            BOUNDS[band],
            ends[band],
            int((place == band).sum()),
            {name: float(values[place == band].mean()) for name, values in recalls.items()},
        )
        for band in sorted(set(place.tolist()))
    ]
