"""The five: the best set of hashtags of an answer, with a sentence on each, for pages and commands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpus.models import Hashtag
from predictor.learning import vocabulary
from predictor.ml.best_set import FIVE, NEVER, Chosen, Reason, Why, best_set
from predictor.ml.contract import SuggestedTag
from predictor.ml.kinship import Kinship

LOOKED_AT = 1000  # hashtags of the blend, at most; a bound for the queries, far beyond any set that is posted

SENTENCES: dict[Why, Promise] = {
    Why.MOST_LIKELY: _("Most likely (%(share)s)."),
    Why.LIKELY: _("%(share)s likely."),
    Why.TIER: _("Adds a %(tier)s hashtag to the mix; %(share)s likely."),
    Why.INSTEAD: _("Instead of #%(instead_of)s, which says nearly the same as #%(twin)s; %(share)s likely."),
    Why.FILLS: _("Fills the set; only %(share)s likely."),
}
SHARE, LOW_SHARE = _("%(percent)d %%"), _("under 1 %")  # a number does not part from its sign


@dataclass(frozen=True, slots=True)
class Pick:
    """One hashtag of the set as people see it."""

    tag: str  # key, without #
    display: str
    score: float  # its probability
    why: str  # a sentence
    twin: str = ""  # the hashtag beside which the sentence holds


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of some hashtags besides their scores."""

    displays: dict[str, str]
    statuses: dict[str, str]  # that count; a hashtag that the corpus does not know has none
    tiers: dict[str, str]
    kinship: Kinship

    def may_be_posted(self, tag: str) -> bool:
        """Whether a hashtag is one that may be proposed."""
        return self.statuses.get(tag) not in NEVER


def look_up(tags: Collection[str], versions: Collection[int]) -> Standing:
    """Return what is known of hashtags, also by these versions (ids), by two queries however many there are."""
    rows = {hashtag.key: hashtag for hashtag in Hashtag.objects.filter(key__in=tags).select_related("alias_of")}
    known = vocabulary.recall(versions, tags)
    return Standing(
        displays={tag: rows[tag].display if tag in rows else tag for tag in tags},
        statuses={key: _status(hashtag) for key, hashtag in rows.items()},
        tiers=known.tiers,
        kinship=Kinship(known.kin),
    )


def choose(blended: Sequence[SuggestedTag], versions: Collection[int], n: int = FIVE) -> list[Pick]:
    """Choose the best n hashtags of a blend of these versions (ids), by two queries however long it is."""
    blended = blended[:LOOKED_AT]
    return pick(blended, look_up([item.tag for item in blended], versions), n)


def pick(blended: Sequence[SuggestedTag], standing: Standing, n: int = FIVE) -> list[Pick]:
    """Choose the best n hashtags of a blend, all of which have been looked up."""
    displays = standing.displays
    chosen = best_set(blended, n, standing.kinship, standing.tiers, standing.statuses)
    return [Pick(one.tag, displays[one.tag], one.score, sentence(one, displays), one.reason.twin) for one in chosen]


def likely(tag: str, score: float) -> str:
    """Say how likely a hashtag is that no set was made of."""
    return sentence(Chosen(tag, score, Reason(Why.LIKELY)), {})


def sentence(chosen: Chosen, displays: Mapping[str, str]) -> str:
    """Say why a hashtag is in the set; `displays` holds the hashtags that may be named, as they are shown."""
    reason = chosen.reason
    return str(SENTENCES[reason.why]) % {
        "share": SHARE % {"percent": round(100 * chosen.score)} if chosen.score >= 0.005 else LOW_SHARE,
        "tier": Hashtag.Tier(reason.tier).label if reason.tier else "",
        "instead_of": displays.get(reason.instead_of, ""),
        "twin": displays.get(reason.twin, ""),
    }


def _status(hashtag: Hashtag) -> str:
    """The status that counts: an alias without one has that of what it stands for; a restriction may have expired."""
    plain = hashtag.status == Hashtag.Status.NORMAL
    meant = hashtag.alias_of if plain and hashtag.alias_of else hashtag
    if meant.status == Hashtag.Status.RESTRICTED and meant.status_until and meant.status_until < timezone.localdate():
        return Hashtag.Status.NORMAL
    return meant.status
