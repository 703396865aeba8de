"""Imports: how far each came, what it counted and refused, and a button that cancels one that runs."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from corpus.admin.base import ReadOnlyAdmin, go_back, note, say
from corpus.admin.marks import bar, mark, rows_link
from corpus.admin.row_pages import LivePageMixin
from corpus.counts import Counts
from corpus.models import ImportRun


@admin.register(ImportRun)
class ImportRunAdmin(LivePageMixin, ReadOnlyAdmin[ImportRun]):
    progress_template = "admin/corpus/importrun/progress.html"
    list_display = ["__str__", "source", "outcome", "progress", "new", "started", "finished"]
    list_filter = [("state", ChoicesDropdownFilter), ("source", RelatedDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["source"]
    search_fields = ["source__name"]

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:id>/cancel/", self.admin_site.admin_view(cancel), name="corpus_importrun_cancel")
        return [own, *super().get_urls()]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def outcome(self, run: ImportRun) -> str:
        return _state(run)

    @admin.display(description=gettext_lazy("read"))
    def progress(self, run: ImportRun) -> str:
        read = f"{run.counts.get('read', 0):,}"
        return read if run.done_share is None else bar(run.done_share, read)

    @admin.display(description=gettext_lazy("new posts"))
    def new(self, run: ImportRun) -> str:
        return rows_link("post", run.counts.get("new", 0), {"import_run__id__exact": run.pk})

    def page_title(self, run: ImportRun) -> str:
        return _("Import %(id)s into %(source)s") % {"id": run.pk, "source": run.source}

    def page_context(self, request: HttpRequest, run: ImportRun) -> dict[str, Any]:
        return {
            "run": run,
            "state": _state(run),
            "is_open": run.state == ImportRun.State.WORKING and not run.is_broken_off,
            "percent": None if run.done_share is None else round(100 * run.done_share),
            "table": Counts.of(run.counts, run.refusals).table(),
            "may_change": request.user.has_perm("corpus.change_importrun"),
        }


def _state(run: ImportRun) -> str:
    return mark("broken", _("broken off")) if run.is_broken_off else mark(run.state, run.get_state_display())


@require_POST
def cancel(request: HttpRequest, id: int) -> HttpResponse:
    """Ask a running import to stop before its next batch. What it has brought in stays."""
    if not request.user.has_perm("corpus.change_importrun"):
        raise PermissionDenied
    run = get_object_or_404(ImportRun, pk=id)
    if ImportRun.objects.filter(pk=id, state=ImportRun.State.WORKING, cancel_wanted=False).update(cancel_wanted=True):
        sentence = _("The import stops before its next batch; what it has brought in stays.")
        say(request, sentence)
        note(request, run, sentence)
    return go_back(request, "corpus_importrun_change", id)
