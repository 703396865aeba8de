"""The colours of the page: every pair that carries text or meaning keeps WCAG 2.2 AA, in both themes."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

TEXT, GRAPHIC = 4.5, 3.0  # least contrast
GROUNDS = ("paper", "sheet")
PAIRS = [
    *((name, ground, TEXT) for name in ("key", "soft", "cyan-text", "magenta-text", "bad") for ground in GROUNDS),
    *(("both", ground, TEXT) for ground in GROUNDS),
    *((name, ground, GRAPHIC) for name in ("cyan", "magenta", "edge") for ground in GROUNDS),
    ("on-yellow", "yellow", TEXT),
    ("paper", "key", TEXT),  # a button under the pointer
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_it_works(theme: str, front: str, ground: str, least: float) -> None:
    colours = tokens(theme)
    assert contrast(colours[front], colours[ground]) >= least


def test_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def tokens(theme: str) -> dict[str, str]:
    """Return the colours of a theme; the dark one changes some of the light one's."""
    path = finders.find("tag4pic.css")
    assert isinstance(path, str)
    light, dark = re.findall(r":root \{(.*?)\}", Path(path).read_text(), re.DOTALL)[:2]
    chosen = light if theme == "light" else light + dark
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", chosen))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, as WCAG 2.2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
