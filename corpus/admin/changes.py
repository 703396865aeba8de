"""Bulk changes: who did what to how many rows, and the button that undoes it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from corpus import curation
from corpus.admin.base import ReadOnlyAdmin, go_back, person, say
from corpus.models import BulkChange


@admin.register(BulkChange)
class BulkChangeAdmin(ReadOnlyAdmin[BulkChange]):
    list_display = ["what", "number", "user", "created", "outcome"]
    list_display_links = None
    list_select_related = ["user", "undone_by"]
    search_fields = ["what"]
    list_before_template = "admin/corpus/parts/changes_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkChange]:
        return super().get_queryset(request).defer("before")  # the old values of 80,000 posts are long

    def get_urls(self) -> list[URLPattern]:
        own = [path("<int:id>/undo/", self.admin_site.admin_view(undo), name="corpus_bulkchange_undo")]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("rows"), ordering="rows")
    def number(self, change: BulkChange) -> str:
        return f"{change.rows:,}"

    @admin.display(description=gettext_lazy("undo"))
    def outcome(self, change: BulkChange) -> str:
        if change.undone:
            who = change.undone_by.get_username() if change.undone_by else _("somebody")
            return _("undone by %(who)s") % {"who": who}
        return format_html(
            '<button class="t-button t-small" form="undo-form" formaction="{}">{}</button>',
            reverse("admin:corpus_bulkchange_undo", args=[change.pk]),
            _("Undo"),
        )


@require_POST
def undo(request: HttpRequest, id: int) -> HttpResponse:
    """Put back what a bulk change changed, and go back to where the button was."""
    if not request.user.has_perm("corpus.change_bulkchange"):
        raise PermissionDenied
    change = get_object_or_404(BulkChange, pk=id)
    try:
        restored = curation.undo(change, person(request))
    except curation.CurationError as error:
        messages.error(request, str(error))
    else:
        sentence = ngettext(
            "Undone: %(what)s. %(n)s row was put back.", "Undone: %(what)s. %(n)s rows were put back.", restored
        )
        say(request, sentence % {"what": change.what, "n": f"{restored:,}"})
    return go_back(request, "corpus_bulkchange_changelist")
