"""What is kept of a contribution beside its post: which suggestions it accepted, and which versions learned from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from corpus.models import Hashtag
from predictor.learning import versions
from predictor.models import Activation, Contribution, ModelVersion, Upload, VersionHashtag

FIRST = 10  # of a ranking, that a person sees and judges


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


def acceptance(rankings: Mapping[str, list[str]], **deeds: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return for each version how many of its first ten were shown, and the ranks of those kept, dropped or copied."""
    return {
        name: {
            "shown": len(ranking[:FIRST]),
            **{
                deed: [rank for rank, tag in enumerate(ranking[:FIRST], 1) if tag in tags]
                for deed, tags in deeds.items()
            },
        }
        for name, ranking in rankings.items()
    }


def unseen(rankings: Mapping[str, list[str]], added: Collection[str]) -> list[str] | None:
    """Return the typed hashtags that none of the versions knew, or None where one is pruned and so cannot tell.

    An alias is known where what it stands for is.
    """
    ids = [int(name.partition(":")[2]) for name in rankings]
    if ModelVersion.objects.filter(pk__in=ids, state=ModelVersion.State.PRUNED).exists():
        return None
    aliases = Hashtag.objects.filter(key__in=added).exclude(alias_of=None).values_list("key", "alias_of__key")
    meant = {tag: tag for tag in added} | dict(aliases)
    asked = VersionHashtag.objects.filter(version__in=ids, tag__in=meant.values())
    known = set(asked.values_list("tag", flat=True))
    return [tag for tag in added if meant[tag] not in known]


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
