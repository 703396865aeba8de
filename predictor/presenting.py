"""What the page of an upload shows: the five, and columns of hashtags with their evidence, for the templates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from corpus.models import Hashtag, Tagging
from predictor import five
from predictor.ml import backbones, kinds
from predictor.ml.best_set import FIVE
from predictor.ml.blend import blend
from predictor.ml.contract import SuggestedTag
from predictor.models import ModelVersion, Suggestion, Upload

SHOWN = 10  # hashtags in a column
WAIT_FIRST, WAIT_LONGEST, WAIT_GROWTH = 150, 1000, 1.25  # milliseconds between two looks at a waiting upload
SLOW = timedelta(seconds=10)  # after this long the page says that it takes long


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: a known hashtag, or a post described by its hashtags."""

    text: str  # empty for a post that is gone
    is_post: bool
    similarity: float  # cosine
    share: float  # part of the score, 0 to 1; 0 where the model has none

    @property
    def percent(self) -> float:
        return 100 * self.share


@dataclass(frozen=True, slots=True)
class Row:
    """One hashtag of a column."""

    tag: str  # key, without #
    display: str
    score: float
    bar: float  # 0 to 100: the score beside the best one of its column
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Choice:
    """One hashtag that a person may keep or drop."""

    tag: str
    display: str
    by: str  # the kinds of model that suggest it: "als w2v"


@dataclass(frozen=True, slots=True)
class Column:
    """The ranking of one version."""

    version: ModelVersion
    backbone: str  # its honest name
    rows: list[Row]

    @property
    def next_backbone(self) -> str:
        """The backbone that the settings name for this kind, where the version still serves on another; else empty."""
        chosen = settings.KIND_BACKBONES.get(self.version.kind, self.version.backbone_id)
        return "" if chosen == self.version.backbone_id else backbones.get(chosen).label

    @property
    def copy_text(self) -> str:
        return " ".join(f"#{row.display}" for row in self.rows)

    @property
    def decimals(self) -> int:
        """Decimal places that give the column's best score three digits that say something."""
        best = max((abs(row.score) for row in self.rows), default=0)
        return 2 - math.floor(math.log10(best)) if 1e-4 < best < 100 else 2


def upload_context(upload: Upload, asked: int = 0) -> dict[str, Any]:
    """Return what upload.html and upload_state.html need, after the page has asked so many times."""
    wait = WAIT_FIRST * WAIT_GROWTH ** min(asked, 20)
    columns = columns_of(upload) if upload.state == Upload.State.DONE else []
    return {
        "upload": upload,
        "five": five_of(upload) if upload.state == Upload.State.DONE else [],
        "columns": columns,
        "choices": choices_of(columns),
        "contribution": upload.contributions.open().first() if upload.display else None,
        "wait_ms": round(min(WAIT_LONGEST, wait)),
        "asked": asked + 1,
        "slow": upload.is_open and timezone.now() - upload.created > SLOW,
        "expires": expires(upload),
        "kinds": kinds.KINDS,
        "places": range(SHOWN),
        "five_places": range(FIVE),
    }


def expires(upload: Upload) -> datetime | None:
    """When an upload without an account will be deleted."""
    return None if upload.owner_id else upload.created + timedelta(days=settings.UPLOAD_DAYS)


def five_of(upload: Upload) -> list[five.Pick]:
    """Return the best set out of all that was stored of this upload."""
    rankings: dict[int, list[SuggestedTag]] = {}
    kinds_of: dict[int, str] = {}
    stored = upload.suggestions.order_by("version__kind", "rank")
    values = stored.values_list("version", "version__kind", "tag", "score", "prior", "usual")
    for version, kind, tag, score, prior, usual in values:
        rankings.setdefault(version, []).append(SuggestedTag(tag, score, prior, usual))
        kinds_of[version] = kind
    return five.choose(blend({kinds_of[version]: ranking for version, ranking in rankings.items()}), rankings)


def columns_of(upload: Upload) -> list[Column]:
    """Return one column for each version that answered, the kinds in alphabetical order."""
    shown = list(upload.suggestions.filter(rank__lte=SHOWN).select_related("version").order_by("version__kind", "rank"))
    displays = dict(Hashtag.objects.filter(key__in={row.tag for row in shown}).values_list("key", "display"))
    described = _describe_posts({item["post"] for row in shown for item in row.evidence if item.get("post")})
    found = {row.version_id: row.version for row in shown}
    return [
        Column(version, _backbone_label(version), _rows([s for s in shown if s.version_id == id], displays, described))
        for id, version in found.items()
    ]


def choices_of(columns: Sequence[Column]) -> list[Choice]:
    """Return the hashtags of all columns, each once: the first of each, then the second of each, and so on."""
    found: dict[str, list[str]] = {}
    displays: dict[str, str] = {}
    for rank in range(SHOWN):
        for column in columns:
            for row in column.rows[rank : rank + 1]:
                found.setdefault(row.tag, []).append(column.version.kind)
                displays[row.tag] = row.display
    return [Choice(tag, displays[tag], " ".join(kinds)) for tag, kinds in found.items()]


def _rows(shown: list[Suggestion], displays: dict[str, str], described: dict[int, str]) -> list[Row]:
    best = max((row.score for row in shown), default=0.0)
    return [
        Row(
            tag=row.tag,
            display=displays.get(row.tag, row.tag),
            score=row.score,
            bar=100 * max(row.score, 0) / best if best > 0 else 0,
            reasons=[_reason(item, described) for item in row.evidence],
        )
        for row in shown
    ]


def _reason(item: dict[str, Any], described: dict[int, str]) -> Reason:
    is_post = not item.get("tag")
    text = described.get(item["post"], "") if is_post else f"#{item['tag']}"
    return Reason(text, is_post, similarity=item["similarity"], share=item["share"])


def _describe_posts(ids: set[int]) -> dict[int, str]:
    """Return posts as the hashtags that they carry; a post that is gone has no description."""
    described: dict[int, str] = {}
    pairs = (
        Tagging.objects.filter(post__in=ids).order_by("post_id", "position").values_list("post_id", "hashtag__display")
    )
    for post, display in pairs:
        described[post] = f"{described[post]} #{display}" if post in described else f"#{display}"
    return described


def _backbone_label(version: ModelVersion) -> str:
    return backbones.get(version.backbone_id).label
