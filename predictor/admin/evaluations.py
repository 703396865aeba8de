"""Evaluations: a list of what was measured, a page for each with table and plots, a button that measures anew."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from corpus.admin.base import ReadOnlyAdmin, go_back, page, say
from corpus.admin.row_pages import RowPageMixin
from predictor import queue
from predictor.admin import figures
from predictor.charts import percent
from predictor.models import Evaluation

LINES = 100  # of the table by hashtag on one page
NO_QUEUE = gettext_lazy(
    "Nothing was started: the queue does not answer. Look whether Redis runs (`make run` starts it) and try again, "
    "or run `manage.py evaluate`."
)
ASKED = gettext_lazy("The evaluation starts as soon as a worker is free. What it finds appears in this list.")
OPEN = gettext_lazy("An evaluation waits or runs already. What it finds appears in this list.")


@admin.register(Evaluation)
class EvaluationAdmin(RowPageMixin, ReadOnlyAdmin[Evaluation]):
    page_template = "admin/predictor/evaluation/page.html"
    list_display = ["__str__", "posts", "versions", "recall", "message", "seconds", "created"]
    list_filter = [("split", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_before_template = "admin/predictor/evaluation/start.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evaluation]:
        return super().get_queryset(request).defer("report", "plots")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("predictor.delete_evaluation")

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("start/", guard(start), name="predictor_evaluation_start"),
            path("<int:id>/tags/", guard(tags), name="predictor_evaluation_tags"),
            path("<int:id>/<slug:name>.svg", guard(plot), name="predictor_evaluation_plot"),
        ]
        return own + super().get_urls()

    @admin.display(description="R@5")
    def recall(self, row: Evaluation) -> str:
        return " · ".join(f"{name} {percent(value)}" for name, value in row.recalls.items())

    def page_title(self, row: Evaluation) -> str:
        return _title(row)

    def page_context(self, request: HttpRequest, row: Evaluation) -> dict[str, Any]:
        names = [one["name"] for one in row.report.get("rows", [])]
        chosen = figures.chosen(names, request.GET.get("row", ""))
        return {
            "evaluation": row,
            "command": figures.command(row),
            "titles": figures.TITLES,
            "table": figures.table(row.report),
            "names": names,
            "chosen": chosen,
            "figures": list(figures.FIGURES.values()),
            "compared": figures.compared(row.report, chosen),
            "control": figures.control(row.report),
        }


@require_safe
def tags(request: HttpRequest, id: int) -> HttpResponse:
    """The table by hashtag of one evaluation: for one ranking, searched, sorted and in pages."""
    if not request.user.has_perm("predictor.view_evaluation"):
        raise PermissionDenied
    row = get_object_or_404(Evaluation.objects.defer("plots"), pk=id)
    if not row.report:
        raise Http404
    chosen = figures.chosen(row.report["tag_rows"], request.GET.get("row", ""))
    search, order = request.GET.get("q", ""), request.GET.get("o", "-train")
    lines = Paginator(figures.tag_lines(row.report, chosen, search, order), LINES).get_page(request.GET.get("p"))
    return page(
        request,
        "admin/predictor/evaluation/tags.html",
        _("%(evaluation)s, by hashtag") % {"evaluation": _title(row)},
        opts=Evaluation._meta,
        original=row,
        evaluation=row,
        names=row.report["tag_rows"],
        chosen=chosen,
        search=search,
        order=order,
        columns=_columns(chosen, search, order),
        lines=lines,
        kept=urlencode({"row": chosen, "q": search, "o": order}),
    )


@require_safe
def plot(request: HttpRequest, id: int, name: str) -> HttpResponse:
    """One plot of one evaluation, drawn when it was measured."""
    if not request.user.has_perm("predictor.view_evaluation"):
        raise PermissionDenied
    row = get_object_or_404(Evaluation.objects.only("plots"), pk=id)
    drawn = {one["name"]: one["svg"] for one in row.plots}
    if name not in drawn:
        raise Http404
    answer = HttpResponse(drawn[name], content_type="image/svg+xml")
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Ask for an evaluation on the dev split."""
    if not request.user.has_perm("predictor.add_evaluation"):
        raise PermissionDenied
    try:
        asked = queue.enqueue_evaluation()
    except queue.QueueError:
        messages.error(request, str(NO_QUEUE))
    else:
        say(request, ASKED if asked else OPEN)
    return go_back(request, "predictor_evaluation_changelist")


def _title(row: Evaluation) -> str:
    return _("Evaluation %(id)s on %(split)s") % {"id": row.pk, "split": row.get_split_display()}


def _columns(chosen: str, search: str, order: str) -> list[dict[str, Any]]:
    """The columns with the way to sort by each: by the same one again turns the order."""
    return [
        {
            "title": title,
            "sorted": order.lstrip("-") == name and ("descending" if order.startswith("-") else "ascending"),
            "query": urlencode({"row": chosen, "q": search, "o": name if order == f"-{name}" else f"-{name}"}),
        }
        for name, (title, _key) in figures.ORDERS.items()
    ]
