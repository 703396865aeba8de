"""The best set of a few hashtags out of the blend: likely ones, no two that say the same, of several tiers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from predictor.ml.contract import SuggestedTag

FIVE = 5  # hashtags that Instagram allows on a post
NEVER = frozenset({"banned", "spam", "restricted"})  # statuses that keep a hashtag out
GENERIC, GENERIC_FROM = "generic", 0.5  # one hashtag of this status, and only from this probability on
NEAR = 0.5  # cosine from which two hashtags say nearly the same; below, they only keep company
MIX = 1.25  # a hashtag of a tier that the set lacks may stand before one that is likelier by up to this factor
RARE, SPECIFIC = "rare", "specific"

Kin = Mapping[str, Sequence[tuple[str, float]]]  # one model's nearest hashtags with their cosines, as `Model.kin` says
Cosines = Mapping[str, Mapping[str, float]]  # the same, to look them up


class Why(StrEnum):
    """What speaks for a hashtag of the set."""

    MOST_LIKELY = "most likely"  # of all
    LIKELY = "likely"  # the likeliest that was left
    TIER = "tier"  # adds a tier that the set lacked
    INSTEAD = "instead"  # a likelier one says nearly the same as one of the set


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a hashtag is in the set, in parts that a sentence can be made of."""

    why: Why
    tier: str = ""  # with TIER: popular, common or specific
    instead_of: str = ""  # with INSTEAD: the likelier hashtag that was passed over
    twin: str = ""  # with INSTEAD: the hashtag of the set that says nearly the same as that one


@dataclass(frozen=True, slots=True)
class Chosen:
    """One hashtag of the set."""

    tag: str
    score: float  # its probability, as the ranking says
    reason: Reason


@dataclass(slots=True)
class _Candidate:
    tag: str
    score: float
    worth: float  # what its place in the ranking is worth; its score, unless the ranking was steered
    generic: bool
    tier: str
    closeness: float = 0.0  # to the nearest hashtag of the set: a cosine from NEAR on, or 0
    twin: str = ""  # that hashtag

    @property
    def adds(self) -> float:
        """What it adds to the set."""
        return self.worth * (1 - self.closeness)

    def mixed(self, tiers: Collection[str]) -> float:
        """What it adds, with regard to the tiers that the set has."""
        return self.adds * (MIX if tiers and self.tier and self.tier not in tiers else 1)


def best_set(
    ranking: Sequence[SuggestedTag],
    n: int,
    kin: Sequence[Kin],
    tiers: Mapping[str, str],
    statuses: Mapping[str, str],
    never: Collection[str] = NEVER,
) -> list[Chosen]:
    """Choose n hashtags of a ranking, the best one first; fewer where there are no more. The same input, the same set.

    One after the other, the hashtag is taken that adds most: its probability, times 1 - its cosine to the nearest one
    that was taken, times MIX where its tier is new. The cosine is the mean of the models that know both, since one
    alone often takes company for meaning; it counts from NEAR on. So of near-synonyms one is taken, and a tier is
    added at no high price. At most one hashtag is generic, and none has a status of `never`.

    `kin` holds one mapping a model; hashtags that it, `tiers` or `statuses` lack have no kin, no tier, no status.
    Raises ValueError where n is below 1. Source: maximal marginal relevance, here as a product, which needs no common
    scale of relevance and similarity: Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking", SIGIR 1998.
    """
    if n < 1:
        raise ValueError("A set has at least one hashtag.")
    left = _candidates(ranking, tiers, statuses, never)
    cosines = [{one.tag: dict(model[one.tag]) for one in left if one.tag in model} for model in kin]
    likeliest = max((one.score for one in left), default=0.0)
    chosen: list[Chosen] = []
    mix: set[str] = set()
    told: set[str] = set()
    while left and len(chosen) < n:
        best = max(left, key=lambda one: one.mixed(mix))
        first = not chosen and best.score == likeliest
        reason = Reason(Why.MOST_LIKELY) if first else _reason(best, left, told)
        chosen.append(Chosen(best.tag, best.score, reason))
        mix.add(best.tier)
        told.add(reason.instead_of)
        left = [one for one in left if one is not best and not (one.generic and best.generic)]
        _compare(left, best, cosines)
    return chosen


def _candidates(
    ranking: Sequence[SuggestedTag], tiers: Mapping[str, str], statuses: Mapping[str, str], never: Collection[str]
) -> list[_Candidate]:
    """The hashtags that may be taken, in the ranking's order; the first is worth the highest score, and so on."""
    allowed = [item for item in ranking if statuses.get(item.tag) not in never]
    allowed = [item for item in allowed if statuses.get(item.tag) != GENERIC or item.score >= GENERIC_FROM]
    worths = sorted((item.score for item in allowed), reverse=True)
    return [
        _Candidate(item.tag, item.score, worth, statuses.get(item.tag) == GENERIC, _tier(tiers.get(item.tag, "")))
        for item, worth in zip(allowed, worths, strict=True)
    ]


def _tier(tier: str) -> str:
    """A rare hashtag is a specific one to a reader; rare only says that the corpus has seen little of it."""
    return SPECIFIC if tier == RARE else tier


def _reason(best: _Candidate, left: Sequence[_Candidate], told: Collection[str]) -> Reason:
    """Say why `best` was taken from what was `left`; that a hashtag was passed over is told once."""
    if max(left, key=lambda one: one.adds) is not best:
        return Reason(Why.TIER, tier=best.tier)
    for one in left:
        if one.worth > best.worth and one.tag not in told:
            return Reason(Why.INSTEAD, instead_of=one.tag, twin=one.twin)
    return Reason(Why.LIKELY)


def _compare(left: Sequence[_Candidate], taken: _Candidate, cosines: Sequence[Cosines]) -> None:
    """Let each candidate know how close it is to the one that was taken."""
    for one in left:
        found = [
            max(model[one.tag].get(taken.tag, 0.0), model[taken.tag].get(one.tag, 0.0))
            for model in cosines
            if one.tag in model and taken.tag in model
        ]
        closeness = sum(found) / len(found) if found else 0.0
        if closeness >= NEAR and closeness > one.closeness:
            one.closeness, one.twin = closeness, taken.tag
