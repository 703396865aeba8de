"""One ranking out of several: a weighted mean of log-odds."""

import math
from collections.abc import Mapping, Sequence

from predictor.ml.contract import SuggestedTag

WEIGHTS = {"als": 0.48, "w2v": 0.58}  # found on held-out photos of two sets, which agreed within .02
OTHER_WEIGHT = 0.5  # of a kind that is not among them
SUM, CONSTANT = 1.06, 0.28  # of two models that agree, the blend is a little surer than either
FURTHEST = 1e-6  # from 0 and 1


def blend(rankings: Mapping[str, Sequence[SuggestedTag]]) -> list[SuggestedTag]:
    """Return every hashtag of the rankings (by kind of model) with its probability, most likely first.

    log-odds = sum of weight x log-odds + constant, as stacked regression on held-out photos gave it. What a ranking
    does not name counts as its last answer. Equal scores stand in alphabetical order; a single ranking stays as it is.
    Source: Wolpert, "Stacked Generalization", 1992.
    """
    given = {kind: {item.tag: item for item in ranking} for kind, ranking in rankings.items() if ranking}
    if len(given) < 2:
        return [item for ranking in rankings.values() for item in ranking]
    total = sum(WEIGHTS.get(kind, OTHER_WEIGHT) for kind in given)
    weights = {kind: SUM * WEIGHTS.get(kind, OTHER_WEIGHT) / total for kind in given}
    last = {kind: _log_odds(min(item.score for item in items.values())) for kind, items in given.items()}
    found = []
    for tag in {tag for items in given.values() for tag in items}:
        named = {kind: items[tag] for kind, items in given.items() if tag in items}
        odds = (_log_odds(named[kind].score) if kind in named else last[kind] for kind in given)
        score = _probability(
            CONSTANT + sum(weight * value for weight, value in zip(weights.values(), odds, strict=True))
        )
        prior = max(item.prior for item in named.values())
        usual = sum(item.usual for item in named.values()) / len(named)
        found.append(SuggestedTag(tag, score, prior, usual))
    return sorted(found, key=lambda item: (-item.score, item.tag))


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, FURTHEST), 1 - FURTHEST)
    return math.log(bounded / (1 - bounded))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
