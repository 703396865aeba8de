"""The charts of live quality and of versions: shares with their intervals, as numbers for templates that draw them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from corpus.charts import HEIGHT, WIDTH
from predictor.models import ModelVersion
from predictor.shares import Share

MISSING = "–"
ASIDE = 5  # units between the marks of two lines, so that their intervals do not hide each other


@dataclass(frozen=True, slots=True)
class Dot:
    """One share: its place, and the ends of its interval."""

    label: str
    x: str
    y: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    points: str
    dots: list[Dot]


@dataclass(frozen=True, slots=True)
class Chart:
    lines: list[Line]
    highest: int  # of the axis, in percent; the lowest is 0
    first: str  # what stands at its left and right end
    last: str


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


def percent(share: float | None) -> str:
    """A share in percent, as the reader's language writes numbers."""
    return MISSING if share is None else number_format(f"{100 * share:.1f}", 1)


def chart(places: Sequence[str], lines: Mapping[str, Sequence[Share]]) -> Chart | None:
    """Draw shares over named places, one a place in each line; a share of nothing leaves a gap. None where all do."""
    tops = [share.interval[1] for shares in lines.values() for share in shares if share.whole]
    if not tops:
        return None
    highest = math.ceil(10 * max(tops)) / 10
    drawn = [
        Line(name, " ".join(f"{dot.x},{dot.y}" for dot in dots), dots)
        for at, (name, shares) in enumerate(lines.items())
        if (dots := _dots(name, places, shares, highest, ASIDE * (at - (len(lines) - 1) / 2)))
    ]
    return Chart(drawn, round(100 * highest), places[0], places[-1])


def with_interval(share: Share) -> str:
    """Spell a share out: 41.2 % (30.0 to 53.1)."""
    if share.value is None:
        return MISSING
    low, high = (percent(bound) for bound in share.interval)
    return _("%(share)s %% (%(low)s to %(high)s)") % {"share": percent(share.value), "low": low, "high": high}


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
            label=f"{version}: {percent(version.metrics['R5'])} %",
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


def _dots(name: str, places: Sequence[str], shares: Sequence[Share], highest: float, aside: float) -> list[Dot]:
    def height(value: float) -> str:
        return f"{HEIGHT * (1 - value / highest):.1f}"

    width = WIDTH / max(len(places) - 1, 1)
    return [
        Dot(
            label=f"{name}, {place}: {with_interval(share)}",
            x=f"{at * width + aside if len(places) > 1 else WIDTH / 2 + aside:.1f}",
            y=height(share.value),
            low=height(share.interval[0]),
            high=height(share.interval[1]),
        )
        for at, (place, share) in enumerate(zip(places, shares, strict=True))
        if share.value is not None
    ]
