"""The best set of a few hashtags out of the blend: likely ones, no two that say the same, of several tiers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from predictor.ml.contract import SuggestedTag
from predictor.ml.kinship import Kinship

FIVE = 5  # hashtags that Instagram allows on a post
NEVER = frozenset({"banned", "spam", "restricted"})  # statuses that keep a hashtag out
GENERIC, GENERIC_FROM = "generic", 0.5  # one hashtag of this status, and only from this probability on
MIX = 1.15  # a hashtag of a tier that the set lacks may stand before one that is likelier by up to this factor
UNLIKELY = 0.25  # below this probability a hashtag is there to fill the set
RARE, SPECIFIC = "rare", "specific"


class Why(StrEnum):
    """What speaks for a hashtag of the set."""

    MOST_LIKELY = "most likely"  # of all
    LIKELY = "likely"  # the likeliest that was left
    TIER = "tier"  # adds a tier that the set lacked
    INSTEAD = "instead"  # a likelier one says nearly the same as one of the set
    FILLS = "fills"  # nothing likely was left


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
    prior: float
    generic: bool
    tier: str
    sameness: float = 0.0  # with the hashtag of the set that says nearly the same, 0 to 1
    twin: str = ""  # that hashtag
    kinship: float = 0.0  # cosine to the nearest likely hashtag of the set that is less common

    @property
    def fills(self) -> bool:
        """Whether it is there for want of a likely one."""
        return max(self.score, self.worth) < UNLIKELY

    @property
    def adds(self) -> float:
        """What it adds to the set; one that fills it stands behind those that are likely."""
        worth = min(self.worth * (1 + self.kinship), UNLIKELY) if self.fills else self.worth
        return worth * (1 - self.sameness**2)

    def mixed(self, tiers: Collection[str]) -> float:
        """What it adds, with regard to the tiers that the set has."""
        return self.adds * (MIX if tiers and self.tier and self.tier not in tiers else 1)

    def compare(self, taken: "_Candidate", kinship: Kinship) -> None:
        """Take note of a hashtag that was taken into the set."""
        sameness = kinship.sameness(self.tag, taken.tag)
        if sameness > self.sameness:
            self.sameness, self.twin = sameness, taken.tag
        if not taken.fills and self.prior > taken.prior:
            self.kinship = max(self.kinship, kinship.cosine(self.tag, taken.tag))


def best_set(
    ranking: Sequence[SuggestedTag],
    n: int,
    kinship: Kinship,
    tiers: Mapping[str, str],
    statuses: Mapping[str, str],
    never: Collection[str] = NEVER,
) -> list[Chosen]:
    """Choose n hashtags of a ranking, the best one first; fewer where there are no more. The same input, the same set.

    One after the other, the hashtag is taken that adds most: its probability, times 1 - its sameness squared with what
    was taken, times MIX where its tier is new. So of two forms of one word one is taken, of near-synonyms one where
    anything else is nearly as likely, and a tier is added at no high price. Where only unlikely hashtags are left, 1 +
    the cosine to a likely one of the set lifts what is more general than that one before strangers. At most one hashtag
    is generic, and none has a status of `never`.

    Hashtags that `tiers` or `statuses` lack have no tier, no status. The constants were found on held-out photos of two
    sets, see docs/experiments.md. Raises ValueError where n is below 1.

    Source: maximal marginal relevance, here as a product, which needs no common scale of relevance and similarity:
    Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking", SIGIR 1998.
    """
    if n < 1:
        raise ValueError("A set has at least one hashtag.")
    left = _candidates(ranking, tiers, statuses, never)
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
        for one in left:
            one.compare(best, kinship)
    return chosen


def _candidates(
    ranking: Sequence[SuggestedTag], tiers: Mapping[str, str], statuses: Mapping[str, str], never: Collection[str]
) -> list[_Candidate]:
    """The hashtags that may be taken, in the ranking's order; the first is worth the highest score, and so on."""
    allowed = [item for item in ranking if statuses.get(item.tag) not in never]
    allowed = [item for item in allowed if statuses.get(item.tag) != GENERIC or item.score >= GENERIC_FROM]
    worths = sorted((item.score for item in allowed), reverse=True)
    return [
        _Candidate(
            item.tag,
            item.score,
            worth,
            item.prior,
            generic=statuses.get(item.tag) == GENERIC,
            tier=_tier(tiers.get(item.tag, "")),
        )
        for item, worth in zip(allowed, worths, strict=True)
    ]


def _tier(tier: str) -> str:
    """A rare hashtag is a specific one to a reader; rare only says that the corpus has seen little of it."""
    return SPECIFIC if tier == RARE else tier


def _reason(best: _Candidate, left: Sequence[_Candidate], told: Collection[str]) -> Reason:
    """Say why `best` was taken from what was `left`; that a likely one was passed over is told once."""
    if not best.fills and max(left, key=lambda one: one.adds) is not best:
        return Reason(Why.TIER, tier=best.tier)
    for one in left:
        if one.twin and not one.fills and one.worth > best.worth and one.tag not in told:
            return Reason(Why.INSTEAD, instead_of=one.tag, twin=one.twin)
    return Reason(Why.FILLS if best.fills else Why.LIKELY)
