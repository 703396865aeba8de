"""The list of posts as a grid of pictures, and the page of one post."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from corpus.admin import duplicates, review, thumbnails
from corpus.admin.base import CuratedAdmin, ids, words
from corpus.admin.post_actions import PostActions
from corpus.admin.post_filters import ChosenFilter, CreatedFilter, DuplicateFilter, HashtagFilter, PhotoFilter, matching
from corpus.admin.row_pages import RowPageMixin
from corpus.exports import PostResource
from corpus.models import Post, Tagging


@admin.register(Post)
class PostAdmin(RowPageMixin, PostActions, CuratedAdmin[Post]):
    """Posts come in by imports and scrapes; those that are not wanted are rejected."""

    page_template = "admin/corpus/post/page.html"
    list_display = ["__str__"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("source", RelatedDropdownFilter),
        ("hashtags", HashtagFilter),
        DuplicateFilter,
        PhotoFilter,
        ("split", ChoicesDropdownFilter),
        ("import_run", ChosenFilter),
        ("created", CreatedFilter),
    ]
    list_per_page = 48
    list_select_related = ["source"]
    list_filter_submit = True
    ordering = ["-id"]
    search_fields = ["external_id"]
    search_help_text = _("#hashtag, id or words of the caption")
    resource_classes = [PostResource]

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("<int:id>/picture.jpg", guard(thumbnails.thumbnail, cacheable=True), name="corpus_post_picture"),
            path("review/", guard(review.review), name="corpus_post_review"),
            path("duplicates/", guard(duplicates.duplicates), name="corpus_post_duplicates"),
        ]
        return own + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return Post.objects.with_hashtags().order_by(*self.get_ordering(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Post], search_term: str
    ) -> tuple[QuerySet[Post], bool]:
        for word in words(search_term):
            queryset = queryset.filter(matching(word))
        return queryset, False

    def page_context(self, request: HttpRequest, post: Post) -> dict[str, Any]:
        return {
            "post": post,
            "taggings": _signed(list(post.taggings.select_related("hashtag", "source"))),
            "alike": _alike(post),
            "sightings": post.sightings.select_related("run").order_by("-seen")[:50],
            "may_change": self.has_change_permission(request, post),
        }


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
    found = Post.objects.filter(meant).exclude(pk=post.pk).select_related("source").with_hashtags()
    return list(found.order_by("pk")[:24])
