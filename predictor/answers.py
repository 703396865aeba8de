"""The stored answer to a photo: the rankings of all versions, to be ranked anew without asking a model."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from predictor.ml.blend import blend
from predictor.ml.contract import SuggestedTag
from predictor.ml.steering import steer
from predictor.models import ModelVersion, Upload

BLEND = "blend"


@dataclass(frozen=True, slots=True)
class Answer:
    """What every version said of one photo."""

    versions: dict[str, ModelVersion]  # by kind, in alphabetical order
    rankings: dict[str, list[SuggestedTag]]  # by kind, best first
    evidence: dict[tuple[str, str], list[dict[str, Any]]]  # by kind and hashtag, of those that were explained

    def columns(self, specific: float = 0.0, without: Collection[str] = ()) -> dict[str, list[SuggestedTag]]:
        """Return the ranking of each kind, and of all as `BLEND`, with the control between popular and specific."""
        columns = {**self.rankings, BLEND: blend(self.rankings)}
        return {
            kind: [item for item in steer(ranking, specific) if item.tag not in without]
            for kind, ranking in columns.items()
        }


def answer_to(upload: Upload) -> Answer:
    """Return what is stored of an upload, by two queries; of several versions of one kind, the newest counts."""
    stored = upload.suggestions.order_by("version", "rank")
    rows = list(stored.values_list("version", "tag", "score", "prior", "usual", "evidence"))
    answered = ModelVersion.objects.filter(pk__in={id for id, *_ in rows}).order_by("kind", "pk")
    versions = {version.kind: version for version in answered}
    kinds = {version.pk: kind for kind, version in versions.items()}
    rankings: dict[str, list[SuggestedTag]] = {kind: [] for kind in versions}
    evidence: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for id, tag, score, prior, usual, because in rows:
        if id not in kinds:
            continue
        rankings[kinds[id]].append(SuggestedTag(tag, score, prior, usual))
        if because:
            evidence[kinds[id], tag] = because
    return Answer(versions, rankings, evidence)
