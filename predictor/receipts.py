"""What is kept of a contribution beside its post: which suggestions it accepted, and which versions learned from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from predictor import versions
from predictor.models import Activation, Contribution, ModelVersion, Upload


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a contribution that was taken back."""

    hashtags: list[str]
    learned: list[ModelVersion]  # the versions that had learned from it
    serving: list[ModelVersion]  # those of them that still serve, until the next run
    free_since: datetime | None  # from when on none serves; None while one does, or where none had learned from it


def rankings(upload: Upload) -> dict[str, list[str]]:
    """Return what each version suggested for an upload, best first, by its name."""
    found: dict[str, list[str]] = {}
    stored = upload.suggestions.order_by("version", "rank").values_list("version__kind", "version", "tag")
    for kind, version, tag in stored:
        found.setdefault(f"{kind}:{version}", []).append(tag)
    return found


def acceptance(
    rankings: Mapping[str, list[str]], kept: Collection[str], dropped: Collection[str], first: int
) -> dict[str, dict[str, int]]:
    """Return for each version how many of its first hashtags were shown, kept and dropped."""
    return {
        name: {
            "shown": len(ranking[:first]),
            "kept": len(set(ranking[:first]) & set(kept)),
            "dropped": len(set(ranking[:first]) & set(dropped)),
        }
        for name, ranking in rankings.items()
    }


def holders(row: Contribution) -> list[ModelVersion]:
    """Return the versions that learned from a contribution, oldest first.

    Told by the number of its post and not by times, since a clock can go wrong: each version keeps the numbers up to
    its watermark that were withdrawn before it learned.
    """
    if row.post_number is None or row.admitted is None:
        return []
    near = ModelVersion.objects.filter(watermark__gte=row.post_number).order_by("pk")
    return [version for version in near if row.post_number not in version.parameters.get("withdrawn", [])]


def receipt(row: Contribution) -> Receipt:
    """Say what became of a contribution that was taken back."""
    learned = holders(row)
    serving = [version for version in versions.active().values() if version in learned]
    return Receipt(row.tags, learned, serving, None if serving or not learned else _freed(row, learned))


def _freed(row: Contribution, learned: list[ModelVersion]) -> datetime | None:
    """Return when the last kind let go of it: its first other version that served after one that held it."""
    moments = [row.withdrawn or row.decided]
    for kind in {version.kind for version in learned}:
        flips = Activation.objects.filter(kind=kind).order_by("pk")
        if last := flips.filter(version__in=learned).last():
            follower = flips.filter(pk__gt=last.pk).first()
            moments.append(follower.created if follower else None)
    return max((moment for moment in moments if moment is not None), default=None)
