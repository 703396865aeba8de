"""The review: one post at a time, those first on which a decision helps most, one key for each verdict."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from corpus import curation
from corpus.admin.base import ids, page, person
from corpus.models import BulkChange, Post

LATER = "review_later"  # in the session: ids of posts that this person wants to see later
KEPT_LATER = 500  # of them at most
RECENT = "review_verdicts"  # in the session: the ids of the changes of each verdict that can be undone, the newest last
KEPT_RECENT = 50  # of them at most
DECISIONS = ("status", "duplicate_of")
DECIDED = gettext_lazy("Somebody else has decided on this post meanwhile.")


class ReviewError(Exception):
    """A verdict that cannot be carried out; the text is a sentence for the curator."""


def waiting(request: HttpRequest) -> str:
    """Return how many posts wait for a decision, for the sidebar."""
    return f"{Post.objects.pending().order_by().count():,}"


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Show the next post, or take the verdict on one."""
    if not request.user.has_perm("corpus.change_post"):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request)
    try:
        verdict = VERDICTS.get(request.POST.get("verdict", ""))
        if verdict is None:
            raise ReviewError(_("Choose one of the verdicts."))
        return _next(**verdict(request))
    except (ReviewError, curation.CurationError) as error:
        messages.error(request, str(error))
        return _next(post=request.POST.get("post", ""))


def _show(request: HttpRequest) -> HttpResponse:
    later = request.session.get(LATER, [])
    looks = ("source", "looks_like__source", "looks_like__duplicate_of")
    queue = Post.objects.pending().select_related(*looks).with_hashtags()
    shown = list(queue.filter(pk__in=ids([request.GET.get("post", "")])))
    shown += list(queue.exclude(pk__in=[*later, *(post.pk for post in shown)])[: 2 - len(shown)])
    if not shown and later:  # everything that is left was put off: it comes again
        request.session[LATER] = []
        shown = list(queue[:2])
    left, decided = Post.objects.pending().order_by().count(), _decided_today(request)
    return page(
        request,
        "admin/corpus/post/review.html",
        _("Review"),
        post=shown[0] if shown else None,
        following=shown[1] if len(shown) > 1 else None,
        left=left,
        decided=decided,
        total=left + decided,
        put_off=len(later),
        undoable=_undoable(request),
    )


def _decided_today(request: HttpRequest) -> int:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    mine = _mine(request).filter(created__gte=today)
    decisions = mine.filter(before__model="post", before__fields__0__field__in=DECISIONS)
    return decisions.aggregate(Sum("rows"))["rows__sum"] or 0


def _undoable(request: HttpRequest) -> list[BulkChange]:
    """Return the changes of this person's newest verdict that was not undone, wherever that may have happened."""
    verdicts: list[list[int]] = request.session.get(RECENT, [])
    rows = _mine(request).only("what", "created").in_bulk([id for verdict in verdicts for id in verdict])
    standing = ([rows[id] for id in reversed(verdict) if id in rows] for verdict in reversed(verdicts))
    return next((changes for changes in standing if changes), [])


def _mine(request: HttpRequest) -> QuerySet[BulkChange]:
    return BulkChange.objects.filter(user=person(request), undone=None)


def _next(**query: str) -> HttpResponse:
    query = {name: value for name, value in query.items() if value}
    return HttpResponseRedirect(reverse("admin:corpus_post_review") + (f"?{urlencode(query)}" if query else ""))


def _asked(request: HttpRequest) -> QuerySet[Post]:
    """Return the post that the verdict is on, as long as it waits for one: each change looks again, under its lock."""
    return Post.objects.pending().filter(pk__in=ids([request.POST.get("post", "")]))


def _done(request: HttpRequest, *changes: BulkChange) -> dict[str, str]:
    """Remember the changes of a verdict, so that they are undone together."""
    if not changes[-1].rows:
        for change in changes:
            change.delete()
        raise ReviewError(DECIDED)
    request.session[RECENT] = [*request.session.get(RECENT, []), [change.pk for change in changes]][-KEPT_RECENT:]
    return {}


@transaction.atomic
def _approve(request: HttpRequest) -> dict[str, str]:
    """Approve a post with the hashtags that are still ticked."""
    gone = set(ids(request.POST.getlist("shown"))) - set(ids(request.POST.getlist("tag")))
    changes, post = [], _asked(request).first() if gone else None
    if post and (unticked := list(post.hashtags.filter(pk__in=gone))):
        changes.append(curation.remove_taggings(post, unticked, person(request)))
    if _asked(request).filter(taggings=None).exists():
        raise ReviewError(_("Leave at least one hashtag ticked, or reject the post."))
    return _done(request, *changes, curation.set_status(_asked(request), Post.Status.APPROVED, person(request)))


def _reject(request: HttpRequest) -> dict[str, str]:
    return _done(request, curation.set_status(_asked(request), Post.Status.REJECTED, person(request)))


@transaction.atomic
def _set_aside(request: HttpRequest) -> dict[str, str]:
    """Set a post aside as a duplicate of the one that it looks like."""
    post = _asked(request).select_related("looks_like__duplicate_of").first()
    if post is None:
        raise ReviewError(DECIDED)
    if post.looks_like is None:
        raise ReviewError(_("This post looks like no other one; approve or reject it."))
    into = post.looks_like.duplicate_of or post.looks_like
    return _done(request, curation.merge(_asked(request), into, person(request)))


def _later(request: HttpRequest) -> dict[str, str]:
    put_off = ids([request.POST.get("post", "")])
    request.session[LATER] = [*request.session.get(LATER, []), *put_off][-KEPT_LATER:]
    return {}


@transaction.atomic
def _undo(request: HttpRequest) -> dict[str, str]:
    """Take one of this person's verdicts back as a whole, and show its post again; no other change is undone here."""
    asked = set(ids(request.POST.getlist("change")))
    verdicts: list[list[int]] = request.session.get(RECENT, [])
    verdict = next((verdict for verdict in verdicts if asked and asked <= set(verdict)), [])
    changes = list(_mine(request).filter(pk__in=verdict).order_by("-pk"))
    if not changes:
        raise ReviewError(_("There is nothing of yours to undo."))
    for change in changes:
        curation.undo(change, person(request))
    request.session[RECENT] = [kept for kept in verdicts if kept != verdict]
    return {"post": _only_post(changes[0])}


def _only_post(change: BulkChange) -> str:
    """Return the id of the post that a change was about, where it was about one."""
    fields: list[dict[str, Any]] = change.before["fields"]
    changed = [id for step in fields for _old, group in step["before"] for id in group]
    return str(changed[0]) if change.before["model"] == "post" and len(changed) == 1 else ""


VERDICTS: dict[str, Callable[[HttpRequest], dict[str, str]]] = {
    "approve": _approve,
    "reject": _reject,
    "duplicate": _set_aside,
    "later": _later,
    "undo": _undo,
}
