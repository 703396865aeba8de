"""Imports: how far each came, what it counted and refused, and a button that cancels one that runs."""

from typing import Any

from django.contrib import admin
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
from corpus.admin.marks import bar, mark, rows_link
from corpus.counts import Counts
from corpus.models import ImportRun


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin[ImportRun]):
    list_display = ["__str__", "source", "outcome", "progress", "new", "started", "finished"]
    list_filter = [("state", ChoicesDropdownFilter), ("source", RelatedDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["source"]
    search_fields = ["source__name"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("<int:id>/progress/", guard(progress), name="corpus_importrun_progress"),
            path("<int:id>/cancel/", guard(cancel), name="corpus_importrun_cancel"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def outcome(self, run: ImportRun) -> str:
        return mark("broken", _("broken off")) if run.is_broken_off else mark(run.state, run.get_state_display())

    @admin.display(description=gettext_lazy("read"))
    def progress(self, run: ImportRun) -> str:
        read = f"{run.counts.get('read', 0):,}"
        return read if run.done_share is None else bar(run.done_share, read)

    @admin.display(description=gettext_lazy("new posts"))
    def new(self, run: ImportRun) -> str:
        return rows_link("post", run.counts.get("new", 0), {"import_run__id__exact": run.pk})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one import; while it runs, its progress keeps itself up to date."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, object_id)
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        title = _("Import %(id)s into %(source)s") % {"id": run.pk, "source": run.source}
        return page(
            request, "admin/corpus/importrun/page.html", title, opts=self.opts, original=run, **_context(request, run)
        )


def _context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    return {
        "run": run,
        "state": mark("broken", _("broken off")) if run.is_broken_off else mark(run.state, run.get_state_display()),
        "is_open": run.state == ImportRun.State.WORKING and not run.is_broken_off,
        "percent": None if run.done_share is None else round(100 * run.done_share),
        "table": Counts.of(run.counts, run.refusals).table(),
        "may_change": request.user.has_perm("corpus.change_importrun"),
    }


@never_cache
@require_safe
def progress(request: HttpRequest, id: int) -> HttpResponse:
    """The part of an import's page that changes; the page asks for it while the import runs."""
    if not request.user.has_perm("corpus.view_importrun"):
        raise PermissionDenied
    run = get_object_or_404(ImportRun.objects.select_related("source"), pk=id)
    return render(request, "admin/corpus/importrun/progress.html", _context(request, run))


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
