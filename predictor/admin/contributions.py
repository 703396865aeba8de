"""Contributions: the moderation queue as a list, and a page for each with a key for each verdict."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from corpus.admin.base import CorpusAdmin
from corpus.admin.marks import mark
from corpus.admin.row_pages import RowPageMixin
from corpus.models import Hashtag
from predictor.admin.contribution_actions import ContributionActions
from predictor.admin.verdicts import RejectionForm, decide
from predictor.contributions.contribution_views import photo_of
from predictor.models import Contribution


class HeldFilter(admin.SimpleListFilter):
    title = gettext_lazy("new words")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("kept back"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contribution]) -> QuerySet[Contribution]:
        return queryset.exclude(held=[]) if self.value() == "yes" else queryset


def waiting(request: HttpRequest) -> str:
    """Return how many contributions wait for a moderator, for the sidebar."""
    return f"{Contribution.objects.waiting().count():,}"


@admin.register(Contribution)
class ContributionAdmin(RowPageMixin, ContributionActions, CorpusAdmin[Contribution]):
    """People contribute on the pages of their photos; here it is decided on, and nothing is typed in or deleted."""

    page_template = "admin/predictor/contribution/page.html"
    list_display = ["photo", "said", "giver", "outcome", "created", "decided_by"]
    list_display_links = None
    list_before_template = "admin/predictor/contribution/waiting.html"
    list_filter = [("state", ChoicesDropdownFilter), HeldFilter, "may_be_shown"]
    list_filter_submit = True
    list_per_page = 25
    list_select_related = ["owner", "decided_by"]
    search_fields = ["owner__username"]
    search_help_text = gettext_lazy("name of an account")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the way to the one that has waited longest above it."""
        longest = Contribution.objects.waiting().order_by("created").first()
        return super().changelist_view(request, {**(extra_context or {}), "longest": longest})

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("<uuid:id>/photo.jpg", guard(picture, cacheable=True), name="predictor_contribution_photo"),
            path("<uuid:id>/decide/", guard(decide), name="predictor_contribution_decide"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("photo"))
    def photo(self, row: Contribution) -> SafeString:
        place = reverse("admin:predictor_contribution_change", args=[row.pk])
        if not row.image:
            return format_html('<a class="t-mini" href="{}">{}</a>', place, _("deleted"))
        source = reverse("admin:predictor_contribution_photo", args=[row.pk])
        alt = _("Photo of %(tags)s") % {"tags": row}
        html = '<a class="t-mini" href="{}"><img src="{}" width="96" height="96" loading="lazy" alt="{}"></a>'
        return format_html(html, place, source, alt)

    @admin.display(description=gettext_lazy("hashtags"))
    def said(self, row: Contribution) -> SafeString:
        held = format_html(' <small class="t-warn">{}</small>', _("kept back"))
        parts = [("t-kept-tag", "", tag, "") for tag in row.kept]
        parts += [("t-added-tag", "+ ", tag, held if tag in row.held else "") for tag in row.added]
        parts += [("t-dropped-tag", "− ", tag, "") for tag in row.dropped]
        return format_html_join(" ", '<bdi class="{}">{}#{}{}</bdi>', parts)

    @admin.display(description=gettext_lazy("person"), ordering="owner")
    def giver(self, row: Contribution) -> SafeString | str:
        if row.owner is None:
            return _("no account")
        name = row.owner.get_username()
        return format_html('<a href="?{}">{}</a>', urlencode({"q": name}), name)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def outcome(self, row: Contribution) -> SafeString:
        return mark(row.state, row.get_state_display())

    def ids(self, texts: Iterable[str]) -> list[uuid.UUID]:
        return [id for text in texts if (id := _id(text))]

    def page_title(self, row: Contribution) -> str:
        return _("Contribution of %(who)s") % {"who": row.owner or _("somebody without an account")}

    def page_context(self, request: HttpRequest, row: Contribution) -> dict[str, Any]:
        return {
            "contribution": row,
            "state": mark(row.state, row.get_state_display()),
            "tags": _described(row),
            "left": Contribution.objects.waiting().count(),
            "reasons": RejectionForm.REASONS,
            "may_change": self.has_change_permission(request),
        }


@require_safe
def picture(request: HttpRequest, id: uuid.UUID) -> FileResponse:
    """The photo of a contribution, for moderators."""
    if not request.user.has_perm("predictor.view_contribution"):
        raise PermissionDenied
    return photo_of(get_object_or_404(Contribution, pk=id))


def _described(row: Contribution) -> list[dict[str, Any]]:
    """Return the hashtags of a contribution with what is known of each."""
    known = {hashtag.key: hashtag for hashtag in Hashtag.objects.filter(key__in=row.tags)}
    return [{"key": tag, "known": known.get(tag), "added": tag in row.added} for tag in row.tags]


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
