"""Why a hashtag was suggested for a photo: what each version says of it, by what, and where; for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from corpus.models import Hashtag
from predictor import queue
from predictor.answers import BLEND, Answer, answer_to
from predictor.columns import SHOWN
from predictor.limits import Refusal
from predictor.ml.blend import OTHER_WEIGHT, WEIGHTS
from predictor.models import Explanation, ModelVersion, Upload, VersionHashtag
from predictor.why import evidence
from predictor.why.evidence import Reason
from predictor.why.heat_maps import HeatMap, heat_map, percent
from predictor.why.tag_maps import TagMap, tag_map

KIN = 8  # hashtags near to the one in question that are named: of the stored ones, those on most posts
NEAR = 0.15  # least cosine of those; in many dimensions, less is chance
MOST_OPEN = 100  # explanations that may wait at once


@dataclass(frozen=True, slots=True)
class Kin:
    """A hashtag that is near to another one in a version's own geometry."""

    display: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Saying:
    """What one version says of a hashtag."""

    version: ModelVersion
    rank: int  # 1 is the best
    score: float
    weight: float  # in the blend
    reasons: list[Reason]
    kin: list[Kin]
    heat: HeatMap | None
    map: TagMap | None

    @property
    def told(self) -> float:
        """Percent of the score that the reasons make up; 0 where the model has no such shares."""
        return sum(reason.percent for reason in self.reasons)

    @property
    def compared(self) -> int:
        """How many look-alikes the photo is compared with; 0 where that is not known."""
        return int(self.version.parameters.get("summary", {}).get("neighbours", 0))


@dataclass(frozen=True, slots=True)
class Why:
    """All that is known of why a hashtag was suggested for a photo."""

    tag: str
    display: str
    score: float  # of all versions together
    sayings: list[Saying]
    explanation: Explanation | None

    @property
    def likely(self) -> str:
        """Its probability by all versions together, in words."""
        return percent(self.score)

    @property
    def waits(self) -> bool:
        """Whether the models are to look at the photo again."""
        return self.explanation is not None and self.explanation.done is None

    @property
    def failed(self) -> str:
        """Why the models could not look again; empty where they could, or were not asked."""
        return _(self.explanation.message) if self.explanation and self.explanation.message else ""

    @property
    def asked_others(self) -> str:
        """The versions that looked again, where those that had answered do not serve any more."""
        row = self.explanation
        return row.asked if row and row.done and row.asked != row.upload.answered_by else ""


def why(upload: Upload, tag: str) -> Why | None:
    """Return why a hashtag (its key) was suggested for an answered upload; None where it was not."""
    answer = answer_to(upload)
    blended = {item.tag: item.score for item in answer.columns()[BLEND]}
    if tag not in blended:
        return None
    row = Explanation.objects.select_related("upload").filter(upload=upload).first()
    kin = _kin(answer, tag)
    known = {hashtag.key: hashtag for hashtag in Hashtag.objects.filter(key__in={tag}.union(*kin.values()))}
    speaking = evidence.reasons({kind: _evidence(answer, row, kind, tag) for kind in answer.versions})
    sayings = [
        Saying(
            version=answer.versions[kind],
            rank=rank,
            score=item.score,
            weight=WEIGHTS.get(kind, OTHER_WEIGHT),
            reasons=speaking[kind],
            kin=_common(kin[kind], known),
            heat=_heat(upload, row, kind, tag),
            map=tag_map(answer.versions[kind], ranking[:SHOWN], tag),
        )
        for kind, ranking in answer.rankings.items()
        for rank, item in enumerate(ranking, 1)
        if item.tag == tag
    ]
    return Why(tag, known[tag].display if tag in known else tag, blended[tag], sayings, row)


def maps(upload: Upload) -> list[TagMap]:
    """Return an answered photo on the map of each version that answered it."""
    answer = answer_to(upload)
    drawn = [tag_map(version, answer.rankings[kind][:SHOWN]) for kind, version in answer.versions.items()]
    return [one for one in drawn if one is not None]


def ask(upload: Upload) -> None:
    """Let the models look at an answered upload again. Raises Refusal where too many wait for that."""
    if upload.state != Upload.State.DONE:
        return
    Explanation.objects.given_up().delete()  # whoever still wants one asks again
    if Explanation.objects.open().count() >= MOST_OPEN:
        raise Refusal(503, _("Many explanations are being made already. Please try again in a minute."), retry_after=60)
    Explanation.objects.filter(upload=upload).exclude(message="").delete()
    _row, created = Explanation.objects.get_or_create(upload=upload)
    if created:
        queue.enqueue_explanation(upload.pk)


def _kin(answer: Answer, tag: str) -> dict[str, dict[str, float]]:
    """The hashtags that are near to one in each version, with cosines, nearest first."""
    kinds = {version.pk: kind for kind, version in answer.versions.items()}
    known = VersionHashtag.objects.filter(version__in=kinds, tag=tag).values_list("version", "neighbours")
    found = {kinds[version]: {near: cosine for near, cosine in kin if cosine >= NEAR} for version, kin in known}
    return {kind: found.get(kind, {}) for kind in answer.versions}


def _common(kin: Mapping[str, float], known: Mapping[str, Hashtag]) -> list[Kin]:
    """Of the near hashtags those on most posts, nearest first: vectors of rare ones are little more than chance."""
    common = sorted(known.keys() & kin, key=lambda tag: -known[tag].posts_number)[:KIN]
    return [Kin(known[tag].display, kin[tag]) for tag in sorted(common, key=lambda tag: -kin[tag])]


def _evidence(answer: Answer, row: Explanation | None, kind: str, tag: str) -> evidence.Stored:
    """What was stored with the answer, else what the model said when it looked again."""
    later: evidence.Stored = row.evidence.get(kind, {}).get(tag, []) if row else []
    return answer.evidence.get((kind, tag)) or later


def _heat(upload: Upload, row: Explanation | None, kind: str, tag: str) -> HeatMap | None:
    found = row.probabilities(kind, tag) if row and row.done and not row.message else None
    return heat_map(found[0], found[1:], (upload.width, upload.height)) if found else None
