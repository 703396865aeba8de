"""The baselines of the evaluation, and the published experiments that it can repeat: one line for each."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from predictor.ml.baselines.contract import Baseline
from predictor.ml.baselines.popularity import Popularity
from predictor.ml.baselines.published_als import PublishedAls
from predictor.ml.baselines.published_w2v import PublishedW2v, PublishedW2vOptions
from predictor.ml.baselines.reference import Reference


class Entry(NamedTuple):
    """One row of the evaluation that is no model."""

    name: str
    kind: str | None  # the kind of model on whose backbone it is fitted; None: it looks at no picture
    factory: Callable[[], Baseline]


def baselines() -> list[Entry]:
    """What always stands in the table beside the models."""
    return [
        Entry("popularity", None, Popularity),
        Entry("published als", "als", PublishedAls),
        Entry("reference als", "als", Reference),
        Entry("published w2v", "w2v", PublishedW2v),
        Entry("reference w2v", "w2v", Reference),
    ]


def recipes() -> list[Entry]:
    """The published experiments: skip windows of 2, 3 and 5 with vectors of 150 and 500 numbers.

    The last entry is no published one: it shows what subtracting the mean hashtag vector alone would have given.
    """
    grid = [PublishedW2vOptions(size=size, window=window) for size in (150, 500) for window in (2, 3, 5)]
    entries = [
        Entry(f"w2v window {options.window}, size {options.size}", "w2v", partial(PublishedW2v, options))
        for options in grid
    ]
    centred = PublishedW2vOptions(centred=True)
    return [*entries, Entry("w2v window 3, size 150, centred", "w2v", partial(PublishedW2v, centred))]
