"""The charts of an evaluation, each with a sentence that says what it shows.

Rankings differ by mark, line and hatch as well as by colour: Okabe and Ito's, which colour-blind people can tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from predictor.evaluation.contestants import BASELINE, BLEND, CONTROL, MODEL
from predictor.evaluation.report import Report, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CARD, INK, SOFT, LINE = "#fbfbf8", "#15181d", "#5c636d", "#d5d5cd"
STYLES = {  # colour, mark, line, hatch
    "als": ("#0072b2", "o", "-", ""),
    "w2v": ("#d55e00", "s", "--", ""),
    "blend": ("#00795a", "^", "-", ""),
    "the five (blend)": ("#cc79a7", "*", "--", ""),
    "reference als": ("#56b4e9", "D", ":", "///"),
    "reference w2v": ("#e69f00", "v", ":", "///"),
    "published als": ("#6e6e6e", "P", "-.", "///"),
    "published w2v": ("#6e6e6e", "X", ":", "///"),
}
OTHER = ("#8c8c8c", "x", "-.", "")
STEERED = "\\\\"  # hatch of rows with the control at a setting


def bars(report: Report) -> Figure:
    figure = _figure(10, 1.1 + 0.3 * len(report.rows))
    panels = figure.subplots(1, 3, sharey=True)
    for axes, title, field in zip(panels, ("R@5, %", "R@10, %", "F1 by hashtag, %"), ("R5", "R10", "F1"), strict=True):
        _panel(axes, report.rows, field)
        axes.set(title=title, xlim=(0, 100))
    panels[0].set_yticks(range(len(report.rows)), [row.name for row in report.rows])
    panels[0].invert_yaxis()
    return figure


def _panel(axes: Axes, rows: Sequence[Row], field: str) -> None:
    """Draw one figure of every row as a bar with its interval."""
    for place, row in enumerate(rows):
        value = 100 * getattr(row.metrics, field)
        low, high = (100 * bound for bound in getattr(row.metrics, f"{field}_ci"))
        colour, _, _, hatch = _style(row.name)
        pattern = STEERED if row.contestant.group == CONTROL else hatch
        axes.barh(place, value, height=0.66, facecolor=colour, edgecolor=CARD, hatch=pattern)
        axes.errorbar(value, place, xerr=[[max(value - low, 0)], [max(high - value, 0)]], color=INK, linewidth=1)
        axes.text(high + 1.5, place, f"{value:.1f}", va="center", fontsize=9)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def bars_alt(report: Report) -> str:
    found = ", ".join(
        f"{row.name} {100 * row.metrics.R5:.1f} ({100 * row.metrics.R5_ci[0]:.1f} to {100 * row.metrics.R5_ci[1]:.1f})"
        for row in report.rows
    )
    return f"Bars of R@5, R@10 and F1 by hashtag with 95 % intervals. R@5 in percent: {found}."


# --- recall by how common hashtags are


def _lined(report: Report) -> list[Row]:
    """The rows that have lines of their own: the models, the blend, and what they are compared with."""
    return [row for row in report.rows if row.contestant.group in (BASELINE, MODEL, BLEND)]


def frequency(report: Report) -> Figure:
    figure = _figure(8, 4.6)
    axes = figure.subplots()
    places = range(len(report.bands))
    for row in _lined(report):
        _line(axes, row.name, list(places), [100 * band.recall[row.name] for band in report.bands])
    labels = [band.label.replace(" to ", " to\n") + f"\n({band.tags:,})" for band in report.bands]
    axes.set_xticks(list(places), labels)
    axes.set(
        title="Recall among the first five by how common a hashtag is",
        xlabel="training posts that carry it (and how many such hashtags the photos carry)",
        ylabel="mean recall, %",
        ylim=(0, 100),
    )
    axes.legend(ncols=3, fontsize=9)
    return figure


def frequency_alt(report: Report) -> str:
    models = [row.name for row in report.rows if row.contestant.group in (MODEL, BLEND)]
    bands = "; ".join(
        f"{band.label} training posts: " + ", ".join(f"{name} {100 * band.recall[name]:.0f}" for name in models)
        for band in report.bands
    )
    return f"Mean recall of hashtags by the number of training posts that carry them, in percent. {bands}."


# --- calibration


def calibration(report: Report) -> Figure:
    figure = _figure(6.4, 6.6)
    curve, bars = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    curve.plot([0, 100], [0, 100], color=SOFT, linewidth=1, label="as good as its word")
    for row in report.rows:
        if row.reliability is None:
            continue
        bins = row.reliability.bins
        label = f"{row.name}: off by {100 * row.reliability.error:.1f} points"
        _line(curve, row.name, [100 * one.score for one in bins], [100 * one.right for one in bins], label)
        _line(bars, row.name, [100 * one.score for one in bins], [one.answers for one in bins])
    curve.set(title="Is a score of 60 % right 60 % of the time?", ylabel="right, %", xlim=(0, 100), ylim=(0, 100))
    curve.legend(fontsize=9, loc="upper left")
    bars.set(xlabel="mean score of the answers in a tenth of the scale, %", ylabel="answers", yscale="log")
    return figure


def calibration_alt(report: Report) -> str:
    errors = ", ".join(f"{row.name} {100 * row.reliability.error:.1f}" for row in report.rows if row.reliability)
    return (
        "Reliability curves: the share of answers that were right against their score, beside the diagonal on which "
        f"the two are equal. Mean distance in points: {errors}."
    )


# --- the control


def control(report: Report) -> Figure:
    figure = _figure(8, 6)
    panels = figure.subplots(2, 2, sharex=True).flat
    names = list(dict.fromkeys(setting.name for setting in report.control))
    for axes, (title, field, scale) in zip(
        panels,
        (("R@5, %", "R5", 100), ("R@10, %", "R10", 100), ("F1 by hashtag, %", "F1", 100), ("N+, hashtags", "Nplus", 1)),
        strict=True,
    ):
        for name in names:
            settings = [setting for setting in report.control if setting.name == name]
            values = [scale * getattr(setting, field) for setting in settings]
            _line(axes, name, [setting.specificity for setting in settings], values)
        axes.set(title=title, ylim=(0, None))
    figure.supxlabel("the control, from popular (0) to specific (1)", fontsize=10)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=len(names), fontsize=9)
    return figure


def control_alt(report: Report) -> str:
    found = "; ".join(
        f"{one.name} at {one.specificity:g}: R@5 {100 * one.R5:.1f}, R@10 {100 * one.R10:.1f}, F1 {100 * one.F1:.1f}, "
        f"N+ {one.Nplus}"
        for one in report.control
        if one.specificity in (0, 0.5, 1)
    )
    return f"Curves of R@5, R@10, F1 and N+ over the control from popular (0) to specific (1). {found}."


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _style(name: str) -> tuple[str, str, str, str]:
    return STYLES.get(name.partition(",")[0], OTHER)


def _line(axes: Axes, name: str, across: Sequence[float], up: Sequence[float], label: str = "") -> None:
    colour, mark, line, _ = _style(name)
    axes.plot(across, up, line, color=colour, marker=mark, markersize=5, linewidth=1.8, label=label or name)
