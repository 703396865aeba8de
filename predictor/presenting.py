"""What the page of an upload shows: its state, the set of hashtags to post, and the columns, for the templates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from predictor import five, platforms, word_borders
from predictor.answers import BLEND, Answer, answer_to
from predictor.columns import SHOWN, columns
from predictor.five import Pick, Standing
from predictor.ml import kinds
from predictor.models import Judgement, Upload
from predictor.page_settings import PageSettings

WAIT_FIRST, WAIT_LONGEST, WAIT_GROWTH = 150, 1000, 1.25  # milliseconds between two looks at a waiting upload
SLOW = timedelta(seconds=10)  # after this long the page says that it takes long


@dataclass(frozen=True, slots=True)
class Choice:
    """One hashtag that a person may keep or drop."""

    tag: str
    display: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One hashtag that may be taken into the set."""

    tag: str  # key, without #
    display: str
    capitals: str  # as it is written with a capital at the head of each word
    why: str  # a sentence
    twin: str  # the hashtag beside which the sentence holds; mostly none


def upload_context(upload: Upload, asked: int = 0, wished: PageSettings | None = None) -> dict[str, Any]:
    """Return what upload.html and upload_state.html need, after the page has asked so many times."""
    wait = WAIT_FIRST * WAIT_GROWTH ** min(asked, 20)
    judged = Judgement.objects.filter(upload=upload).first() if upload.state == Upload.State.DONE else None
    return {
        **answer_context(upload, wished or PageSettings()),
        "contribution": upload.contributions.open().first() if upload.display else None,
        "judgement": judged,
        "said": judged and {"kept": judged.good, "dropped": judged.bad, "added": " ".join(judged.missing)},
        "wait_ms": round(min(WAIT_LONGEST, wait)),
        "asked": asked + 1,
        "slow": upload.is_open and timezone.now() - upload.created > SLOW,
        "expires": expires(upload),
        "kinds": [(kind.id, kind.label) for kind in kinds.KINDS] + [(BLEND, gettext("Both together"))],
        "places": range(SHOWN),
    }


def answer_context(upload: Upload, wished: PageSettings) -> dict[str, Any]:
    """Return what the set and the columns need: all that the control and the platform change."""
    context: dict[str, Any] = {
        "upload": upload,
        "here": reverse("upload", args=[upload.pk]) + (f"?specific={wished.specific:g}" if wished.specific else ""),
        "wished": wished,
        "platforms": platforms.PLATFORMS,
        "five_places": range(wished.platform.proposed),
        "columns": [],
    }
    if upload.state != Upload.State.DONE:
        return context
    answer = answer_to(upload)
    standing = standing_of(answer)
    rankings = answer.columns(wished.specific, wished.muted)
    shown = columns(answer, rankings, standing)
    return context | {
        "five": proposals(five.pick(rankings[BLEND], standing, wished.platform.proposed)),
        "columns": shown,
        "agreed": len({row.tag for column in shown for row in column.rows if row.agreed}),
        "choices": choices_of(answer, standing, wished.muted),
    }


def expires(upload: Upload) -> datetime | None:
    """When an upload without an account will be deleted."""
    return None if upload.owner_id else upload.created + timedelta(days=settings.UPLOAD_DAYS)


def standing_of(answer: Answer) -> Standing:
    """Return what is known of all hashtags of an answer."""
    tags = {item.tag for ranking in answer.rankings.values() for item in ranking}
    return five.look_up(tags, [version.pk for version in answer.versions.values()])


def choices_of(answer: Answer, standing: Standing, muted: Collection[str] = ()) -> list[Choice]:
    """Return the first hashtags of all versions but muted ones, each once: those of rank 1 first"""
    columns = [[item.tag for item in ranking if item.tag not in muted][:SHOWN] for ranking in answer.rankings.values()]
    tags = dict.fromkeys(tag for rank in zip_longest(*columns) for tag in rank if tag)
    return [Choice(tag, standing.displays[tag]) for tag in tags]


def proposals(picks: Sequence[Pick]) -> list[Proposal]:
    """Return hashtags as they go into the set, by one query."""
    capitals = word_borders.capitals({pick.tag: pick.display for pick in picks})
    return [Proposal(pick.tag, pick.display, capitals[pick.tag], pick.why, pick.twin) for pick in picks]
