"""What the public page of the models shows: what serves, how good it is, and what people say and do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpus.models import Source
from predictor import charts, live_quality, voting
from predictor.charts import Chart, History, percent, with_interval
from predictor.columns import backbone_name
from predictor.learning import comparing
from predictor.live_quality import LiveQuality
from predictor.ml import kinds
from predictor.models import ActiveVersion, Evaluation, ModelVersion, Vote
from predictor.shares import Share
from predictor.voting import Cast, Tally

VERSIONS, PAIRS = 20, 10  # of each kind on its curve; of versions that were voted on
GROUPS = ("baseline", "model", "blend", "set")  # rows of an evaluation that are shown
ABOUT: dict[str, tuple[Promise, Promise]] = {
    "als": (
        gettext_lazy("It finds the photos it knows that look most like yours, and goes by what people say of them."),
        gettext_lazy("Which hashtags go together it knows from all posts, taken apart into traits by least squares."),
    ),
    "w2v": (
        gettext_lazy("It gives every hashtag a place, so that those that are used alike lie close (Word2Vec)."),
        gettext_lazy("A small net leads from your photo to a place among them, and names the hashtags around it."),
    ),
}

BASELINES: dict[str, Promise] = {  # by the first word of a baseline's name
    "popularity": gettext_lazy("popularity"),
    "published": gettext_lazy("%(label)s as first published"),
    "reference": gettext_lazy("a plain net on what %(label)s sees"),
}


@dataclass(frozen=True, slots=True)
class Serving:
    """One kind, and what serves of it."""

    id: str
    label: str
    about: Sequence[Promise]
    version: ModelVersion | None
    since: Any
    backbone: str

    @property
    def recall(self) -> str:
        """R@5 with its interval; empty where it was not measured here."""
        return _recall(self.version) if self.version else ""


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers under heads; each row begins with what it is about."""

    heads: list[Any]
    rows: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot and, as its text, the table of the same numbers."""

    title: Any
    chart: Chart | None
    table: Table


@dataclass(frozen=True, slots=True)
class Curve:
    """R@5 of the versions of one kind."""

    kind: str
    label: str
    history: History | None
    table: Table


@dataclass(frozen=True, slots=True)
class Duel:
    """Votes on two kinds or two versions."""

    first: str
    second: str
    tally: Tally

    @property
    def rate(self) -> str:
        return with_interval(self.tally.rate)


def figures() -> dict[str, Any]:
    """Gather the whole page, by as many queries however much there is."""
    votes, lived = voting.cast(), live_quality.measure()
    blind, named = [one for one in votes if one.blind], [one for one in votes if not one.blind]
    sources = set(Source.objects.order_by().values_list("kind", flat=True).distinct())
    evaluation = Evaluation.objects.filter(words=None, message="").defer("plots").first()
    return {
        "serving": _serving(),
        "sources": [kind.label for kind in Source.Kind if kind in sources],
        "has_starter": Source.Kind.STARTER in sources,
        "evaluation": evaluation,
        "measured": evaluation and _measured(evaluation),
        "curves": [_curve(kind.id, kind.label) for kind in kinds.KINDS],
        "duels": [_duel(names, own, _label) for names, own in voting.by_kinds(blind).items()],
        "named": [_duel(names, own, _label) for names, own in voting.by_kinds(named).items()],
        "pairs": [_duel(names, own, str) for names, own in list(voting.by_versions(blind).items())[:PAIRS]],
        "votes": [_votes(names, own) for names, own in voting.by_kinds(blind).items()],
        "lived": lived,
        "acceptance": _acceptance(lived),
    }


def duel_of(vote: Vote) -> Duel:
    """Return what all blind votes say of the two kinds that one vote was on."""
    first, second = sorted([vote.left.kind, vote.right.kind])
    blind = (one for one in voting.cast() if one.blind)
    return _duel((first, second), voting.by_kinds(blind).get((first, second), []), _label)


def _serving() -> list[Serving]:
    pointers = {one.kind: one for one in ActiveVersion.objects.select_related("version")}
    found = []
    for kind in kinds.KINDS:
        pointer = pointers.get(kind.id)
        version = pointer.version if pointer else None
        backbone = backbone_name(version.backbone_id) if version else ""
        found.append(Serving(kind.id, kind.label, ABOUT.get(kind.id, ()), version, pointer and pointer.since, backbone))
    return found


def _measured(evaluation: Evaluation) -> Table:
    """The newest evaluation: models, their blend and the set beside the baselines."""
    rows = [row for row in evaluation.report["rows"] if row["group"] in GROUPS]
    return Table(
        [_("version"), "P@1", "R@5", "R@10", _("F1 by hashtag")],
        [
            (
                _contestant(row["name"], row["group"]),
                [
                    row["version"] or "",
                    percent(row["P1"]),
                    *(_share(row[name], row[f"{name}_ci"]) for name in ("R5", "R10", "F1")),
                ],
            )
            for row in rows
        ],
    )


def _contestant(name: str, group: str) -> str:
    """What a row of an evaluation is called here."""
    if group in ("blend", "set"):
        return _("Both together") if group == "blend" else _("The five to post")
    first, _space, kind = name.partition(" ")
    about = BASELINES.get(first)
    return _label(name) if about is None else str(about) % {"label": _label(kind)}


def _curve(kind: str, label: str) -> Curve:
    measured = comparing.history(kind, VERSIONS)
    heads = [_("trained on"), _("posts"), "R@5", _("popularity")]
    rows = []
    for one in reversed(measured):
        popular = percent(one.metrics.get("popularity_R5"))
        rows.append(
            (str(one), [date_format(one.created), number_format(one.posts, force_grouping=True), _recall(one), popular])
        )
    return Curve(kind, label, charts.history(measured, ()), Table(heads, rows))


def _duel(names: tuple[str, str], votes: Sequence[Cast], label: Callable[[str], str]) -> Duel:
    return Duel(label(names[0]), label(names[1]), voting.tally(votes))


def _votes(names: tuple[str, str], votes: Sequence[Cast]) -> Plot:
    """How often the first of two kinds was found better, week by week."""
    weeks = {date_format(monday): voting.tally(own) for monday, own in voting.by_week(votes).items()}
    title = _("%(first)s against %(second)s, by week") % {"first": _label(names[0]), "second": _label(names[1])}
    heads = [_("votes"), _("counted"), _("the first won"), _("both"), _("neither")]
    rows = [
        (week, [str(one.votes), str(one.counted), with_interval(one.rate), str(one.both), str(one.neither)])
        for week, one in reversed(weeks.items())
        if one.votes
    ]
    rates: dict[str, Sequence[Share]] = {_label(names[0]): [one.rate for one in weeks.values()]}
    return Plot(title, charts.chart(list(weeks), rates), Table(heads, rows))


def _acceptance(lived: LiveQuality) -> Plot:
    """Of what people called good or bad, how much was good: of each kind, over time."""
    days = [date_format(period.start) for period in lived.periods]
    known = [kind for kind in kinds.IDS if kind in lived.whole.kinds]
    shares = {_label(kind): [period.kinds[kind].acceptance for period in lived.periods] for kind in known}
    rows = [
        (day, [with_interval(shares[label][place]) for label in shares])
        for place, day in reversed(list(enumerate(days)))
        if any(own[place].whole for own in shares.values())
    ]
    whole = [with_interval(lived.whole.kinds[kind].acceptance) for kind in known]
    title = _("By week") if lived.is_weekly else _("By day")
    return Plot(title, charts.chart(days, shares), Table(list(shares), [(_("in all"), whole), *rows]))


def _recall(version: ModelVersion) -> str:
    return _share(version.metrics["R5"], version.metrics["R5_ci"]) if "R5" in version.metrics else ""


def _share(share: float, bounds: Sequence[float]) -> str:
    low, high = (percent(bound) for bound in bounds)
    return _("%(share)s %% (%(low)s to %(high)s)") % {"share": percent(share), "low": low, "high": high}


def _label(kind: str) -> str:
    return kinds.get(kind).label if kind in kinds.IDS else kind
