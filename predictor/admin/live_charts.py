"""The charts of live quality: shares with their intervals, one line for each kind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from corpus.admin.charts import HEIGHT, WIDTH
from predictor.admin.figures import percent
from predictor.shares import Share

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
        return "–"
    low, high = (percent(bound) for bound in share.interval)
    return _("%(share)s %% (%(low)s to %(high)s)") % {"share": percent(share.value), "low": low, "high": high}


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
