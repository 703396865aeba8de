"""The charts of what changed between two versions: figures, golden photos, vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from corpus.charts import Stack, stacked
from predictor.charts import percent
from predictor.learning.comparing import Figure, GoldenChange, Vocabulary
from predictor.ml.bootstrap import Difference

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
