"""The report as plots, in SVG and PNG, each on a card of its own: readable on a light page, on a dark one, in print."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from predictor.evaluation import charts
from predictor.evaluation.charts import CARD, INK, LINE, SOFT
from predictor.evaluation.report import Report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOK: dict[Any, Any] = {
    "figure.facecolor": CARD,
    "figure.constrained_layout.h_pad": 0.14,
    "figure.constrained_layout.w_pad": 0.14,
    "axes.facecolor": CARD,
    "savefig.facecolor": CARD,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "path",  # the same everywhere, whatever fonts a reader has
    "svg.hashsalt": "tag4pic",  # the same report gives the same file
}


@dataclass(frozen=True, slots=True)
class Plot:
    """One drawn plot."""

    name: str
    alt: str  # what it shows, in words
    svg: str
    png: bytes


def draw(report: Report) -> Iterator[Plot]:
    """Draw every plot that the report has figures for."""
    import matplotlib

    with matplotlib.rc_context(LOOK):
        yield _finish("rows", charts.bars_alt(report), charts.bars(report))
        yield _finish("frequency", charts.frequency_alt(report), charts.frequency(report))
        if any(row.reliability for row in report.rows):
            yield _finish("calibration", charts.calibration_alt(report), charts.calibration(report))
        yield _finish("control", charts.control_alt(report), charts.control(report))


def write(plots: Sequence[Plot], folder: Path) -> None:
    """Write each plot as NAME.svg and NAME.png, and what they show as NAME.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    for plot in plots:
        (folder / f"{plot.name}.svg").write_text(plot.svg)
        (folder / f"{plot.name}.png").write_bytes(plot.png)
        (folder / f"{plot.name}.txt").write_text(f"{plot.alt}\n")


def _finish(name: str, alt: str, figure: Figure) -> Plot:
    svg, png = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None})
    figure.savefig(png, format="png", dpi=160, metadata={"Description": alt})
    said = f'<svg role="img" aria-label="{escape(alt)}" '
    return Plot(name, alt, re.sub("<svg ", lambda found: said, svg.getvalue(), count=1), png.getvalue())
