"""The columns of an answer: what each version suggests, and the blend of them, with evidence and standing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from corpus.models import Hashtag
from predictor import five, word_borders
from predictor.answers import BLEND, Answer
from predictor.five import Standing
from predictor.ml import backbones
from predictor.ml.contract import SuggestedTag
from predictor.models import ModelVersion
from predictor.why.evidence import Reason, reasons

SHOWN = 10  # hashtags in a column

BACKBONES = (  # whose names are words in part
    gettext_noop("EfficientNet-Lite2 (stand-in for ResNet50)"),
    gettext_noop("MobileNetV2 (torchvision's weights)"),
    gettext_noop("ResNet50 (torchvision's weights)"),
)
BARRED: dict[str, Promise] = {
    "banned": gettext_lazy("Reported as banned: posts with it may be hidden from others, so it is not offered."),
    "restricted": gettext_lazy("Reported as restricted: posts with it may be found less, so it is not offered."),
    "spam": gettext_lazy("Mostly used by those who send spam, so it is not offered."),
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one version says of a hashtag of the blend."""

    version: ModelVersion
    rank: int  # 1 is the best
    score: float


@dataclass(frozen=True, slots=True)
class Row:
    """One hashtag of a column."""

    tag: str  # key, without #
    display: str
    score: float
    bar: float  # 0 to 100: the score beside the best one of its column
    reasons: list[Reason]
    capitals: str = ""  # as it is written with a capital at the head of each word
    why: str = ""  # a sentence: how likely it is, by all models together
    tier: str = ""  # in a word
    status: str = ""  # in a word; empty for a normal one
    barred: str = ""  # a sentence: why it may not be chosen; empty for those that may
    by: tuple[str, ...] = ()  # kinds of model whose columns hold it
    opinions: list[Opinion] = field(default_factory=list)  # of a hashtag of the blend

    @property
    def told(self) -> float:
        """Percent of the score that the reasons make up; 0 where the model has no such shares."""
        return sum(reason.percent for reason in self.reasons)

    @property
    def agreed(self) -> bool:
        """Whether the columns of several models hold it."""
        return len(self.by) > 1


@dataclass(frozen=True, slots=True)
class Column:
    """The ranking of one version, or of the blend of all, which has none."""

    version: ModelVersion | None
    backbone: str  # its honest name; empty for the blend
    rows: list[Row]

    @property
    def kind(self) -> str:
        return self.version.kind if self.version else BLEND

    @property
    def label(self) -> str:
        return self.version.label if self.version else gettext("Both together")

    @property
    def next_backbone(self) -> str:
        """The backbone that the settings name for this kind, where the version still serves on another; else empty."""
        if self.version is None:
            return ""
        chosen = settings.KIND_BACKBONES.get(self.version.kind, self.version.backbone_id)
        return "" if chosen == self.version.backbone_id else backbone_name(chosen)

    @property
    def copy_text(self) -> str:
        return " ".join(f"#{row.display}" for row in self.rows if not row.barred)

    @property
    def decimals(self) -> int:
        """Decimal places that give the column's best score three digits that say something."""
        best = max((abs(row.score) for row in self.rows), default=0)
        return 2 - math.floor(math.log10(best)) if 1e-4 < best < 100 else 2


def backbone_name(id: str) -> str:
    """The honest name of a backbone, in the visitor's language."""
    return gettext(backbones.get(id).label)


def columns(answer: Answer, rankings: Mapping[str, Sequence[SuggestedTag]], standing: Standing) -> list[Column]:
    """Return a column for each of the rankings of an answer (by kind), that of the blend where there is one to blend.

    All hashtags have been looked up; three queries more.
    """
    shown = {kind: ranking[:SHOWN] for kind, ranking in rankings.items() if kind != BLEND or len(answer.versions) > 1}
    tags = {item.tag for ranking in shown.values() for item in ranking}
    by = {tag: tuple(kind for kind in answer.versions if tag in _tags(shown[kind])) for tag in tags}
    capitals = word_borders.capitals({tag: standing.displays[tag] for tag in tags})
    likely = {item.tag: item.score for item in rankings[BLEND]}
    speaking = reasons(
        {(kind, tag): answer.evidence.get((kind, tag), []) for kind in shown for tag in _tags(shown[kind])}
    )
    return [
        Column(
            version := answer.versions.get(kind),
            backbone_name(version.backbone_id) if version else "",
            [
                Row(
                    tag=item.tag,
                    display=standing.displays[item.tag],
                    score=item.score,
                    bar=_bar(item.score, ranking),
                    reasons=speaking[kind, item.tag],
                    capitals=capitals[item.tag],
                    why=five.likely(item.tag, likely[item.tag]),
                    by=by[item.tag],
                    opinions=[] if version else _opinions(answer, item.tag),
                    **_words(item.tag, standing),
                )
                for item in ranking
            ],
        )
        for kind, ranking in shown.items()
    ]


def _tags(ranking: Sequence[SuggestedTag]) -> list[str]:
    return [item.tag for item in ranking]


def _bar(score: float, ranking: Sequence[SuggestedTag]) -> float:
    best = max(item.score for item in ranking)
    return 100 * max(score, 0) / best if best > 0 else 0


def _words(tag: str, standing: Standing) -> dict[str, str]:
    """What is known of a hashtag besides its score, in words."""
    status, tier = standing.statuses.get(tag, Hashtag.Status.NORMAL), standing.tiers.get(tag, "")
    return {
        "tier": str(Hashtag.Tier(tier).label) if tier else "",
        "status": "" if status == Hashtag.Status.NORMAL else str(Hashtag.Status(status).label),
        "barred": str(BARRED.get(status, "")),
    }


def _opinions(answer: Answer, tag: str) -> list[Opinion]:
    return [
        Opinion(answer.versions[kind], rank, item.score)
        for kind, ranking in answer.rankings.items()
        for rank, item in enumerate(ranking, 1)
        if item.tag == tag
    ]
