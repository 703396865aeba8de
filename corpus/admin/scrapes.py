"""Scrapes: how far each came, why it waits and until when, its log, and buttons that pause, resume and cancel it."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from corpus.admin.base import ReadOnlyAdmin, go_back, note, page, say
from corpus.admin.marks import bar, mark
from corpus.models import ScrapeRun
from corpus.queue import enqueue_scrape

ASKED = {
    "pause": gettext_lazy("The scrape pauses before its next post."),
    "resume": gettext_lazy("The scrape goes on as soon as a worker is free."),
    "cancel": gettext_lazy("The scrape stops before its next post; what it has brought in stays."),
}


@admin.register(ScrapeRun)
class ScrapeRunAdmin(ReadOnlyAdmin[ScrapeRun]):
    list_display = ["__str__", "outcome", "progress", "message", "goes_on", "account", "requested_by", "created"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("section", ChoicesDropdownFilter),
        ("source", RelatedDropdownFilter),
    ]
    list_filter_submit = True
    list_select_related = ["source", "requested_by"]
    search_fields = ["tag"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("<int:id>/progress/", guard(progress), name="corpus_scraperun_progress"),
            *(path(f"<int:id>/{verb}/", guard(steer), {"verb": verb}, f"corpus_scraperun_{verb}") for verb in ASKED),
        ]
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

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one scrape; while it is open, its progress keeps itself up to date."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, object_id)
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        return page(
            request,
            "admin/corpus/scraperun/page.html",
            str(run),
            opts=self.opts,
            original=run,
            **_context(request, run),
        )


def _context(request: HttpRequest, run: ScrapeRun) -> dict[str, Any]:
    state = ScrapeRun.State
    return {
        "run": run,
        "state": mark(run.state, run.get_state_display()),
        "percent": round(100 * min(1.0, run.position / run.limit)) if run.limit else 100,
        "is_open": run.state in (state.NEW, state.WORKING, state.WAITING, state.PAUSED),
        "is_paused": run.state in (state.PAUSED, state.FAILED),
        "may_change": request.user.has_perm("corpus.change_scraperun"),
    }


@never_cache
@require_safe
def progress(request: HttpRequest, id: int) -> HttpResponse:
    """The part of a scrape's page that changes; the page asks for it while the scrape is open."""
    if not request.user.has_perm("corpus.view_scraperun"):
        raise PermissionDenied
    run = get_object_or_404(ScrapeRun.objects.select_related("source", "requested_by", "import_run"), pk=id)
    return render(request, "admin/corpus/scraperun/progress.html", _context(request, run))


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
