"""Scrapes: how far each came, why it waits and until when, its log, and buttons that pause, resume and cancel it."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from corpus.admin.base import ReadOnlyAdmin, go_back, note, say
from corpus.admin.marks import bar, mark
from corpus.admin.row_pages import LivePageMixin
from corpus.models import ScrapeRun
from corpus.queue import enqueue_scrape

ASKED = {
    "pause": gettext_lazy("The scrape pauses before its next post."),
    "resume": gettext_lazy("The scrape goes on as soon as a worker is free."),
    "cancel": gettext_lazy("The scrape stops before its next post; what it has brought in stays."),
}


@admin.register(ScrapeRun)
class ScrapeRunAdmin(LivePageMixin, ReadOnlyAdmin[ScrapeRun]):
    progress_template = "admin/corpus/scraperun/progress.html"
    list_display = ["__str__", "outcome", "progress", "message", "goes_on", "account", "requested_by", "created"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("section", ChoicesDropdownFilter),
        ("source", RelatedDropdownFilter),
    ]
    list_filter_submit = True
    list_select_related = ["source", "requested_by"]
    search_fields = ["tag"]

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [path(f"<int:id>/{verb}/", guard(steer), {"verb": verb}, f"corpus_scraperun_{verb}") for verb in ASKED]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def outcome(self, run: ScrapeRun) -> str:
        return mark(run.state, run.get_state_display())

    @admin.display(description=gettext_lazy("goes on"), ordering="not_before")
    def goes_on(self, run: ScrapeRun) -> datetime | None:
        return run.not_before

    @admin.display(description=gettext_lazy("read"))
    def progress(self, run: ScrapeRun) -> str:
        text = _("%(read)s of %(limit)s") % {"read": f"{run.position:,}", "limit": f"{run.limit:,}"}
        return bar(run.position / run.limit if run.limit else 1.0, text)

    def page_context(self, request: HttpRequest, run: ScrapeRun) -> dict[str, Any]:
        state = ScrapeRun.State
        return {
            "run": run,
            "state": mark(run.state, run.get_state_display()),
            "percent": round(100 * min(1.0, run.position / run.limit)) if run.limit else 100,
            "is_open": run.state in (state.NEW, state.WORKING, state.WAITING, state.PAUSED),
            "is_paused": run.state in (state.PAUSED, state.FAILED),
            "may_change": request.user.has_perm("corpus.change_scraperun"),
        }


@require_POST
def steer(request: HttpRequest, id: int, verb: str) -> HttpResponse:
    """Pause, resume or cancel a scrape."""
    if not request.user.has_perm("corpus.change_scraperun"):
        raise PermissionDenied
    run = get_object_or_404(ScrapeRun, pk=id)
    if getattr(run, verb)():
        say(request, ASKED[verb])
        note(request, run, ASKED[verb])
        if verb == "resume":
            enqueue_scrape(run.pk)
    else:
        messages.info(request, _("That is not possible any more: the scrape stands otherwise meanwhile."))
    return go_back(request, "corpus_scraperun_change", id)
