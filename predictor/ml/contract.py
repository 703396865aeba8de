"""The contract that every kind of model keeps: what it is fitted on and what it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]  # [width]
Matrix = NDArray[np.float32]  # [rows, width]
Ids = NDArray[np.int64]
Progress = Callable[[str, float], None]  # (stage, done from 0 to 1)


def silent(stage: str, done: float) -> None:
    """Report nothing: the progress of those who do not ask for any."""


class ModelError(Exception):
    """A model that cannot be fitted, loaded or asked; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class TaggedPost:
    """One post as the models see it: its id and the keys of its hashtags, in the order in which they were given."""

    id: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Embeddings of some posts by one backbone. A post without a row here is tag-only for that backbone."""

    backbone: str  # "id@sha256.views"
    ids: Ids  # [n] post ids, unique
    vectors: Matrix  # [n, width]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a hashtag was suggested: a post (`post`) or a known hashtag (`tag`) that speaks for it."""

    similarity: float  # cosine, -1 to 1
    share: float  # this evidence's part of the suggestion's score, 0 to 1; 0 where the model has no such shares
    post: int | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class SuggestedTag:
    """One ranked hashtag."""

    tag: str
    score: float  # probability that a person would give it to the photo, 0 to 1
    prior: float  # share of the training posts that carry the tag, 0 to 1
    usual: float = 0.0  # its probability on photos that carry it, by the part of the model that can judge them as new
    evidence: tuple[Evidence, ...] = field(default=())


@runtime_checkable
class Extendable(Protocol):
    """What a model keeps besides whose served version can take new posts in without a training."""

    taken_in: dict[int, tuple[str, ...]]  # the posts that it was offered since it was loaded, with their hashtags

    def extend(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> Self:
        """Take posts in beside those that the model holds, computed exactly as those were; numpy alone.

        One that it holds already is replaced; one without an embedding or a known hashtag goes.
        """
        ...


class Model(Protocol):
    """One learned model of one kind.

    `__init__` only stores options; learned names end in an underscore. `load` and `suggest` need numpy alone.
    """

    kind: str
    tags_: list[str]  # the hashtags that it knows
    prior_: Vector  # share of the training posts that carry each, [tags]

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from scratch; `progress` hears how much of all of it is done. Raises ModelError where the posts cannot
        make a model.
        """
        ...

    def update(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn on: `posts` is the whole present snapshot, of which the model knows a part already."""
        ...

    def attach(self, posts: Sequence[TaggedPost], embeddings: Embeddings) -> Self:
        """Make these posts the ones that the model compares with and shows as evidence; nothing is learned anew.

        Needs numpy alone: the starter ships what was learned and attaches its posts when it is loaded.
        """
        ...

    def summary(self) -> dict[str, float]:
        """What is worth knowing about the fitted model, by name."""
        ...

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        """Return the k best hashtags for an embedding [width], best first; the first `explain` carry evidence."""
        ...

    def rank(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        """Return the k best hashtags for each of many embeddings [n, width], best first, without evidence.

        It takes a fraction of the time of as many calls of `suggest`. A few hundred at a time are enough.
        """
        ...

    def scores(self, embeddings: Matrix) -> Matrix:
        """Return the probability of each known hashtag for each of many embeddings [n, width], [n, tags]."""
        ...

    def geometry(self) -> Matrix:
        """Return rows [tags, size] whose cosines say how alike hashtags are to the model, for the map of them."""
        ...

    def kin(self, k: int) -> dict[str, list[tuple[str, float]]]:
        """Return the k hashtags nearest to each known one in the model's own geometry, with cosines, nearest first."""
        ...

    def save(self, folder: Path) -> None:
        """Write the learned state as .npy and .json files into an existing folder."""
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ModelError where the files do not fit together."""
        ...
