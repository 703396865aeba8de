"""One ranking out of several: reciprocal rank fusion."""

from collections import defaultdict
from collections.abc import Sequence

DAMPING = 60


def blend(rankings: Sequence[Sequence[str]], damping: int = DAMPING) -> list[tuple[str, float]]:
    """Return every hashtag of the rankings with the sum of 1 / (damping + rank), highest first, ranks from 1.

    Equal sums stand in alphabetical order. Source: Cormack, Clarke, Buettcher, "Reciprocal Rank Fusion outperforms
    Condorcet and individual Rank Learning Methods", SIGIR 2009.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, tag in enumerate(ranking, start=1):
            scores[tag] += 1 / (damping + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
