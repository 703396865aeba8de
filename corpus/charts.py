"""Charts as plain numbers for templates that draw them in SVG: no script, and every number also as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 200  # of a curve, in the units of its drawing


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    number: int
    share: str  # of the longest bar, in percent, as the drawing wants it in every language
    key: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    number: int
    start: str  # percent of the longest bar
    width: str


@dataclass(frozen=True, slots=True)
class Stack:
    label: str
    number: int
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line over two logarithmic axes, with its ends in words."""

    points: str
    first: int
    last: int
    number: int
    half: int  # how many from the top make up half of the whole


Bars = list[Bar]


def bars(rows: Sequence[tuple[str, int]], keys: Sequence[int] = ()) -> Bars:
    """Measure bars by the longest; keys name the rows that their labels lead to."""
    most = max((number for _, number in rows), default=0) or 1
    named = keys or [0] * len(rows)
    return [Bar(text, n, f"{100 * n / most:.2f}", key) for (text, n), key in zip(rows, named, strict=True)]


def stacked(rows: Sequence[tuple[str, dict[str, int]]]) -> list[Stack]:
    most = max((sum(parts.values()) for _, parts in rows), default=0) or 1
    return [_stack(label, parts, most) for label, parts in rows]


def _stack(label: str, numbers: dict[str, int], most: int) -> Stack:
    parts, start = [], 0.0
    for name, number in numbers.items():
        width = 100 * number / most
        parts.append(Part(name, number, f"{start:.3f}", f"{width:.3f}"))
        start += width
    return Stack(label, sum(numbers.values()), parts)


def curve(counts: Sequence[int]) -> Curve | None:
    """Draw counts, largest first, by rank: both axes in powers of ten."""
    if len(counts) < 2:
        return None
    across, up = math.log(len(counts)), math.log(max(counts[0], 2))
    ranks = sorted({min(len(counts), round(math.exp(across * step / 120))) for step in range(121)})
    points = " ".join(
        f"{WIDTH * math.log(rank) / across:.1f},{HEIGHT * (1 - math.log(max(counts[rank - 1], 1)) / up):.1f}"
        for rank in ranks
    )
    return Curve(points, counts[0], counts[-1], len(counts), _half(counts))


def _half(counts: Sequence[int]) -> int:
    whole, so_far = sum(counts), 0
    for place, count in enumerate(counts, 1):
        so_far += count
        if 2 * so_far >= whole:
            return place
    return len(counts)
