"""Changes of many rows at once: their old values written down, logged on every row, and put back by an undo."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date as Date
from itertools import islice
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from corpus.models import BulkChange, Hashtag, Post, Tagging

CHUNK = 500  # rows named in one statement
MODELS: dict[str, type[Post] | type[Hashtag]] = {"post": Post, "hashtag": Hashtag}
LINKS = ("duplicate_of", "alias_of")  # lead to a row that is kept, and never further


class CurationError(Exception):
    """A change that makes no sense; the text is a sentence for the curator."""


@dataclass(slots=True)
class Before:
    """The old values of one change, as BulkChange.before stores them."""

    model: str
    fields: list[dict[str, Any]] = field(default_factory=list)  # {"field", "after", "before": [[old value, [ids]]]}
    added: list[int] = field(default_factory=list)  # ids of new taggings
    removed: list[list[Any]] = field(default_factory=list)  # id, post, hashtag, position, source, origin of taggings

    def assign(self, ids: Iterable[int], name: str, value: Any) -> set[int]:
        """Set a column on rows, keep its old values, and return the ids of the rows that differed."""
        manager, changed, old = MODELS[self.model].objects, set[int](), defaultdict[Any, list[int]](list)
        for chunk in chunks(ids):
            rows = dict(manager.select_for_update().filter(pk__in=chunk).order_by("pk").values_list("pk", name))
            differing = [pk for pk, now in rows.items() if now != value]
            for pk in differing:
                old[_plain(rows[pk])].append(pk)
            manager.filter(pk__in=differing).update(**{name: value})
            changed.update(differing)
        if changed:
            self.fields.append({"field": name, "after": _plain(value), "before": [list(pair) for pair in old.items()]})
        return changed

    def remove(self, taggings: QuerySet[Tagging]) -> set[int]:
        """Delete taggings, keep what they were, and return their posts."""
        rows = list(taggings.values_list("pk", "post", "hashtag", "position", "source", "origin"))
        for chunk in chunks(row[0] for row in rows):
            Tagging.objects.filter(pk__in=chunk).delete()
        self.removed += [list(row) for row in rows]
        return {row[1] for row in rows}


def last_change() -> BulkChange | None:
    """Return the newest change that was not undone."""
    return BulkChange.objects.filter(undone=None).order_by("-pk").first()


@transaction.atomic
def undo(change: BulkChange, user: User) -> int:
    """Put the old values back where the change's own still stand, and return how many rows that were.

    What somebody decided since stays: rows that were changed are left as they are now, and so are those that would be
    set aside for a row that is gone or set aside itself. Raises CurationError where it was undone already.
    """
    if not BulkChange.objects.filter(pk=change.pk, undone=None).update(undone=timezone.now(), undone_by=user):
        raise CurationError("This change has been undone already.")
    change.refresh_from_db()
    before = change.before
    model, restored = MODELS[before["model"]], set[int]()
    for step in reversed(before["fields"]):
        for old, ids in sorted(step["before"], key=lambda pair: pair[0] is not None):  # first those that are kept again
            for chunk in chunks(ids):
                restored.update(_put_back(model, chunk, step["field"], step["after"], old))
    restored |= _undo_taggings(before)
    _log(model, restored, user, f"Undone: {change.what}")
    return len(restored)


def _put_back(model: type[Post] | type[Hashtag], ids: list[int], name: str, after: Any, old: Any) -> list[int]:
    """Give rows their old value where they still have the change's, and return which these are."""
    manager = model.objects
    still = manager.select_for_update().filter(**{"pk__in": ids, name: after}).order_by("pk")
    back = list(still.values_list("pk", flat=True))
    if name in LINKS and old is not None:
        followed = set(manager.filter(**{f"{name}__in": back}).values_list(name, flat=True))
        kept = manager.select_for_update().filter(**{"pk": old, name: None})
        back = [pk for pk in back if pk not in followed] if kept else []
    manager.filter(pk__in=back).update(**{name: old})
    return back


def _undo_taggings(before: dict[str, Any]) -> set[int]:
    """Delete the taggings that a change added and write those again that it deleted; return their posts."""
    posts = set[int]()
    for chunk in chunks(before["added"]):
        added = Tagging.objects.filter(pk__in=chunk)
        posts.update(added.values_list("post", flat=True))
        added.delete()
    for rows in chunks(before["removed"]):
        names = ("id", "post_id", "hashtag_id", "position", "source_id", "origin")
        ids, hashtags = [row[1] for row in rows], [row[2] for row in rows]
        alive = set(Post.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
        known = set(Hashtag.objects.filter(pk__in=hashtags).values_list("pk", flat=True))
        there = set(Tagging.objects.filter(post__in=ids).values_list("post", "hashtag"))
        missing = [row for row in rows if row[1] in alive and row[2] in known and (row[1], row[2]) not in there]
        Tagging.objects.bulk_create(Tagging(**dict(zip(names, row, strict=True))) for row in missing)
        posts.update(row[1] for row in missing)
    return posts


def record(before: Before, changed: set[int], user: User, what: str) -> BulkChange:
    """Write down a change for its undo, and on the history of every row."""
    _log(MODELS[before.model], changed, user, what)
    stored = {"model": before.model, "fields": before.fields, "added": before.added, "removed": before.removed}
    return BulkChange.objects.create(user=user, what=_sentence(what), rows=len(changed), before=stored)


def _log(model: type[Model], ids: set[int], user: User, what: str) -> None:
    """Add a line to the admin's own log of each row."""
    kind = ContentType.objects.get_for_model(model)
    for chunk in chunks(sorted(ids)):
        named = model._default_manager.in_bulk(chunk)
        LogEntry.objects.bulk_create(
            LogEntry(
                user_id=user.pk,
                content_type=kind,
                object_id=str(pk),
                object_repr=str(row)[:200],
                action_flag=CHANGE,
                change_message=_sentence(what),
            )
            for pk, row in named.items()
        )


def locked(rows: QuerySet[Any]) -> list[int]:
    """Return the ids of rows, which nobody else can change until the transaction ends.

    A row that somebody else is changing is waited for, and left out if it does not match any more. SQLite lets one
    transaction write at a time, so nothing has to be waited for there.
    """
    ids = list(dict.fromkeys(rows.order_by("pk").values_list("pk", flat=True)))
    if not connection.features.has_select_for_update:
        return ids
    still: dict[int, None] = {}
    for chunk in chunks(ids):
        list(rows.model._default_manager.select_for_update().filter(pk__in=chunk).order_by("pk").values_list("pk"))
        still |= dict.fromkeys(rows.filter(pk__in=chunk).order_by("pk").values_list("pk", flat=True))
    return list(still)


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Cut rows into lists that one statement can name."""
    source = iter(items)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    return value.isoformat() if isinstance(value, Date) else value


def _sentence(text: str) -> str:
    return (text[:1].upper() + text[1:])[:300]
