"""Posts with given hashtags, written straight into the tables."""

from collections.abc import Iterable, Sequence
from typing import Any

from corpus.hashtags import Tag
from corpus.ingest import ensure_hashtags
from corpus.models import Post, Source, Tagging


def store_lists(lists: Iterable[Sequence[str]], source: str = "mine", **fields: Any) -> list[Post]:
    """Store one post for each list of hashtags, approved unless told otherwise."""
    owner, _ = Source.objects.get_or_create(name=source, defaults={"kind": Source.Kind.FOLDER})
    wanted = [list(tags) for tags in lists]
    known = ensure_hashtags(Tag(tag, tag) for tags in wanted for tag in tags)
    first = Post.objects.count()
    posts = Post.objects.bulk_create(
        Post(**{"source": owner, "external_id": f"{first + number}", "status": Post.Status.APPROVED, **fields})
        for number in range(len(wanted))
    )
    Tagging.objects.bulk_create(
        Tagging(post=post, hashtag=known[tag], position=place, source=owner, origin="test")
        for post, tags in zip(posts, wanted, strict=True)
        for place, tag in enumerate(tags)
    )
    return posts
