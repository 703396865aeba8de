"""The list of posts as a grid of pictures, and the page of one post."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.contrib.import_export.forms import ExportForm

from corpus import curation
from corpus.admin import duplicates, review, thumbnails
from corpus.admin.base import CorpusAdmin, ids, page
from corpus.admin.post_actions import PostActions
from corpus.admin.post_filters import CreatedFilter, DuplicateFilter, HashtagFilter, PhotoFilter, matching
from corpus.exports import FORMATS, PostResource
from corpus.models import Post, Tagging

WORDS = 8  # of a search that count
TAGGED = Prefetch("taggings", Tagging.objects.select_related("hashtag"))


@admin.register(Post)
class PostAdmin(ExportMixin, PostActions, CorpusAdmin[Post]):  # type: ignore[misc]
    """Posts are decided over by actions alone, so that each change is logged and can be undone."""

    list_display = ["__str__"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("source", RelatedDropdownFilter),
        ("hashtags", HashtagFilter),
        DuplicateFilter,
        PhotoFilter,
        ("split", ChoicesDropdownFilter),
        ("import_run", AutocompleteSelectFilter),
        ("created", CreatedFilter),
    ]
    list_per_page = 48
    list_select_related = ["source"]
    list_filter_submit = True
    list_before_template = "admin/corpus/parts/undo.html"
    ordering = ["-id"]
    search_fields = ["external_id"]
    search_help_text = _("#hashtag, id or words of the caption")
    resource_classes = [PostResource]
    formats = FORMATS
    export_form_class = ExportForm

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("<int:id>/picture.jpg", guard(thumbnails.thumbnail, cacheable=True), name="corpus_post_picture"),
            path("review/", guard(review.review), name="corpus_post_review"),
            path("duplicates/", guard(duplicates.duplicates), name="corpus_post_duplicates"),
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request).prefetch_related(TAGGED)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Post], search_term: str
    ) -> tuple[QuerySet[Post], bool]:
        for word in search_term.split()[:WORDS]:
            queryset = queryset.filter(matching(word))
        return queryset, False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop(
            "delete_selected", None
        )  # posts that are not wanted are rejected, so that no import brings them back
        return actions

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        last = curation.last_change() if request.method == "GET" else None
        return super().changelist_view(request, {**(extra_context or {}), "last_change": last})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one post; it has no form of its own."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Post.objects.select_related("source", "import_run", "looks_like", "duplicate_of")
        post = get_object_or_404(rows, pk=unquote(object_id)) if unquote(object_id).isdigit() else None
        if post is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        return page(
            request,
            "admin/corpus/post/page.html",
            str(post),
            opts=self.opts,
            original=post,
            post=post,
            taggings=_signed(list(post.taggings.select_related("hashtag", "source"))),
            alike=_alike(post),
            sightings=post.sightings.select_related("run").order_by("-seen")[:50],
            may_change=self.has_change_permission(request, post),
        )


def _signed(taggings: list[Tagging]) -> list[Tagging]:
    """Give taggings that a person made that person's name, for display."""
    numbers = {tagging: ids([tagging.origin.removeprefix("user:")]) for tagging in taggings}
    people = User.objects.in_bulk([id for found in numbers.values() for id in found])
    for tagging, found in numbers.items():
        tagging.who = str(people[found[0]]) if found and found[0] in people else ""  # type: ignore[attr-defined]
    return taggings


def _alike(post: Post) -> list[Post]:
    """Return the posts with the same picture as this one, and those merged with it."""
    roots = {id for id in (post.looks_like_id, post.duplicate_of_id) if id} | {post.pk}
    meant = Q(pk__in=roots) | Q(looks_like__in=roots) | Q(duplicate_of__in=roots)
    found = Post.objects.filter(meant).exclude(pk=post.pk).select_related("source").prefetch_related(TAGGED)
    return list(found.order_by("pk")[:24])
