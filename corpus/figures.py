"""Figures of the corpus for the admin's pages: posts by source, hashtags a post, top and tail, company of a hashtag."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from corpus.models import Hashtag, Post, Source, Tagging


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many posts of a source have each status."""

    id: int
    name: str
    approved: int
    pending: int
    rejected: int

    @property
    def total(self) -> int:
        return self.approved + self.pending + self.rejected


@dataclass(frozen=True, slots=True)
class Partner:
    """A hashtag that stands beside another one."""

    hashtag: Hashtag
    posts: int  # approved ones that carry both
    share: float  # of the other's posts, 0 to 1


def posts_by_source() -> list[SourceCount]:
    """Return every source with its posts, duplicates among them, by status."""
    groups = Post.objects.order_by().values_list("source", "status").annotate(Count("pk"))
    counts = {(source, status): posts for source, status, posts in groups}
    order = (Post.Status.APPROVED, Post.Status.PENDING, Post.Status.REJECTED)
    return [
        SourceCount(source.pk, source.name, *(counts.get((source.pk, status), 0) for status in order))
        for source in Source.objects.all()
    ]


def tags_per_post() -> list[tuple[int, int]]:
    """Return how many approved posts carry 0, 1, 2 ... hashtags: (hashtags, posts), numbers without a post left out."""
    own = Tagging.objects.filter(post=OuterRef("pk")).order_by().values("post").annotate(n=Count("pk")).values("n")
    posts = Post.objects.approved().annotate(tags=Coalesce(Subquery(own, output_field=IntegerField()), 0))
    return list(posts.order_by("tags").values_list("tags").annotate(Count("pk")))


def top_hashtags(limit: int) -> list[Hashtag]:
    """Return the hashtags with the most posts, as they were last counted."""
    return list(Hashtag.objects.filter(posts_number__gt=0).order_by("-posts_number", "key")[:limit])


def tail() -> list[int]:
    """Return the posts of every hashtag that has any, most first: place i tells how many i + 1 hashtags have at least.

    Drawn over its places, it is the curve from the top to the tail.
    """
    counted = Hashtag.objects.filter(posts_number__gt=0).order_by("-posts_number")
    return list(counted.values_list("posts_number", flat=True))


def co_occurring(hashtag: Hashtag, limit: int) -> list[Partner]:
    """Return the hashtags that share the most approved posts with this one; aliases count as what they stand for.

    Counted anew by one grouping query that walks the hashtag's own taggings, so a rare hashtag takes a millisecond.
    """
    hashtag = hashtag.alias_of or hashtag
    meant = Coalesce("post__taggings__hashtag__alias_of", "post__taggings__hashtag")
    groups = _carrying(hashtag).values(beside=meant).annotate(shared=Count("post", distinct=True))
    itself_first = Case(When(beside=hashtag.pk, then=0), default=1)
    ordered = groups.order_by("-shared", itself_first, "beside").values_list("beside", "shared")
    own, *others = list(ordered[: limit + 1]) or [(hashtag.pk, 0)]
    rows = Hashtag.objects.in_bulk([id for id, _ in others])
    return [Partner(rows[id], shared, shared / own[1]) for id, shared in others]


def example_posts(hashtag: Hashtag, limit: int) -> list[Post]:
    """Return the newest approved posts with a photo that carry a hashtag or one of its aliases."""
    posts = Post.objects.approved().with_photo().filter(taggings__hashtag__in=_names(hashtag.alias_of or hashtag))
    return list(posts.distinct().order_by("-id")[:limit])


def _carrying(hashtag: Hashtag) -> QuerySet[Tagging]:
    approved = {"post__status": Post.Status.APPROVED, "post__duplicate_of": None}
    return Tagging.objects.filter(hashtag__in=_names(hashtag), **approved).order_by()


def _names(hashtag: Hashtag) -> list[int]:
    """The ids of a hashtag and its aliases, as a list: with a join in its place, SQLite reads all posts."""
    return [hashtag.pk, *hashtag.aliases.values_list("pk", flat=True)]
