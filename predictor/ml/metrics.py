"""How good rankings of hashtags are, measured on photos whose hashtags are known; for models and baselines alike."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import TaggedPost

DRAWS = 2000
HEAD = 100  # hashtags that count as frequent
Values = NDArray[np.float64]  # one for each photo


@dataclass(frozen=True, slots=True)
class Metrics:
    """Shares from 0 to 1, but counts for `posts` and `Nplus`. Per photo unless said otherwise."""

    posts: int
    P1: float  # the first hashtag is right
    R5: float  # share of the photo's hashtags among the first five
    R5_ci: tuple[float, float]  # 95 % bootstrap interval over photos
    A5: float  # any of the first five is right
    R10: float
    microR10: float  # hits in all first tens / hashtags of all photos
    precision: float  # per hashtag, five a photo, mean over the hashtags that the photos carry
    recall: float
    F1: float  # harmonic mean of the two
    Nplus: int  # hashtags that were right at least once
    head_recall: float | None  # per hashtag, over the most frequent ones; None where there are none
    tail_recall: float | None  # over the others
    coverage: float  # share of the answers' vocabulary that stands among the first five of any photo


def popularity(posts: Iterable[TaggedPost]) -> list[str]:
    """The baseline that needs no photo: hashtags by the number of posts that carry them, most frequent first."""
    counts = Counter(tag for post in posts for tag in set(post.tags))
    return sorted(counts, key=lambda tag: (-counts[tag], tag))


def limit(
    truths: Sequence[Collection[str]], rankings: Sequence[Sequence[str]], words: Collection[str]
) -> tuple[list[set[str]], list[list[str]]]:
    """Keep only `words` in truths and answers, and drop photos that have no truth left."""
    allowed = set(words)
    pairs = [
        ({tag for tag in truth if tag in allowed}, [tag for tag in ranking if tag in allowed])
        for truth, ranking in zip(truths, rankings, strict=True)
    ]
    kept = [(truth, ranking) for truth, ranking in pairs if truth]
    return [truth for truth, _ in kept], [ranking for _, ranking in kept]


def recalls(truths: Sequence[Collection[str]], rankings: Sequence[Sequence[str]], depth: int) -> Values:
    """Share of each photo's hashtags among its first `depth` answers, [photos]."""
    return np.array(
        [len(set(truth).intersection(ranking[:depth])) / len(truth) for truth, ranking in _pairs(truths, rankings)]
    )


def measure(
    truths: Sequence[Collection[str]], rankings: Sequence[Sequence[str]], head: Collection[str] = (), answers: int = 0
) -> Metrics:
    """Measure one ranking a photo against the photo's own hashtags.

    `head` names the frequent hashtags, `answers` is the number of hashtags that could have been answered (0: those
    that were). Per-hashtag figures follow the protocol of automatic image annotation: a hashtag that was never answered
    has precision 0. Raises ValueError where there is no photo or a photo without hashtags.
    """
    pairs = _pairs(truths, rankings)
    five = recalls(truths, rankings, 5)
    hits10 = sum(len(set(truth).intersection(ranking[:10])) for truth, ranking in pairs)
    wanted = Counter(tag for truth, _ in pairs for tag in set(truth))
    given = Counter(tag for _, ranking in pairs for tag in ranking[:5])
    right = Counter(tag for truth, ranking in pairs for tag in ranking[:5] if tag in truth)
    precision = float(np.mean([right[tag] / given[tag] if given[tag] else 0.0 for tag in wanted]))
    recall = {tag: right[tag] / count for tag, count in wanted.items()}
    mean_recall = float(np.mean(list(recall.values())))
    return Metrics(
        posts=len(pairs),
        P1=float(np.mean([bool(ranking) and ranking[0] in truth for truth, ranking in pairs])),
        R5=float(five.mean()),
        R5_ci=interval(five),
        A5=float((five > 0).mean()),
        R10=float(recalls(truths, rankings, 10).mean()),
        microR10=hits10 / wanted.total(),
        precision=precision,
        recall=mean_recall,
        F1=2 * precision * mean_recall / (precision + mean_recall) if precision + mean_recall else 0.0,
        Nplus=len(right),
        head_recall=_mean([value for tag, value in recall.items() if tag in head]),
        tail_recall=_mean([value for tag, value in recall.items() if tag not in head]),
        coverage=len(given) / max(answers or len({tag for _, ranking in pairs for tag in ranking}), 1),
    )


def interval(values: Values, draws: int = DRAWS, seed: int = 1) -> tuple[float, float]:
    """95 % bootstrap interval of the mean, by drawing photos with replacement."""
    random = np.random.default_rng(seed)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(draws)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def paired_difference(ours: Values, theirs: Values) -> tuple[float, tuple[float, float]]:
    """Mean difference of two rankings' values on the same photos, and its 95 % bootstrap interval.

    Raises ValueError where they are not of the same photos.
    """
    if ours.shape != theirs.shape:
        raise ValueError("Only values of the same photos can be compared in pairs.")
    difference = ours - theirs
    return float(difference.mean()), interval(difference)


def _pairs(
    truths: Sequence[Collection[str]], rankings: Sequence[Sequence[str]]
) -> list[tuple[Collection[str], Sequence[str]]]:
    pairs = list(zip(truths, rankings, strict=True))
    if not pairs or not all(truth for truth, _ in pairs):
        raise ValueError("Only photos with hashtags can be measured, and at least one is needed.")
    return pairs


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
