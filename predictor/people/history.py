"""What a person has sent so far: photos with their five, a page at a time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from predictor import five, presenting
from predictor.ml.blend import blend
from predictor.ml.contract import SuggestedTag
from predictor.models import Suggestion, Upload
from predictor.people import muting
from predictor.people.visitors import Visitor

PAGE = 12  # photos


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo of the list."""

    upload: Upload
    five: list[five.Pick]
    expires: datetime | None


def pages_of(visitor: Visitor, number: str) -> tuple[Page[Upload], list[Photo]]:
    """Return a page of a visitor's uploads, the newest first, and what it shows; the nearest page where none is so."""
    page = Paginator(Upload.objects.of(visitor).order_by("-created", "pk"), PAGE).get_page(number)
    fives = fives_of([upload for upload in page if upload.state == Upload.State.DONE], muting.muted(visitor))
    return page, [Photo(upload, fives.get(upload.pk, []), presenting.expires(upload)) for upload in page]


def fives_of(uploads: Sequence[Upload], muted: Collection[str] = ()) -> dict[uuid.UUID, list[five.Pick]]:
    """Return the best set of each answered upload without muted hashtags, by as many queries as for one."""
    rankings: dict[uuid.UUID, dict[str, list[SuggestedTag]]] = defaultdict(dict)
    versions: dict[uuid.UUID, list[int]] = defaultdict(list)
    stored = Suggestion.objects.filter(upload__in=uploads).order_by("upload", "version", "rank")
    values = stored.values_list("upload", "version", "version__kind", "tag", "score", "prior", "usual")
    for upload, version, kind, tag, score, prior, usual in values:
        rankings[upload].setdefault(kind, []).append(SuggestedTag(tag, score, prior, usual))
        if version not in versions[upload]:
            versions[upload].append(version)
    blends = {
        upload: [item for item in blend(ranking) if item.tag not in muted] for upload, ranking in rankings.items()
    }
    found: dict[uuid.UUID, list[five.Pick]] = {}
    for answered_by in {tuple(ids) for ids in versions.values()}:  # nearly always one and the same
        alike = [upload for upload, ids in versions.items() if tuple(ids) == answered_by]
        standing = five.look_up({item.tag for upload in alike for item in blends[upload]}, answered_by)
        found.update({upload: five.pick(blends[upload], standing) for upload in alike})
    return found
