"""Rankings of hashtags for many photos, held as one array: 16 bytes for each answer, whatever the vocabulary."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Matrix, SuggestedTag, Vector
from predictor.ml.neighbours import top

NONE = -1  # in place of a hashtag where a ranking has ended
NUMBERS = ("score", "prior", "usual")  # of a SuggestedTag
CELL = np.dtype([("tag", np.int32), *((name, np.float32) for name in NUMBERS)])
Ranking = list[SuggestedTag]


@dataclass(frozen=True, slots=True)
class Rankings:
    """One ranking a photo, best first, without evidence."""

    tags: list[str]
    cells: NDArray[Any]  # [photos, depth] of CELL: a hashtag's place in `tags`, or NONE, and its numbers

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, photo: int) -> Ranking:
        """The ranking of one photo as a model would give it."""
        return [SuggestedTag(self.tags[tag], *numbers) for tag, *numbers in self.cells[photo].tolist() if tag != NONE]

    @classmethod
    def collect(cls, rankings: Iterable[Sequence[SuggestedTag]], depth: int) -> Self:
        """Pack the first `depth` answers of each ranking."""
        places: dict[str, int] = {}
        rows = [_packed(ranking[:depth], places, depth) for ranking in rankings]
        cells = np.array(rows, CELL).reshape(len(rows), depth)
        return cls(list(places), cells)

    def each(self, change: Callable[[Ranking], Sequence[SuggestedTag]], depth: int) -> "Rankings":
        """Change every ranking, and keep the first `depth` answers of what comes out."""
        return Rankings.collect((change(self[photo]) for photo in range(len(self))), depth)

    def within(self, words: Collection[str] | None, depth: int) -> "Rankings":
        """Keep the first `depth` of those answers that are among the words; None allows all."""
        if words is None:
            return Rankings(self.tags, self.cells[:, :depth])
        allowed = set(words)
        return self.each(lambda ranking: [item for item in ranking if item.tag in allowed], depth)

    def of(self, photos: Sequence[int]) -> "Rankings":
        """The rankings of some photos, by their places."""
        return Rankings(self.tags, self.cells[np.array(photos, np.int64)])

    def names(self, depth: int) -> list[list[str]]:
        """The first `depth` hashtags of each photo."""
        return [[self.tags[tag] for tag in row if tag != NONE] for row in self.cells["tag"][:, :depth].tolist()]


def rows_of(scores: Matrix, tags: Sequence[str], prior: Vector, usual: Vector, k: int) -> list[Ranking]:
    """The k best hashtags of each photo, best first, from scores [photos, tags] and what is known of each hashtag."""
    return [
        [
            SuggestedTag(tags[column], float(row[column]), float(prior[column]), float(usual[column]))
            for column in top(row, k)
        ]
        for row in scores
    ]


def _packed(ranking: Sequence[SuggestedTag], places: dict[str, int], depth: int) -> NDArray[Any]:
    """One ranking as cells, [depth]; `places` learns the hashtags that it does not know."""
    row = np.full(depth, np.array((NONE, 0, 0, 0), CELL))
    row[: len(ranking)] = [
        (places.setdefault(item.tag, len(places)), *(getattr(item, name) for name in NUMBERS)) for item in ranking
    ]
    return row
