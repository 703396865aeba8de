"""Describing: from rows to what the API says of them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from corpus.models import Hashtag, Tagging
from predictor import five
from predictor.answers import BLEND, answer_to
from predictor.api.schemas import Look
from predictor.contributions import receipts
from predictor.five import Standing
from predictor.ml import backbones
from predictor.ml.contract import SuggestedTag
from predictor.models import Contribution, ModelVersion, Upload

API = "/api/v1"


def of_upload(row: Upload) -> dict[str, Any]:
    """Describe an upload without its answer."""
    address = f"{API}/uploads/{row.pk}"
    return {
        "id": row.pk,
        "state": row.state,
        "name": row.sent_name,
        "width": row.width,
        "height": row.height,
        "created": row.created,
        "finished": row.finished,
        "seconds": row.seconds,
        "reason": row.reason,
        "message": row.failure,
        "answered_by": row.answered_by.split(),
        "timings": row.timings,
        "url": address,
        "photo": f"{address}/photo" if row.display else None,
    }


def of_answered(row: Upload, look: Look, muted: Collection[str]) -> dict[str, Any]:
    """Describe an upload with its answer, if there is one yet; `muted` are the keys that are not to be suggested."""
    return of_upload(row) | {"answer": _answer(row, look, muted) if row.state == Upload.State.DONE else None}


def of_contribution(row: Contribution, with_receipt: bool = False) -> dict[str, Any]:
    """Describe a contribution; a receipt costs queries, so lists go without."""
    names = ("state", "message", "kept", "dropped", "added", "held", "may_be_shown", "created", "decided", "withdrawn")
    told = {name: getattr(row, name) for name in names}
    told |= {"id": row.pk, "upload": row.upload_id, "url": f"{API}/contributions/{row.pk}"}
    return told | {"receipt": _receipt(row)} if with_receipt else told


def of_version(row: ModelVersion, serving: Collection[int]) -> dict[str, Any]:
    """Describe a version; `serving` holds the ids of those that serve."""
    names = ("id", "kind", "state", "reason", "backbone", "posts", "hashtags", "seconds", "created", "metrics")
    told = {name: getattr(row, name) for name in names}
    serves = row.pk in serving
    return told | {"name": str(row), "parent": row.parent_id, "serves": serves, "url": f"{API}/versions/{row.pk}"}


def _answer(row: Upload, look: Look, muted: Collection[str]) -> dict[str, Any]:
    answer = answer_to(row)
    rankings = answer.columns(look.specific, muted)
    blended = rankings[BLEND][: five.LOOKED_AT]
    shown = {kind: ranking[: look.top] for kind, ranking in rankings.items()}
    standing = five.look_up([item.tag for item in blended], [version.pk for version in answer.versions.values()])
    posts = {item["post"] for because in answer.evidence.values() for item in because if item.get("post")}
    carried = _hashtags_of(posts)
    return {
        "rankings": [
            {
                "version": str(version),
                "kind": kind,
                "label": version.label,
                "backbone": backbones.get(version.backbone_id).label,
                "hashtags": [
                    _hashtag(item, standing)
                    | {"evidence": [_reason(one, carried) for one in answer.evidence.get((kind, item.tag), [])]}
                    for item in shown[kind]
                ],
            }
            for kind, version in answer.versions.items()
        ],
        "blend": [_hashtag(item, standing) for item in shown[BLEND]],
        "five": [asdict(pick) for pick in five.pick(blended, standing)],
    }


def _hashtag(item: SuggestedTag, standing: Standing) -> dict[str, Any]:
    return {
        "tag": item.tag,
        "display": standing.displays.get(item.tag, item.tag),
        "score": item.score,
        "tier": standing.tiers.get(item.tag, ""),
        "status": standing.statuses.get(item.tag, Hashtag.Status.NORMAL),
    }


def _hashtags_of(posts: Collection[int]) -> dict[int, list[str]]:
    """Return what posts carry, as it is shown, in order; one that is gone is missing."""
    carried: dict[int, list[str]] = {}
    pairs = Tagging.objects.filter(post__in=posts).order_by("post_id", "position")
    for post, display in pairs.values_list("post_id", "hashtag__display"):
        carried.setdefault(post, []).append(display)
    return carried


def _reason(item: Mapping[str, Any], carried: Mapping[int, list[str]]) -> dict[str, Any]:
    facts = {"similarity": item["similarity"], "share": item["share"]}
    if item.get("tag"):
        return facts | {"kind": "hashtag", "hashtags": [item["tag"]]}
    return facts | {"kind": "post", "hashtags": carried.get(item["post"], [])}


def _receipt(row: Contribution) -> dict[str, Any] | None:
    if row.is_open:
        return None
    kept = receipts.receipt(row)
    learned, serving = ([str(version) for version in some] for some in (kept.learned, kept.serving))
    return {"hashtags": kept.hashtags, "learned": learned, "serving": serving, "free_since": kept.free_since}
