"""What speaks for a hashtag, as a visitor may see it: posts by their hashtags, and by their pictures where allowed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from corpus.models import Post, Source, Tagging
from predictor.models import Contribution

Stored = Sequence[Mapping[str, Any]]  # evidence as it is kept with a suggestion
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: a known hashtag, or a post described by its hashtags."""

    text: str  # empty for a post that is gone
    is_post: bool
    similarity: float  # cosine
    share: float  # part of the score, 0 to 1; 0 where the model has none
    picture: int | None = None  # the id of a post whose picture may be shown

    @property
    def percent(self) -> float:
        return 100 * self.share


def reasons(found: Mapping[Key, Stored]) -> dict[Key, list[Reason]]:
    """Return stored evidence as it may be shown, by two queries however much there is."""
    ids = {item["post"] for stored in found.values() for item in stored if item.get("post")}
    described = _described(ids)
    pictured = set(showable().filter(pk__in=ids).values_list("pk", flat=True))
    return {key: [_reason(item, described, pictured) for item in stored] for key, stored in found.items()}


def showable() -> QuerySet[Post]:
    """Posts whose pictures visitors may see: of a source that is marked so, or given by a person who agreed to it."""
    by_source = Q(source__may_be_shown=True) & ~Q(source__kind=Source.Kind.CONTRIBUTION)
    given = Contribution.objects.approved().filter(may_be_shown=True, post__isnull=False)
    return Post.objects.approved().exclude(image="").filter(by_source | Q(pk__in=given.values("post")))


def _reason(item: Mapping[str, Any], described: Mapping[int, str], pictured: set[int]) -> Reason:
    post = None if item.get("tag") else item["post"]
    text = described.get(post, "") if post else f"#{item['tag']}"
    return Reason(text, bool(post), item["similarity"], item["share"], post if post in pictured else None)


def _described(ids: set[int]) -> dict[int, str]:
    """Return posts as the hashtags that they carry; a post that is gone has no description."""
    described: dict[int, str] = {}
    pairs = (
        Tagging.objects.filter(post__in=ids).order_by("post_id", "position").values_list("post_id", "hashtag__display")
    )
    for post, display in pairs:
        described[post] = f"{described[post]} #{display}" if post in described else f"#{display}"
    return described
