"""What a version knows of each hashtag, kept in the database so that a page can ask without loading a model."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import Coalesce

from corpus import statistics
from corpus.models import Post, Tagging
from predictor.ml.contract import Model
from predictor.ml.tag_map import tag_map
from predictor.models import ModelVersion, VersionHashtag

NEIGHBOURS = 20  # kept of each hashtag
DECIMALS = 3  # of a cosine
BATCH = 2000  # rows written at once


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What some versions know of some hashtags."""

    kin: list[dict[str, list[tuple[str, float]]]]  # one mapping a version
    tiers: dict[str, str]


def describe(model: Model, version: ModelVersion) -> list[VersionHashtag]:
    """Return the unsaved rows of a version that is not saved either."""
    tiers, places = _tiers(), _places(model, version.parent_id)
    return [
        VersionHashtag(
            version=version,
            tag=tag,
            tier=tiers.get(tag, ""),
            neighbours=[(near, round(cosine, DECIMALS)) for near, cosine in neighbours],
            x=places[tag][0],
            y=places[tag][1],
        )
        for tag, neighbours in model.kin(NEIGHBOURS).items()
    ]


def recall(versions: Collection[int], tags: Collection[str] | None = None) -> Knowledge:
    """Return what versions, by their ids, know of these hashtags, or of all, by one query.

    A pruned version knows nothing.
    """
    known = VersionHashtag.objects.filter(version__in=versions).order_by("version_id")
    asked = known if tags is None else known.filter(tag__in=tags)
    rows = list(asked.values_list("version", "tag", "tier", "neighbours"))
    return Knowledge(
        kin=[{tag: near for of, tag, _, near in rows if of == version} for version in versions],
        tiers={tag: tier for _, tag, tier, _ in rows},
    )


def draw_map(model: Model, version: ModelVersion) -> None:
    """Give the hashtags of a published version their places on the map where an older program has left them out."""
    known = VersionHashtag.objects.filter(version=version)
    if not known.filter(x=None).exists():
        return
    places, rows = _places(model, version.parent_id), [row for row in known if row.tag in model.tags_]
    for row in rows:
        row.x, row.y = places[row.tag]
    VersionHashtag.objects.bulk_update(rows, ["x", "y"], batch_size=BATCH // 4)


def _places(model: Model, parent: int | None) -> dict[str, tuple[float, float]]:
    """The place of each hashtag on the map, laid out to go on from the parent's."""
    stored = VersionHashtag.objects.filter(version=parent).exclude(x=None).values_list("tag", "x", "y")
    before = {tag: (x, y) for tag, x, y in stored if x is not None and y is not None}
    places = tag_map(model.tags_, model.geometry(), model.prior_, before)
    return {
        tag: (round(x, DECIMALS), round(y, DECIMALS)) for tag, (x, y) in zip(model.tags_, places.tolist(), strict=True)
    }


def _tiers() -> dict[str, str]:
    """The tier of each hashtag among the posts that are approved now, aliases counted as what they stand for."""
    approved = {"post__status": Post.Status.APPROVED, "post__duplicate_of": None}
    key = Coalesce("hashtag__alias_of__key", "hashtag__key")
    counted = dict(
        Tagging.objects.filter(**approved).order_by().values_list(key).annotate(Count("post", distinct=True))
    )
    return dict(zip(counted, statistics.tiers(counted.values()), strict=True))
