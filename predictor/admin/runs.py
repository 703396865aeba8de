"""Training runs: the queue as it is now, buttons that start a run, and the page of each with its progress and batch."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from corpus.admin.base import ReadOnlyAdmin, go_back, note, person, say
from corpus.admin.marks import mark
from corpus.admin.row_pages import LivePageMixin
from predictor import queue
from predictor.learning import runs
from predictor.learning.remaining import seconds_left
from predictor.ml import kinds
from predictor.models import TrainingRun

ASKED = gettext_lazy("The training starts as soon as the worker is free.")
STOPS = gettext_lazy("The training ends at its next step and leaves nothing behind; what serves goes on serving.")
OVER = gettext_lazy("That is not possible any more: the training is over.")
MINUTE = 60
JOBS = {
    queue.RUN_TRAINING: gettext_lazy("training"),
    queue.PRIORITISE_POSTS: gettext_lazy("order of the review"),
    queue.EVALUATE: gettext_lazy("evaluation"),
    queue.LEARN_DAILY: gettext_lazy("look for something new, daily"),
    queue.LEARN_WEEKLY: gettext_lazy("full training, weekly"),
}


@admin.register(TrainingRun)
class TrainingRunAdmin(LivePageMixin, ReadOnlyAdmin[TrainingRun]):
    progress_template = "admin/predictor/trainingrun/progress.html"
    list_display = ["__str__", "outcome", "course", "cause", "message", "version", "started", "took"]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("trigger", ChoicesDropdownFilter),
    ]
    list_filter_submit = True
    list_select_related = ["version", "asked_by"]
    list_before_template = "admin/predictor/trainingrun/start.html"

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("start/", guard(start), name="predictor_trainingrun_start"),
            path("queue/", guard(waiting), name="predictor_trainingrun_queue"),
            path("<int:id>/cancel/", guard(cancel), name="predictor_trainingrun_cancel"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def outcome(self, run: TrainingRun) -> SafeString:
        return mark(run.state, run.get_state_display())

    @admin.display(description=gettext_lazy("course"), ordering="full")
    def course(self, run: TrainingRun) -> str:
        return _course(run)

    @admin.display(description=gettext_lazy("started by"), ordering="trigger")
    def cause(self, run: TrainingRun) -> str:
        return f"{run.get_trigger_display()}, {run.asked_by}" if run.asked_by else run.get_trigger_display()

    @admin.display(description=gettext_lazy("took"))
    def took(self, run: TrainingRun) -> str | None:
        if not (run.started and run.finished):
            return None
        return _("%(n)s s") % {"n": f"{(run.finished - run.started).total_seconds():,.0f}"}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own = {"kinds": kinds.KINDS, **_queue()} if request.method == "GET" else {}
        return super().changelist_view(request, {**(extra_context or {}), **own})

    def page_title(self, run: TrainingRun) -> str:
        return _("Training %(id)s of %(kind)s") % {"id": run.pk, "kind": kinds.get(run.kind).label}

    def page_context(self, request: HttpRequest, run: TrainingRun) -> dict[str, Any]:
        return {
            **_standing(run),
            "is_open": run.is_open,
            "may_change": request.user.has_perm("predictor.change_trainingrun"),
            "batch": run.batch,
            "more": {
                "posts": run.batch.get("posts", 0) - len(run.batch.get("post_ids", [])),
                "contributions": run.batch.get("contributions", 0) - len(run.batch.get("contribution_ids", [])),
                "hashtags": run.batch.get("hashtags", 0) - len(run.batch.get("new_hashtags", [])),
            },
        }


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The part of the list that changes: what runs, what waits."""
    if not request.user.has_perm("predictor.view_trainingrun"):
        raise PermissionDenied
    return render(request, "admin/predictor/trainingrun/queue.html", _queue())


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a run of one kind, incremental or full."""
    if not request.user.has_perm("predictor.add_trainingrun"):
        raise PermissionDenied
    kind, full = request.POST.get("kind", ""), request.POST.get("course") == "full"
    if kind not in kinds.IDS:
        raise Http404
    try:
        run = runs.ask(kind, full, TrainingRun.Trigger.BUTTON, person(request))
    except runs.TrainingError as error:
        messages.error(request, str(error))
        return go_back(request, "predictor_trainingrun_changelist")
    say(request, ASKED)
    note(request, run, ASKED)
    return go_back(request, "predictor_trainingrun_change", run.pk)


@require_POST
def cancel(request: HttpRequest, id: int) -> HttpResponse:
    """End a run: at once while it waits, else at its next step."""
    if not request.user.has_perm("predictor.change_trainingrun"):
        raise PermissionDenied
    run = get_object_or_404(TrainingRun, pk=id)
    if runs.cancel(run, person(request)):
        say(request, STOPS)
        note(request, run, STOPS)
    else:
        messages.info(request, str(OVER))
    return go_back(request, "predictor_trainingrun_change", id)


def _queue() -> dict[str, Any]:
    """What the list shows above its rows: the runs that are open, and what waits in the queue of the worker."""
    try:
        jobs = [JOBS.get(job, job) for job in queue.waiting_jobs()]
        answers = True
    except queue.QueueError:
        jobs, answers = [], False
    open_runs = TrainingRun.objects.open().select_related("asked_by").order_by("pk")
    return {"open_runs": [_standing(run) for run in open_runs], "jobs": jobs, "queue_answers": answers}


def _standing(run: TrainingRun) -> dict[str, Any]:
    """How a run stands, in words."""
    left = seconds_left(run) if run.is_open else None
    return {
        "run": run,
        "label": kinds.get(run.kind).label,
        "course": _course(run),
        "state": mark(run.state, run.get_state_display()),
        "percent": round(100 * run.done),
        "left": _left(run, left) if run.state == run.State.WORKING else "",
    }


def _course(run: TrainingRun) -> str:
    return _("full") if run.full else _("incremental")


def _left(run: TrainingRun, seconds: float | None) -> str:
    if seconds is None:
        return _("no estimate: no training like this one has ended yet")
    if seconds == 0:
        return _("longer than the ones before it")
    if seconds < MINUTE:
        return ngettext("about %(n)d second left", "about %(n)d seconds left", n := round(seconds) or 1) % {"n": n}
    return ngettext("about %(n)d minute left", "about %(n)d minutes left", n := round(seconds / MINUTE)) % {"n": n}
