"""Live quality: what people keep, drop and copy of suggestions, and the hashtags that the models did not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from corpus.admin.base import ReadOnlyAdmin, page
from predictor import live_quality
from predictor.charts import chart, with_interval
from predictor.contributions.receipts import FIRST
from predictor.live_quality import LiveQuality, Tally
from predictor.ml import kinds
from predictor.models import Copying
from predictor.shares import Paired

VERSIONS = 30  # that are shown, the newest
HEADS = [
    gettext_lazy("shown"),
    gettext_lazy("kept"),
    gettext_lazy("dropped"),
    gettext_lazy("acceptance"),
    gettext_lazy("shown where people copied"),
    gettext_lazy("copied"),
    gettext_lazy("copied share"),
]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers under heads; each row begins with what it is about."""

    title: Any
    heads: list[Any]
    rows: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two kinds on the same photos, in points."""

    first: str
    second: str
    photos: int
    measured: str
    interval: str  # empty where the photos are too few
    verdict: str  # better, worse, or "" where the photos cannot tell


@admin.register(Copying)
class CopyingAdmin(ReadOnlyAdmin[Copying]):
    """Which hashtags were copied, but not from whose photo."""

    list_display = ["__str__", "created"]
    fields = ["tags", "acceptance", "created"]
    date_hierarchy = "created"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(quality)
        return [path("quality/", view, name="predictor_copying_quality"), *super().get_urls()]


@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Live quality over the last half year, as charts and as numbers."""
    if not request.user.has_perm("predictor.view_modelversion"):
        raise PermissionDenied
    found = live_quality.measure()
    context: dict[str, Any] = {"found": found, "weeks": live_quality.SPAN.days // 7, "most": live_quality.MOST}
    if found.contributions or found.judgements or found.copyings:
        tables = [_by_version(found), _by_period(found), _by_rank(found)]
        context |= _charts(found) | {"tables": tables, "comparisons": _comparisons(found)}
    return page(request, "admin/predictor/copying/quality.html", _("Live quality"), **context)


def _charts(found: LiveQuality) -> dict[str, Any]:
    days = [date_format(period.start, "MONTH_DAY_FORMAT") for period in found.periods]
    by_kind = [
        (kind, kinds.get(kind).label, [period.kinds[kind] for period in found.periods]) for kind in _kinds(found)
    ]
    ranks = {label: [one.acceptance for one in found.ranks[kind]] for kind, label, _t in by_kind if kind in found.ranks}
    return {
        "acceptance": chart(days, {label: [one.acceptance for one in tallies] for _k, label, tallies in by_kind}),
        "copying": chart(days, {label: [one.copying for one in tallies] for _k, label, tallies in by_kind}),
        "by_rank": chart([_("rank %d") % rank for rank in range(1, FIRST + 1)], ranks),
        "novelty": chart(days, {_("unseen"): [period.novelty for period in found.periods]}),
    }


def _by_version(found: LiveQuality) -> Table:
    newest = sorted(found.whole.versions, key=lambda name: int(name.partition(":")[2]), reverse=True)[:VERSIONS]
    rows = [(kind, _cells(found.whole.kinds[kind])) for kind in _kinds(found)]
    rows += [(name, _cells(found.whole.versions[name])) for name in newest]
    return Table(_("By kind, and by version, newest first"), HEADS, rows)


def _by_period(found: LiveQuality) -> Table:
    heads = [head for kind in _kinds(found) for head in (_("%s accepted") % kind, _("%s copied") % kind)]
    rows = []
    for period in reversed(found.periods):
        tallies = [period.kinds[kind] for kind in _kinds(found)]
        shares = [share for tally in tallies for share in (tally.acceptance, tally.copying)]
        cells = [with_interval(share) for share in (*shares, period.novelty)]
        rows.append((date_format(period.start), cells))
    title = _("By week, the newest first") if found.is_weekly else _("By day, the newest first")
    return Table(title, [*heads, _("unseen")], rows)


def _by_rank(found: LiveQuality) -> Table:
    heads = [head for kind in found.ranks for head in (_("%s accepted") % kind, _("%s judged at all") % kind)]
    rows = []
    for place in range(FIRST):
        tallies = [tallies[place] for tallies in found.ranks.values()]
        cells = [with_interval(share) for tally in tallies for share in (tally.acceptance, tally.judged)]
        rows.append((str(place + 1), cells))
    return Table(_("By rank"), heads, rows)


def _comparisons(found: LiveQuality) -> list[Comparison]:
    return [_comparison(*names, paired) for names, paired in found.pairs.items() if {*names} <= {*kinds.IDS}]


def _comparison(first: str, second: str, paired: Paired) -> Comparison:
    verdict, interval = "", ""
    if bounds := paired.interval:
        verdict = "better" if bounds[0] > 0 else "worse" if bounds[1] < 0 else ""
        low, high = (f"{100 * bound:+.1f}" for bound in bounds)
        interval = _("%(low)s to %(high)s") % {"low": low, "high": high}
    labels = kinds.get(first).label, kinds.get(second).label
    return Comparison(*labels, paired.pairs, f"{100 * paired.mean:+.1f}", interval, verdict)


def _cells(tally: Tally) -> list[str]:
    judged = [f"{number:,}" for number in (tally.shown, tally.kept, tally.dropped)]
    copied = [f"{number:,}" for number in (tally.offered, tally.copied)]
    return [*judged, with_interval(tally.acceptance), *copied, with_interval(tally.copying)]


def _kinds(found: LiveQuality) -> list[str]:
    """The kinds that answered, those alone that are still known."""
    return [kind for kind in kinds.IDS if kind in found.whole.kinds]
