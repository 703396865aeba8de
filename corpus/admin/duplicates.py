"""The report of duplicates: groups of posts with the same picture, side by side, and what was decided about them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from corpus import curation
from corpus.admin import bulk
from corpus.admin.base import go_back, ids, page, person
from corpus.models import Post, Source

GROUPS = 12  # on a page
MEMBERS = 24  # of a group that are shown
ROOT = Coalesce("duplicate_of", "looks_like")  # the post that a group stands under
SHOWN = [
    ("", gettext_lazy("All")),
    ("apart", gettext_lazy("Kept apart")),
    ("aside", gettext_lazy("Set aside")),
]


@dataclass(frozen=True, slots=True)
class Group:
    """One picture: the post that stands for it, and the posts that show it too."""

    root: Post
    members: list[Post]
    more: int


@require_http_methods(["GET", "HEAD", "POST"])
def duplicates(request: HttpRequest) -> HttpResponse:
    """Show the groups, or decide on the ticked posts of one."""
    if not request.user.has_perm("corpus.view_post"):
        raise PermissionDenied
    if request.method == "POST":
        return _decide(request)
    shown, source = request.GET.get("shown", ""), request.GET.get("source", "")
    rows = _found(shown, source)
    paginator = Paginator(_roots(rows), GROUPS)
    groups = paginator.get_page(request.GET.get("p"))
    return page(
        request,
        "admin/corpus/post/duplicates.html",
        _("Duplicates"),
        groups=_groups([row["root"] for row in groups]),
        paging=groups,
        shown=shown,
        choices=SHOWN,
        source=source,
        sources=Source.objects.all(),
        may_change=request.user.has_perm("corpus.change_post"),
        last_change=curation.last_change(),
    )


def _found(shown: str, source: str) -> QuerySet[Post]:
    """Return the posts that look like an earlier one, or were merged into one."""
    apart, aside = Post.objects.kept_apart(), Post.objects.set_aside()
    rows = {"apart": apart, "aside": aside}.get(shown, apart | aside)
    return rows.filter(source__in=ids([source])) if source else rows


def _roots(rows: QuerySet[Post]) -> QuerySet[Any, Any]:
    """Return the post that each group stands under, the newest finds first."""
    return rows.values(root=ROOT).annotate(newest=Max("pk")).order_by("-newest")


def _groups(numbers: list[int]) -> list[Group]:
    rows = list(_first_members(numbers))
    posts = Post.objects.select_related("source").with_hashtags().in_bulk([*numbers, *(id for id, _, _ in rows)])
    members, sizes = defaultdict[int, list[Post]](list), {root: size for _, root, size in rows}
    for id, root, _size in rows:
        members[root].append(posts[id])
    return [Group(posts[root], members[root], sizes[root] - len(members[root])) for root in numbers if root in members]


def _first_members(numbers: list[int]) -> QuerySet[Post, tuple[int, int, int]]:
    """Return the first members of each group, with its number and how many it has: a picture can have very many."""
    meant = Q(duplicate_of__in=numbers) | Q(duplicate_of=None, looks_like__in=numbers)
    placed = Post.objects.filter(meant).annotate(
        root=ROOT,
        place=Window(RowNumber(), partition_by=ROOT, order_by="pk"),
        size=Window(Count("pk"), partition_by=ROOT),
    )
    return placed.filter(place__lte=MEMBERS).order_by("pk").values_list("pk", "root", "size")


def _decide(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("corpus.change_post"):
        raise PermissionDenied
    posts = Post.objects.filter(pk__in=ids(request.POST.getlist("post")))
    into = Post.objects.filter(pk__in=ids([request.POST.get("into", "")])).first()
    if request.POST.get("verdict") == "apart":
        bulk.perform(request, lambda: curation.keep_apart(posts, person(request)))
    elif into is not None:
        give = "give_tags" in request.POST
        bulk.perform(request, lambda: curation.merge(posts, into, person(request), give))
    return go_back(request, "corpus_post_duplicates")
