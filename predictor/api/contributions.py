"""Contributions: say what belongs to a photo, see what became of that, take it back."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from predictor import limits
from predictor.api import describing, schemas
from predictor.api.auth import user_of, visitor
from predictor.contributions import contributing
from predictor.contributions.contributing import ContributionError
from predictor.models import Contribution, ContributionQuerySet, Upload

router = Router(tags=["contributions"])


@router.post("/uploads/{uuid:id}/contribution", response={201: schemas.ContributionWithReceipt})
def contribute(
    request: HttpRequest, response: HttpResponse, id: UUID, opinion: schemas.Opinion
) -> Status[dict[str, Any]]:
    """Say which hashtags belong to a photo of yours. A moderator looks at it, unless you are trusted."""
    upload = get_object_or_404(Upload.objects.of(visitor(request)), pk=id)
    user = user_of(request)
    limits.check_contributing(request, user)
    row = contributing.contribute(upload, user, opinion.kept, opinion.dropped, opinion.added, opinion.may_be_shown)
    told = describing.of_contribution(row, with_receipt=True)
    response["Location"] = told["url"]
    return Status(201, told)


@router.get("/contributions", response=schemas.ContributionList)
def list_contributions(request: HttpRequest, part: Query[schemas.Paging]) -> dict[str, Any]:
    """Your contributions, the newest first."""
    rows = _mine(request).order_by("-created", "pk")
    items = [describing.of_contribution(row) for row in rows[part.offset : part.offset + part.limit]]
    return {"count": rows.count(), "items": items}


@router.get("/contributions/{uuid:id}", response=schemas.ContributionWithReceipt)
def get_contribution(request: HttpRequest, id: UUID) -> dict[str, Any]:
    """One of your contributions; once it is not open any more, with its receipt."""
    return describing.of_contribution(get_object_or_404(_mine(request), pk=id), with_receipt=True)


@router.delete("/contributions/{uuid:id}", response=schemas.ContributionWithReceipt)
def withdraw(request: HttpRequest, id: UUID) -> dict[str, Any]:
    """Take a contribution back, and get the receipt; doing so twice is as good as once."""
    row = get_object_or_404(_mine(request), pk=id)
    if row.is_open:
        with suppress(ContributionError):  # a moderator was faster: the answer says how it stands
            contributing.withdraw(row)
        row.refresh_from_db()
    return describing.of_contribution(row, with_receipt=True)


def _mine(request: HttpRequest) -> ContributionQuerySet:
    return Contribution.objects.of(visitor(request))
