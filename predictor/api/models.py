"""The models, their versions with their figures, and the hashtags that they know. Nobody has to show a token here."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from predictor.api import describing, schemas
from predictor.contributions import proposing
from predictor.ml import kinds
from predictor.models import ActiveVersion, Contribution, ModelVersion

router = Router(tags=["models"])


@router.get("/models", response=list[schemas.Model])
def list_models(request: HttpRequest) -> list[dict[str, Any]]:
    """Both kinds of model, and which version of each serves."""
    pointers = {pointer.kind: pointer for pointer in ActiveVersion.objects.select_related("version")}
    return [
        {
            "kind": kind.id,
            "label": kind.label,
            "serving": describing.of_version(pointer.version, {pointer.version_id}) if pointer else None,
            "since": pointer.since if pointer else None,
        }
        for kind, pointer in ((kind, pointers.get(kind.id)) for kind in kinds.KINDS)
    ]


@router.get("/versions", response=schemas.VersionList)
def list_versions(request: HttpRequest, part: Query[schemas.Paging]) -> dict[str, Any]:
    """All versions that were ever trained here, the newest first."""
    rows = ModelVersion.objects.defer("gate", "golden", "parameters").order_by("-pk")
    serving = _serving()
    items = [describing.of_version(row, serving) for row in rows[part.offset : part.offset + part.limit]]
    return {"count": rows.count(), "items": items}


@router.get("/versions/{int:id}", response=schemas.Version)
def get_version(request: HttpRequest, id: int) -> dict[str, Any]:
    """One version with its figures."""
    return describing.of_version(get_object_or_404(ModelVersion, pk=id), _serving())


@router.get("/hashtags", response=list[schemas.Proposal])
def propose_hashtags(
    request: HttpRequest, q: Annotated[str, Query("", max_length=100, description="What they begin with.")]
) -> list[dict[str, object]]:
    """Up to eight known hashtags that begin with a text, the common ones first."""
    return proposing.beginning_with(q, Contribution.objects.none())


def _serving() -> set[int]:
    return set(ActiveVersion.objects.values_list("version", flat=True))
