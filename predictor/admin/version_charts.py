"""The charts of versions: differences with their intervals, and R@5 from version to version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpus.admin.charts import HEIGHT, WIDTH
from predictor.ml.bootstrap import Difference
from predictor.models import ModelVersion

POINTS = {"R5": "R@5", "R10": "R@10", "F1": "F1", "tail": gettext_lazy("tail recall")}  # in points
VERDICTS = {1: "better", -1: "worse", 0: ""}


@dataclass(frozen=True, slots=True)
class Whisker:
    """A difference in points with its interval, and where both lie on a line from 0 to 100 whose middle is none."""

    title: str
    measured: str
    interval: str
    verdict: str  # better, worse, or "" where the photos cannot tell
    at: str
    start: str
    width: str


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


def whiskers(differences: Mapping[str, Difference]) -> list[Whisker]:
    """Measure differences by the one that reaches farthest."""
    shown = [(title, differences[name]) for name, title in POINTS.items() if name in differences]
    reach = max((abs(bound) for _name, one in shown for bound in (one.measured, one.low, one.high)), default=0) or 1
    return [_whisker(str(title), one, reach) for title, one in shown]


def _whisker(title: str, one: Difference, reach: float) -> Whisker:
    def place(value: float) -> float:
        return 50 + 48 * value / reach

    return Whisker(
        title=title,
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
