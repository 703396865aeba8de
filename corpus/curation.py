"""What curators do to many posts or hashtags at once: each change is logged row by row and can be undone.

Every function runs in one transaction, changes only rows that differ, and writes one BulkChange with the old values.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date as Date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from corpus.changes import Before, CurationError, chunks, last_change, locked, record, undo
from corpus.hashtags import Tag
from corpus.ingest import ensure_hashtags
from corpus.models import BulkChange, Hashtag, Post, Tagging

__all__ = [
    "CurationError",
    "add_hashtags",
    "keep_apart",
    "last_change",
    "merge",
    "merge_hashtags",
    "remove_hashtags",
    "remove_taggings",
    "separate_hashtags",
    "set_hashtag_status",
    "set_status",
    "undo",
]


@transaction.atomic
def set_status(posts: QuerySet[Post], status: str, user: User) -> BulkChange:
    """Approve, reject or put back posts."""
    before = Before("post")
    changed = before.assign(locked(posts), "status", status)
    return record(before, changed, user, f"{Post.Status(status).label} {_count(changed, 'post')}")


@transaction.atomic
def add_hashtags(posts: QuerySet[Post], tags: Sequence[Tag], user: User) -> BulkChange:
    """Give hashtags to the posts that lack them, behind those that they have."""
    known = ensure_hashtags(tags)
    before, changed = Before("post"), set[int]()
    for chunk in chunks(locked(posts)):
        taggings: list[Tagging] = []
        carried = defaultdict[int, set[int]](set)
        for post, hashtag in Tagging.objects.filter(post__in=chunk).values_list("post", "hashtag"):
            carried[post].add(hashtag)
        last = dict(Tagging.objects.filter(post__in=chunk).order_by().values_list("post").annotate(Max("position")))
        for post, source in Post.objects.filter(pk__in=chunk).values_list("pk", "source"):
            missing = [known[tag.key] for tag in tags if known[tag.key].pk not in carried[post]]
            taggings += [
                Tagging(post_id=post, hashtag=row, position=place, source_id=source, origin=f"user:{user.pk}")
                for place, row in enumerate(missing, last.get(post, -1) + 1)
            ]
        before.added += [row.pk for row in Tagging.objects.bulk_create(taggings)]
        changed.update(row.post_id for row in taggings)
    return record(before, changed, user, f"{_signs(tags)} added to {_count(changed, 'post')}")


@transaction.atomic
def remove_hashtags(posts: QuerySet[Post], tags: Sequence[Tag], user: User) -> BulkChange:
    """Take hashtags, and their aliases, away from posts."""
    before, changed = Before("post"), set[int]()
    keys = [tag.key for tag in tags]
    meant = Q(hashtag__key__in=keys) | Q(hashtag__alias_of__key__in=keys)
    for chunk in chunks(locked(posts)):
        changed |= before.remove(Tagging.objects.filter(meant, post__in=chunk))
    return record(before, changed, user, f"{_signs(tags)} removed from {_count(changed, 'post')}")


@transaction.atomic
def remove_taggings(post: Post, hashtags: Sequence[Hashtag], user: User) -> BulkChange:
    """Take exactly these hashtags away from one post; their aliases stay."""
    before, changed = Before("post"), set[int]()
    if locked(Post.objects.filter(pk=post.pk)):
        changed = before.remove(Tagging.objects.filter(post=post, hashtag__in=hashtags))
    names = ", ".join(str(hashtag) for hashtag in hashtags[:5])
    return record(before, changed, user, f"{names} removed from {_count(changed, 'post')}")


@transaction.atomic
def merge(posts: QuerySet[Post], into: Post, user: User, give_tags: bool = False) -> BulkChange:
    """Set posts aside as duplicates of one that is kept, with what was set aside for them before.

    With `give_tags` the kept post gets the hashtags that only they have; each such tagging says whose it was.
    """
    ids = set(locked(Post.objects.filter(Q(pk__in=posts.values("pk")) | Q(pk=into.pk)))) - {into.pk}
    into.refresh_from_db(fields=["duplicate_of"])
    if into.duplicate_of_id is not None:
        raise CurationError(f"Post {into.pk} is set aside as a duplicate itself; choose the post that is kept.")
    before = Before("post")
    followers = set[int]()
    for chunk in chunks(ids):
        followers.update(Post.objects.filter(duplicate_of__in=chunk).exclude(pk=into.pk).values_list("pk", flat=True))
    changed = before.assign(sorted(ids | followers), "duplicate_of", into.pk)
    if give_tags and _give_tags(sorted(ids), into, before):
        changed.add(into.pk)
    return record(before, changed, user, f"{_count(ids, 'post')} set aside as duplicates of {into.pk}")


def _give_tags(ids: list[int], into: Post, before: Before) -> bool:
    carried = set(into.taggings.values_list("hashtag", flat=True))
    place = into.taggings.aggregate(last=Max("position", default=-1))["last"] + 1
    taggings: list[Tagging] = []
    for chunk in chunks(ids):
        for tagging in Tagging.objects.filter(post__in=chunk).order_by("post", "position"):
            if tagging.hashtag_id not in carried:
                carried.add(tagging.hashtag_id)
                origin = f"duplicate:{tagging.post_id}"
                taggings.append(
                    Tagging(
                        post=into,
                        hashtag_id=tagging.hashtag_id,
                        position=place + len(taggings),
                        source_id=tagging.source_id,
                        origin=origin,
                    )
                )
    before.added += [row.pk for row in Tagging.objects.bulk_create(taggings)]
    return bool(taggings)


@transaction.atomic
def keep_apart(posts: QuerySet[Post], user: User) -> BulkChange:
    """Take posts back that were set aside as duplicates. That they look alike stays on record."""
    before = Before("post")
    changed = before.assign(locked(posts), "duplicate_of", None)
    return record(before, changed, user, f"{_count(changed, 'post')} kept apart")


@transaction.atomic
def set_hashtag_status(
    rows: QuerySet[Hashtag],
    status: str,
    user: User,
    source: str = "",
    date: Date | None = None,
    until: Date | None = None,
) -> BulkChange:
    """Give hashtags a status, with who says so, since when, and until when it counts."""
    before, ids = Before("hashtag"), locked(rows)
    changed = before.assign(ids, "status", status)
    for name, value in (("status_source", source), ("status_date", date), ("status_until", until)):
        changed |= before.assign(ids, name, value)
    return record(before, changed, user, f"{_count(changed, 'hashtag')} marked as {Hashtag.Status(status).label}")


@transaction.atomic
def merge_hashtags(rows: QuerySet[Hashtag], into: Hashtag, user: User) -> BulkChange:
    """Make hashtags, and their aliases, aliases of one that is kept. Their taggings stay as they were given."""
    ids = set(locked(Hashtag.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk=into.pk)))) - {into.pk}
    into.refresh_from_db(fields=["alias_of"])
    if into.alias_of_id is not None:
        raise CurationError(f"{into} is an alias itself; choose the hashtag that it stands for.")
    before = Before("hashtag")
    followers = Hashtag.objects.filter(alias_of__in=ids).exclude(pk=into.pk).values_list("pk", flat=True)
    changed = before.assign(sorted(ids | set(followers)), "alias_of", into.pk)
    return record(before, changed, user, f"{_count(changed, 'hashtag')} merged into {into}")


@transaction.atomic
def separate_hashtags(rows: QuerySet[Hashtag], user: User) -> BulkChange:
    """Let aliases stand for themselves again."""
    before = Before("hashtag")
    changed = before.assign(locked(rows), "alias_of", None)
    return record(before, changed, user, f"{_count(changed, 'hashtag')} separated")


def _signs(tags: Sequence[Tag]) -> str:
    return ", ".join(f"#{tag.display}" for tag in tags[:5]) + (" and more" if len(tags) > 5 else "")


def _count(rows: set[int], what: str) -> str:
    return f"{len(rows):,} {what}{'' if len(rows) == 1 else 's'}"
