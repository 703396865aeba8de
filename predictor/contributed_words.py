"""New words: how those that contributions bring come into the vocabulary, and until then are held back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Max

from corpus.hashtags import Tag
from corpus.ingest import ensure_hashtags
from corpus.models import Tagging
from corpus.permissions import is_trusted
from predictor import contributed_tags
from predictor.models import Contribution

INDEPENDENT = 3  # trusted people who have to use a word before it needs no moderator


def endorsed(row: Contribution) -> set[str]:
    """Return those of the words that a contribution holds which enough trusted people hold, its giver among them."""
    users = defaultdict[str, set[int | None]](set)
    for other in [row, *Contribution.objects.holding().exclude(pk=row.pk).select_related("owner")]:
        if is_trusted(other.owner):
            for word in set(other.held) & set(row.held):
                users[word].add(other.owner_id)
    return {word for word, people in users.items() if len(people) >= INDEPENDENT}


def enter(words: Collection[str]) -> None:
    """Put words into the vocabulary, and onto the posts of the approved contributions that held them back."""
    known = ensure_hashtags(Tag(word, word) for word in words)
    for row in Contribution.objects.holding().approved().select_related("post"):
        freed = [word for word in row.held if word in known]
        if not freed or row.post is None:
            continue
        last = row.post.taggings.aggregate(last=Max("position", default=-1))["last"]
        Tagging.objects.bulk_create(
            [
                Tagging(
                    post=row.post, hashtag=known[word], position=place, source_id=row.post.source_id, origin=row.origin
                )
                for place, word in enumerate(freed, last + 1)
            ],
            ignore_conflicts=True,
        )
        row.held = [word for word in row.held if word not in known]
        row.save(update_fields=["held"])


def freed() -> list[Contribution]:
    """Return the contributions of trusted people that waited for words alone, some of which are known by now."""
    rows = Contribution.objects.holding().waiting().select_related("owner")
    return [
        row for row in rows if is_trusted(row.owner) and len(contributed_tags.unknown(row.tags)) < len(set(row.tags))
    ]
