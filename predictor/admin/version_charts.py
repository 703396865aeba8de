"""The charts of what changed between two versions: figures, golden photos, vocabulary, and R@5 over all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from corpus.admin.charts import HEIGHT, WIDTH, Stack, stacked
from predictor.admin.figures import percent
from predictor.learning.comparing import Figure, GoldenChange, Vocabulary
from predictor.ml.bootstrap import Difference
from predictor.models import ModelVersion

VERDICTS = {1: "better", -1: "worse", 0: ""}


@dataclass(frozen=True, slots=True)
class Whisker:
    """A difference in points with its interval, and where both lie on a line from 0 to 100 whose middle is none."""

    measured: str
    interval: str
    verdict: str  # better, worse, or "" where the photos cannot tell
    at: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of both versions in percent, with its difference where that was drawn."""

    title: str
    before: str
    after: str
    whisker: Whisker | None


@dataclass(frozen=True, slots=True)
class Mark:
    """One version on the curve: its place, the ends of its interval, and whether it is one of the compared."""

    label: str
    x: str
    y: str
    low: str
    high: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class History:
    """R@5 from version to version."""

    points: str
    marks: list[Mark]
    lowest: float  # of the axis, in percent
    highest: float


def lines(figures: Sequence[Figure]) -> list[Line]:
    """Lay figures side by side; differences are measured by the one that reaches farthest."""
    drawn = [one.difference for one in figures if one.difference]
    reach = max((abs(bound) for one in drawn for bound in (one.measured, one.low, one.high)), default=0) or 1
    return [
        Line(
            one.title,
            percent(one.before),
            percent(one.after),
            _whisker(one.difference, reach) if one.difference else None,
        )
        for one in figures
    ]


def golden(changes: Sequence[GoldenChange]) -> list[tuple[GoldenChange, Stack]]:
    """Draw how many of the first ten stayed, came and went, for each golden photo."""
    counts = [(one.photo, _parts(len(one.after) - len(one.gained), one.gained, one.lost)) for one in changes]
    return list(zip(changes, stacked(counts), strict=True))


def vocabulary(change: Vocabulary) -> Stack:
    return stacked([("", _parts(change.stayed, change.came, change.went))])[0]


def _parts(stayed: int, came: list[str], went: list[str]) -> dict[str, int]:
    return {"stayed": stayed, "came": len(came), "went": len(went)}


def _whisker(one: Difference, reach: float) -> Whisker:
    def place(value: float) -> float:
        return 50 + 48 * value / reach

    return Whisker(
        measured=f"{100 * one.measured:+.1f}",
        interval=_("%(low)s to %(high)s") % {"low": f"{100 * one.low:+.1f}", "high": f"{100 * one.high:+.1f}"},
        verdict=VERDICTS[one.verdict],
        at=f"{place(one.measured) - 0.6:.2f}",
        start=f"{place(one.low):.2f}",
        width=f"{place(one.high) - place(one.low):.2f}",
    )


def history(versions: Sequence[ModelVersion], chosen: Collection[int]) -> History | None:
    """Draw R@5 of versions, oldest first; None where there are fewer than two."""
    if len(versions) < 2:
        return None
    bounds = [bound for version in versions for bound in version.metrics["R5_ci"]]
    middle, reach = (min(bounds) + max(bounds)) / 2, max(max(bounds) - min(bounds), 0.01) / 2
    highest = min(1.0, middle + reach)
    lowest = highest - 2 * reach

    def height(share: float) -> str:
        return f"{HEIGHT * (1 - (share - lowest) / (highest - lowest)):.1f}"

    marks = [
        Mark(
            label=f"{version}: {100 * version.metrics['R5']:.1f} %",
            x=f"{WIDTH * place / (len(versions) - 1):.1f}",
            y=height(version.metrics["R5"]),
            low=height(version.metrics["R5_ci"][0]),
            high=height(version.metrics["R5_ci"][1]),
            is_chosen=version.pk in chosen,
        )
        for place, version in enumerate(versions)
    ]
    points = " ".join(f"{mark.x},{mark.y}" for mark in marks)
    return History(points, marks, round(100 * lowest, 1), round(100 * highest, 1))
