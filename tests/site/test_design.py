"""docs/design.md names the colours of the style sheet, with the contrasts that they have."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CSS = (ROOT / "static" / "tag4pic.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rules)) for rules in re.findall(r":root \{([^}]+)\}", CSS)[:2]
)
ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "design.md").read_text().splitlines()
    if line.startswith("| `--") and "#" in line
]
PAPERS = {"paper", "sheet", "well"}
DRAWN, DIVIDING = {"cyan", "magenta", "edge"}, {"line"}


def test_it_works() -> None:
    assert {row[0].removeprefix("--") for row in ROWS} == LIGHT.keys() - {"yellow", "on-yellow"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_colour_is_as_described_and_stands_out_enough(row: list[str]) -> None:
    name = row[0].removeprefix("--")
    for colours, value, described in ((LIGHT, row[2], row[3]), (DARK, row[4], row[5])):
        assert colours[name] == value
        if name in PAPERS:
            continue
        contrasts = [contrast(colours[name], colours[under]) for under in ("paper", "sheet")]
        assert described == ", ".join(f"{one:.1f}" for one in contrasts)
        assert min(contrasts) >= (1 if name in DIVIDING else 3 if name in DRAWN else 4.5)


def test_words_on_yellow() -> None:
    assert contrast(LIGHT["yellow"], LIGHT["on-yellow"]) >= 4.5
    assert "yellow" not in DARK and "on-yellow" not in DARK


def test_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
