"""New words: how those that contributions bring come into the vocabulary, and until then are held back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.contrib.auth.models import User
from django.db.models import Max, QuerySet

from corpus.hashtags import Tag
from corpus.ingest import ensure_hashtags
from corpus.models import Hashtag, Tagging
from corpus.permissions import is_trusted
from predictor.models import Contribution

INDEPENDENT = 3  # trusted people who have to use a word before it needs no moderator
READ = 5000  # rows read at once


def endorsed(row: Contribution) -> set[str]:
    """Return those of the words that a contribution holds which enough trusted people hold, its giver among them."""
    if not row.held:
        return set()
    users = defaultdict[str, set[int | None]](set)
    others = Contribution.objects.holding().values_list("owner", "held").iterator(chunk_size=READ)
    for owner, held in [(row.owner_id, row.held), *others]:
        for word in set(held) & set(row.held):
            users[word].add(owner)
    people = User.objects.in_bulk(set().union(*users.values()) - {None})
    trusted = {id for id, person in people.items() if is_trusted(person)}
    return {word for word, ids in users.items() if len(ids & trusted) >= INDEPENDENT}


def enter(words: Collection[str]) -> None:
    """Put words into the vocabulary, and onto the posts of the approved contributions that held them back.

    Its caller's transaction holds the lock of `Source`; none of these contributions can be withdrawn meanwhile.
    """
    known = ensure_hashtags(Tag(word, word) for word in words)
    for row in _holding(words):
        assert row.post is not None
        freed = [word for word in row.held if word in known]
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
        row.let_in += len(freed)
        row.save(update_fields=["held", "let_in"])


def freed() -> list[Contribution]:
    """Return the contributions of trusted people that waited for words alone, some of which are known by now."""
    rows = list(Contribution.objects.holding().waiting().select_related("owner"))
    known = Hashtag.objects.in_bulk({word for row in rows for word in row.held}, field_name="key")
    return [row for row in rows if not known.keys().isdisjoint(row.held) and is_trusted(row.owner)]


def _holding(words: Collection[str]) -> list[Contribution]:
    """Return the approved contributions that hold some of these words, locked. Of the others words alone are read."""
    if not words:
        return []
    posts = Contribution.objects.holding().approved().exclude(post=None)
    held = posts.values_list("pk", "held").iterator(chunk_size=READ)
    ids = [id for id, others in held if not set(words).isdisjoint(others)]
    rows: QuerySet[Contribution] = posts.select_for_update(of=("self",)).select_related("post")
    return list(rows.filter(pk__in=ids))
