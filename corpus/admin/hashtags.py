"""Hashtags: how common and how generic each is, what is reported of it, and what stands for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from corpus import curation, figures, hashtags
from corpus.admin.base import CuratedAdmin, person, words
from corpus.admin.bulk import ask, is_confirmed, perform, settle
from corpus.admin.forms import MergeHashtagsForm, StatusForm
from corpus.admin.marks import bar, mark, rows_link
from corpus.admin.row_pages import RowPageMixin
from corpus.charts import Bars, bars
from corpus.exports import HashtagResource
from corpus.models import Hashtag, Post

if TYPE_CHECKING:
    from django.contrib.admin import SimpleListFilter as _Simple
else:
    _Simple = object
COMPANY, EXAMPLES = 20, 12  # hashtags and photos on the page of one


class AliasFilter(DropdownFilter, _Simple):  # type: ignore[misc]
    title = gettext_lazy("aliases")
    parameter_name = "aliases"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("has", gettext_lazy("Has aliases")),
            ("is", gettext_lazy("Is an alias")),
            ("none", gettext_lazy("Neither")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Hashtag]) -> QuerySet[Hashtag]:
        kept = Hashtag.objects.exclude(alias_of=None).values("alias_of")
        if self.value() == "has":
            return queryset.filter(pk__in=kept)
        if self.value() == "is":
            return queryset.exclude(alias_of=None)
        return queryset.filter(alias_of=None).exclude(pk__in=kept) if self.value() == "none" else queryset


@admin.register(Hashtag)
class HashtagAdmin(RowPageMixin, CuratedAdmin[Hashtag]):
    """Hashtags are made by tagging; those that are not wanted are merged or banned."""

    page_template = "admin/corpus/hashtag/page.html"
    list_display = ["__str__", "on_posts", "appears_with", "generic", "tier_mark", "reported", "stands_for"]
    list_filter = [("status", ChoicesDropdownFilter), ("tier", ChoicesDropdownFilter), AliasFilter]
    list_select_related = ["alias_of"]
    list_filter_submit = True
    ordering = ["-posts_number", "key"]
    search_fields = ["key"]
    search_help_text = gettext_lazy("part of a hashtag")
    actions = ["set_status", "merge", "separate"]
    resource_classes = [HashtagResource]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hashtag]:
        return super().get_queryset(request).prefetch_related("aliases")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Hashtag], search_term: str
    ) -> tuple[QuerySet[Hashtag], bool]:
        for word in words(search_term):
            try:
                queryset = queryset.filter(key__contains=hashtags.parse(word).key)
            except hashtags.HashtagRefused:
                return queryset.none(), False
        return queryset, False

    @admin.display(description=gettext_lazy("posts"), ordering="posts_number")
    def on_posts(self, hashtag: Hashtag) -> str:
        return rows_link("post", hashtag.posts_number, {"hashtags__id__exact": hashtag.pk})

    @admin.display(description=gettext_lazy("appears with"), ordering="partners_number")
    def appears_with(self, hashtag: Hashtag) -> str:
        return f"{hashtag.partners_number:,}"

    @admin.display(description=gettext_lazy("genericness"), ordering="genericness", empty_value="–")
    def generic(self, hashtag: Hashtag) -> str | None:
        return None if hashtag.genericness is None else bar(hashtag.genericness, f"{hashtag.genericness:.2f}")

    @admin.display(description=gettext_lazy("tier"), ordering="tier", empty_value="–")
    def tier_mark(self, hashtag: Hashtag) -> str | None:
        return str(hashtag.get_tier_display()) or None

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def reported(self, hashtag: Hashtag) -> str:
        return mark(hashtag.status, hashtag.report)

    @admin.display(description=gettext_lazy("aliases"), empty_value="–")
    def stands_for(self, hashtag: Hashtag) -> str | None:
        if hashtag.alias_of:
            return format_html(_("stands for {}"), hashtag.alias_of)
        aliases = hashtag.aliases.all()
        return format_html_join(", ", "{}", ((row,) for row in aliases[:5])) if aliases else None

    @admin.action(permissions=["change"], description=gettext_lazy("Set the status …"))
    def set_status(self, request: HttpRequest, rows: QuerySet[Hashtag]) -> HttpResponse | None:
        form = StatusForm(request.POST if is_confirmed(request) else None)
        if form.is_valid():
            told = form.cleaned_data
            values = (told["status"], person(request), told["source"], told["date"], told["until"])
            return perform(request, lambda: curation.set_hashtag_status(rows, *values))
        return ask(request, rows, _("Set the status"), form=form)

    @admin.action(permissions=["change"], description=gettext_lazy("Merge into …"))
    def merge(self, request: HttpRequest, rows: QuerySet[Hashtag]) -> HttpResponse | None:
        form = MergeHashtagsForm(request.POST if is_confirmed(request) else None)
        if form.is_valid():
            into = form.cleaned_data["into"]
            return perform(request, lambda: curation.merge_hashtags(rows, into, person(request)))
        return ask(request, rows, _("Merge into another hashtag"), form=form)

    @admin.action(permissions=["change"], description=gettext_lazy("Separate again, as no aliases"))
    def separate(self, request: HttpRequest, rows: QuerySet[Hashtag]) -> HttpResponse | None:
        return settle(request, rows, _("Separate"), lambda: curation.separate_hashtags(rows, person(request)))

    def page_context(self, request: HttpRequest, hashtag: Hashtag) -> dict[str, Any]:
        return {
            "hashtag": hashtag,
            "aliases": list(hashtag.aliases.all()),
            "company": _company(hashtag),
            "examples": _examples(hashtag),
            "may_change": self.has_change_permission(request, hashtag),
        }


def _company(hashtag: Hashtag) -> Bars:
    """Return the hashtags that stand beside this one most often, with the posts that they share."""
    found = figures.co_occurring(hashtag, COMPANY)
    return bars([(str(row.hashtag), row.posts) for row in found], [row.hashtag.pk for row in found])


def _examples(hashtag: Hashtag) -> list[Post]:
    found = figures.example_posts(hashtag, EXAMPLES)
    prefetch_related_objects(found, "taggings__hashtag")
    return found
