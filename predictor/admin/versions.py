"""Versions: a list, a page for each, what changed between two, and the way to let one serve or to go back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from corpus.admin.base import ReadOnlyAdmin, go_back, ids, note, page, person, say
from corpus.admin.marks import mark
from corpus.admin.row_pages import RowPageMixin
from predictor.admin import version_charts
from predictor.charts import history, percent
from predictor.learning import comparing, versions
from predictor.learning.hindrances import hindrance
from predictor.models import Activation, ActiveVersion, ModelVersion, TrainingRun

HEAVY = ("gate", "golden", "parameters", "libraries")  # columns that lists do without
CHOICES, HISTORY, WORDS = 50, 30, 200  # versions to compare with, versions on the curve, hashtags that are spelled out
MOVES = 10  # of the pointer that a page tells


@admin.register(ModelVersion)
class ModelVersionAdmin(RowPageMixin, ReadOnlyAdmin[ModelVersion]):
    page_template = "admin/predictor/modelversion/page.html"
    list_display = ["__str__", "standing", "recall", "seen_by", "posts", "hashtags", "parent", "created"]
    list_filter = ["kind", ("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["parent"]
    list_before_template = "admin/predictor/modelversion/serving.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        serving = ActiveVersion.objects.filter(version=OuterRef("pk"))
        light = [*HEAVY, *(f"parent__{name}" for name in (*HEAVY, "metrics"))]
        rows: QuerySet[ModelVersion] = super().get_queryset(request)
        return rows.annotate(serves=Exists(serving)).defer(*light)

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        own = [
            path("back/<slug:kind>/", guard(back), name="predictor_modelversion_back"),
            path("<int:id>/serve/", guard(serve), name="predictor_modelversion_serve"),
            path("<int:id>/changes/", guard(changes), name="predictor_modelversion_changes"),
        ]
        return own + super().get_urls()

    @admin.display(description=gettext_lazy("state"))
    def standing(self, version: ModelVersion) -> SafeString:
        return _standing(version, version.serves)  # type: ignore[attr-defined]

    @admin.display(description="R@5")
    def recall(self, version: ModelVersion) -> str:
        return percent(version.metrics.get("R5"))

    @admin.display(description=gettext_lazy("backbone"), ordering="backbone")
    def seen_by(self, version: ModelVersion) -> str:
        return version.backbone_id

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with what serves now above it."""
        may_change = request.user.has_perm("predictor.change_modelversion")
        serving = ActiveVersion.objects.select_related("version").order_by("kind")
        own = {"serving": serving, "may_change": may_change}
        return super().changelist_view(request, {**(extra_context or {}), **own})

    def page_title(self, version: ModelVersion) -> str:
        return _title(version)

    def page_context(self, request: HttpRequest, row: ModelVersion) -> dict[str, Any]:
        version = ModelVersion.objects.select_related("parent").get(pk=row.pk)  # with its heavy columns
        serves: bool = row.serves  # type: ignore[attr-defined]
        return {
            "version": version,
            "standing": _standing(version, serves),
            "serves": serves,
            "hindrance": hindrance(version),
            "metrics": [(title, percent(version.metrics.get(name))) for name, title in comparing.SHOWN.items()],
            "interval": [percent(bound) for bound in version.metrics.get("R5_ci", [])],
            "activations": Activation.objects.filter(version=version).select_related("by")[:MOVES],
            "runs": TrainingRun.objects.filter(version=version),
            "settings": _settings(version.parameters.get("options", {})),
            "may_change": request.user.has_perm("predictor.change_modelversion"),
        }


@require_safe
def changes(request: HttpRequest, id: int) -> HttpResponse:
    """What changed from one version to another of its kind: from its parent, if no other is named."""
    if not request.user.has_perm("predictor.view_modelversion"):
        raise PermissionDenied
    version = get_object_or_404(ModelVersion.objects.select_related("parent"), pk=id)
    others = ModelVersion.objects.filter(kind=version.kind).exclude(pk=id)
    named = others.filter(pk__in=ids([request.GET.get("before", "")])).first()
    before = named or version.parent or others.first()
    context: dict[str, Any] = {"opts": ModelVersion._meta, "original": version, "version": version, "before": before}
    if before is not None:
        change = comparing.change(before, version)
        context |= {
            "change": change,
            "lines": version_charts.lines(change.figures),
            "golden": version_charts.golden(change.golden),
            "known": change.vocabulary and version_charts.vocabulary(change.vocabulary),
            "given": change.differences.get("given"),
            "history": history(comparing.history(version.kind, HISTORY), {before.pk, version.pk}),
            "words": f":{WORDS}",
            "most_words": WORDS,
            "choices": others.defer(*HEAVY, "metrics")[:CHOICES],
        }
    return page(request, "admin/predictor/modelversion/changes.html", _title(version), **context)


@require_safe
def back(request: HttpRequest, kind: str) -> HttpResponse:
    """Lead to the version that served before the present one; what serving it again changes is said there."""
    if not request.user.has_perm("predictor.change_modelversion"):
        raise PermissionDenied
    earlier = versions.before_present(kind)
    if earlier is None:
        messages.info(request, _("There is no earlier version that could serve."))
        return redirect("admin:predictor_modelversion_changelist")
    return redirect("admin:predictor_modelversion_serve", earlier.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def serve(request: HttpRequest, id: int) -> HttpResponse:
    """Say what will change if a version comes to serve, and let it."""
    if not request.user.has_perm("predictor.change_modelversion"):
        raise PermissionDenied
    version = get_object_or_404(ModelVersion, pk=id)
    present = versions.active().get(version.kind)
    if request.method == "POST":
        return _let_serve(request, version)
    return page(
        request,
        "admin/predictor/modelversion/serve.html",
        _title(version),
        opts=ModelVersion._meta,
        original=version,
        version=version,
        present=present,
        hindrance=hindrance(version),
        change=comparing.change(present, version) if present is not None and present != version else None,
        is_back=present is not None and version.pk < present.pk,
    )


def _let_serve(request: HttpRequest, version: ModelVersion) -> HttpResponse:
    try:
        versions.let_serve(version, person(request))
    except versions.VersionError as error:
        messages.error(request, str(error))
    else:
        said = _("%(version)s serves now; the next photo is answered by it.") % {"version": version}
        say(request, said)
        note(request, version, said)
    return go_back(request, "predictor_modelversion_changelist")


def _settings(options: Mapping[str, Any], within: str = "") -> list[tuple[str, Any]]:
    """Return what a version was trained with, by name; of groups, by the group's name and its own."""
    found: list[tuple[str, Any]] = []
    for name, value in options.items():
        found += _settings(value, f"{name}.") if isinstance(value, dict) else [(f"{within}{name}", value)]
    return found


def _standing(version: ModelVersion, serves: bool) -> SafeString:
    return mark("done", _("serves")) if serves else mark(version.state, version.get_state_display())


def _title(version: ModelVersion) -> str:
    return _("%(version)s, %(label)s") % {"version": version, "label": version.label}
