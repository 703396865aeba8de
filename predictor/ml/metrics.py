"""How good rankings of hashtags are, measured on photos whose hashtags are known; for models and baselines alike."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.ml.bootstrap import Draws, interval, weights
from predictor.ml.contract import TaggedPost

HEAD = 100  # hashtags that count as frequent
FIRST, DEEP = 5, 10  # answers that are looked at: what Instagram takes, and what the page shows
NOBODY = -1  # in place of a hashtag that no photo carries
Values = NDArray[np.float64]  # one for each photo


@dataclass(frozen=True, slots=True)
class Truth:
    """The hashtags of each photo, numbered."""

    tags: list[str]  # every hashtag that a photo carries, in alphabetical order
    sizes: NDArray[np.int64]  # hashtags of each photo, [photos]
    columns: NDArray[np.int64]  # their places in `tags`, photo after photo, [occurrences]

    @classmethod
    def of(cls, photos: Sequence[Collection[str]]) -> "Truth":
        """Number the hashtags of the photos. Raises ValueError where there is no photo or one without hashtags."""
        if not photos or not all(photos):
            raise ValueError("Only photos with hashtags can be measured, and at least one is needed.")
        sets = [sorted(set(tags)) for tags in photos]
        tags = sorted({tag for tags in sets for tag in tags})
        place = {tag: column for column, tag in enumerate(tags)}
        columns = np.array([place[tag] for tags in sets for tag in tags], np.int64)
        return cls(tags, np.array([len(tags) for tags in sets], np.int64), columns)

    def __len__(self) -> int:
        return len(self.sizes)


@dataclass(frozen=True, slots=True)
class Judged:
    """The first ten answers for each photo beside the truth."""

    truth: Truth
    answers: NDArray[np.int64]  # [photos, DEEP] places in the truth's tags, or NOBODY
    hits: NDArray[np.bool_]  # [photos, DEEP]
    given: Counter[str]  # how often each hashtag stands among the first five, whether a photo carries it or not

    def recall(self, depth: int) -> Values:
        """Share of each photo's hashtags among its first `depth` answers, [photos]."""
        shares: Values = self.hits[:, :depth].sum(axis=1) / self.truth.sizes
        return shares

    def by_tag(self, drawn: NDArray[np.int64] | None = None) -> "ByTag":
        """Count each hashtag with every photo once, or as often as `drawn` [draws, photos] says."""
        drawn = np.ones((1, len(self.truth)), np.int64) if drawn is None else drawn
        photos, answers = np.arange(len(self.truth)), self.answers[:, :FIRST]
        rows = np.broadcast_to(photos[:, None], answers.shape)
        given, right = answers != NOBODY, self.hits[:, :FIRST]
        return ByTag(
            wanted=drawn @ self._table(np.repeat(photos, self.truth.sizes), self.truth.columns),
            given=drawn @ self._table(rows[given], answers[given]),
            right=drawn @ self._table(rows[right], answers[right]),
        )

    def _table(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Any:
        """A sparse [photos, tags] table of ones."""
        from scipy.sparse import csr_array

        ones = np.ones(len(rows), np.int64)
        return csr_array((ones, (rows, columns)), shape=(len(self.truth), len(self.truth.tags)))


@dataclass(frozen=True, slots=True)
class ByTag:
    """Counts for each hashtag of the truth among the first five answers, [draws, tags]; one draw is the photos as
    they are."""

    wanted: Values
    given: Values
    right: Values

    @property
    def precision(self) -> Values:
        """Right / given; 0 for a hashtag that was never given, as automatic image annotation has it."""
        return self.right / np.maximum(self.given, 1)

    @property
    def recall(self) -> Values:
        return self.right / np.maximum(self.wanted, 1)

    def means(self) -> tuple[Values, Values, Values]:
        """Mean precision and mean recall over the hashtags that the photos carry, and their harmonic mean, [draws]."""
        carried = self.wanted > 0
        number = carried.sum(axis=1)
        precision = (self.precision * carried).sum(axis=1) / number
        recall = (self.recall * carried).sum(axis=1) / number
        both = precision + recall
        return precision, recall, np.where(both > 0, 2 * precision * recall / np.where(both > 0, both, 1), 0)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Shares from 0 to 1, but counts for `posts` and `Nplus`. Per photo unless said otherwise; `_ci` is the 95 %
    bootstrap interval over photos."""

    posts: int
    P1: float  # the first hashtag is right
    R5: float  # share of the photo's hashtags among the first five
    R5_ci: tuple[float, float]
    A5: float  # any of the first five is right
    R10: float
    R10_ci: tuple[float, float]
    microR10: float  # hits in all first tens / hashtags of all photos
    precision: float  # per hashtag, five a photo, mean over the hashtags that the photos carry
    recall: float
    F1: float  # harmonic mean of the two
    F1_ci: tuple[float, float]
    Nplus: int  # hashtags that were right at least once
    head_recall: float | None  # per hashtag, over the most frequent ones; None where there are none
    tail_recall: float | None  # over the others
    coverage: float  # share of the hashtags that could have been answered which stand among the first five of any photo


def popularity(posts: Iterable[TaggedPost]) -> list[str]:
    """The baseline that needs no photo: hashtags by the number of posts that carry them, most frequent first."""
    counts = Counter(tag for post in posts for tag in set(post.tags))
    return sorted(counts, key=lambda tag: (-counts[tag], tag))


def judge(truth: Truth, rankings: Sequence[Sequence[str]]) -> Judged:
    """Lay the first ten answers for each photo beside the truth. Raises ValueError where the photos are not as many."""
    if len(rankings) != len(truth):
        raise ValueError("There must be one ranking for each photo.")
    place = {tag: column for column, tag in enumerate(truth.tags)}
    answers = np.full((len(truth), DEEP), NOBODY, np.int64)
    for row, ranking in enumerate(rankings):
        columns = [place.get(tag, NOBODY) for tag in ranking[:DEEP]]
        answers[row, : len(columns)] = columns
    photos = np.arange(len(truth))
    wanted = np.repeat(photos, truth.sizes) * len(truth.tags) + truth.columns
    asked = photos[:, None] * len(truth.tags) + answers
    hits = np.isin(asked, wanted) & (answers != NOBODY)
    return Judged(truth, answers, hits, Counter(tag for ranking in rankings for tag in ranking[:FIRST]))


def draw(judged: Sequence[Judged]) -> list[Draws]:
    """Draw the photos again and again with replacement, alike for all rankings, and measure each on what was drawn.

    Drawing whole photos flatters hashtags that few of them carry, so F1's draws are moved to lie around what was
    measured.
    """
    parts: list[list[Draws]] = []
    for drawn in weights(len(judged[0].truth)):
        per_photo = [np.stack([one.recall(FIRST), one.recall(DEEP)], axis=1) for one in judged]
        shares = [drawn @ values / drawn.shape[1] for values in per_photo]
        parts.append(
            [
                Draws(share[:, 0], share[:, 1], one.by_tag(drawn).means()[2])
                for one, share in zip(judged, shares, strict=True)
            ]
        )
    return [
        Draws.joined(draws).around(float(one.by_tag().means()[2][0]))
        for one, draws in zip(judged, zip(*parts, strict=True), strict=True)
    ]


def headline(judged: Judged) -> dict[str, float]:
    """The figures that rankings are compared in, by name."""
    f1 = judged.by_tag().means()[2]
    return {"R5": float(judged.recall(FIRST).mean()), "R10": float(judged.recall(DEEP).mean()), "F1": float(f1[0])}


def measure(judged: Judged, draws: Draws, head: Collection[str] = (), answers: Collection[str] = ()) -> Metrics:
    """Measure one ranking a photo.

    `head` names the frequent hashtags, `answers` those that could have been answered; without any, coverage is 0.
    """
    tags, counts = judged.truth.tags, judged.by_tag()
    precision, recall, f1 = (float(values[0]) for values in counts.means())
    frequent = set(head)
    in_head = np.array([tag in frequent for tag in tags])
    five, ten = judged.recall(FIRST), judged.recall(DEEP)
    return Metrics(
        posts=len(judged.truth),
        P1=float(judged.hits[:, 0].mean()),
        R5=float(five.mean()),
        R5_ci=interval(draws.R5),
        A5=float((five > 0).mean()),
        R10=float(ten.mean()),
        R10_ci=interval(draws.R10),
        microR10=float(judged.hits.sum() / judged.truth.sizes.sum()),
        precision=precision,
        recall=recall,
        F1=f1,
        F1_ci=interval(draws.F1),
        Nplus=int((counts.right[0] > 0).sum()),
        head_recall=_mean(counts.recall[0][in_head]),
        tail_recall=_mean(counts.recall[0][~in_head]),
        coverage=len(judged.given.keys() & set(answers)) / len(answers) if answers else 0.0,
    )


def _mean(values: Values) -> float | None:
    return float(values.mean()) if len(values) else None
