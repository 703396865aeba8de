"""Heat maps of a photo as the page draws and tells them: dots over the photo, and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from predictor.ml import occlusion
from predictor.ml.contract import Matrix

MATTERS, SHARE = 0.01, 0.05  # a fall in probability that is worth a map, and its least share of the whole probability
FAINTEST = 0.15  # of the strongest dot; what is below is left out
DIGITS_BELOW = 0.1  # probabilities that are told with a decimal place

AREAS: tuple[tuple[Promise, ...], ...] = (
    (_("at the upper left"), _("at the top"), _("at the upper right")),
    (_("at the left"), _("in the middle"), _("at the right")),
    (_("at the lower left"), _("at the bottom"), _("at the lower right")),
)


@dataclass(frozen=True, slots=True)
class Dot:
    """One cell of the map, in pixels of the photo."""

    x: int
    y: int
    r: int
    rises: bool  # covering it makes the hashtag more probable


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Where one version sees a hashtag in a photo."""

    dots: list[Dot]
    sentence: str


def heat_map(whole: float, without: Sequence[float], size: tuple[int, int]) -> HeatMap:
    """Draw and tell what covering each patch of a photo of this size does to a probability."""
    if whole - min(without) < max(MATTERS, SHARE * whole):
        return HeatMap([], _nowhere(whole, without))
    heat = occlusion.heat(whole, without)
    strongest = max(float(heat.max()), 1e-9)
    width, height = (side / occlusion.GRID for side in size)
    dots = [
        Dot(
            x=round((column + 0.5) * width),
            y=round((row + 0.5) * height),
            r=max(1, round(min(width, height) / 2 * min(abs(float(value)) / strongest, 1.0))),
            rises=bool(value < 0),
        )
        for (row, column), value in np.ndenumerate(heat)
        if abs(value) >= FAINTEST * strongest
    ]
    return HeatMap(dots, _where(heat, whole, without))


def percent(probability: float) -> str:
    """A probability in words: "62 %", "3.1 %"."""
    if 0 < probability < 0.001:
        return gettext("under 0.1 %")
    places = 1 if probability < DIGITS_BELOW else 0
    return gettext("%(number)s %%") % {"number": number_format(round(100 * probability, places), places)}


def _where(heat: Matrix, whole: float, without: Sequence[float]) -> str:
    row, column = divmod(int(heat.argmax()), occlusion.GRID)
    least = min(without[patch] for patch in occlusion.patches_over(row, column))
    sentence = gettext(
        "It sees it most %(area)s: with a piece covered there, its probability falls from %(a)s to %(b)s."
    )
    area = AREAS[3 * row // occlusion.GRID][3 * column // occlusion.GRID]
    return sentence % {"area": area, "a": percent(whole), "b": percent(least)}


def _nowhere(whole: float, without: Sequence[float]) -> str:
    sentence = gettext(
        "No single place matters: whatever piece is covered, its probability stays between %(a)s and %(b)s."
    )
    return sentence % {"a": percent(min(whole, *without)), "b": percent(max(whole, *without))}
