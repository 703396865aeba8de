"""The five: the best set of hashtags of an answer, with a sentence on each, for pages and commands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpus.models import Hashtag
from predictor import vocabulary
from predictor.ml.best_set import FIVE, Chosen, Why, best_set
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
SHARE, LOW_SHARE = _("%(percent)d\u00a0%%"), _("under\u00a01\u00a0%")  # a number does not part from its sign


@dataclass(frozen=True, slots=True)
class Pick:
    """One hashtag of the set as people see it."""

    tag: str  # key, without #
    display: str
    score: float  # its probability
    why: str  # a sentence


def choose(blended: Sequence[SuggestedTag], versions: Collection[int], n: int = FIVE) -> list[Pick]:
    """Choose the best n hashtags of a blend of these versions (ids), by two queries however long it is."""
    blended = blended[:LOOKED_AT]
    tags = [item.tag for item in blended]
    standing = {hashtag.key: hashtag for hashtag in Hashtag.objects.filter(key__in=tags).select_related("alias_of")}
    statuses = {key: _status(hashtag) for key, hashtag in standing.items()}
    displays = {tag: standing[tag].display if tag in standing else tag for tag in tags}
    known = vocabulary.recall(versions, tags)
    chosen = best_set(blended, n, Kinship(known.kin), known.tiers, statuses)
    return [Pick(one.tag, displays[one.tag], one.score, sentence(one, displays)) for one in chosen]


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
