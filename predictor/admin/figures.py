"""From a stored evaluation to what its pages show: percentages, intervals, verdicts, and the table by hashtag."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from predictor.charts import percent
from predictor.models import Evaluation

Report = dict[str, Any]
FIGURES = {"R5": "R@5", "R10": "R@10", "F1": "F1"}  # that rows are compared in
DEFAULT_ROW = "blend"
INTERVAL = gettext_lazy("interval")
TITLES = ["P@1", "R@5", INTERVAL, "A@5", "R@10", INTERVAL, "micro", "F1", INTERVAL, "N+"]
TITLES += ["tail", "coverage", "ECE", gettext_lazy("twins")]


@dataclass(frozen=True, slots=True)
class TagLine:
    """One hashtag, and how one ranking did on it."""

    tag: str
    train: int
    truth: int
    given: int
    right: int

    @property
    def precision(self) -> float | None:
        return self.right / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        return self.right / self.truth if self.truth else None

    @property
    def cells(self) -> list[str]:
        """Everything but the hashtag, as it is shown."""
        counts = [f"{number:,}" for number in (self.train, self.truth, self.given, self.right)]
        return [*counts, percent(self.precision), percent(self.recall)]


ORDERS: dict[str, tuple[Any, Callable[[TagLine], Any]]] = {  # title and key of each column that lines are sorted by
    "tag": (gettext_lazy("Hashtag"), lambda line: line.tag),
    "train": (gettext_lazy("Training posts"), lambda line: line.train),
    "truth": (gettext_lazy("Truth"), lambda line: line.truth),
    "given": (gettext_lazy("Given"), lambda line: line.given),
    "right": (gettext_lazy("Right"), lambda line: line.right),
    "precision": (gettext_lazy("Precision"), lambda line: -1 if line.precision is None else line.precision),
    "recall": (gettext_lazy("Recall"), lambda line: -1 if line.recall is None else line.recall),
}


def chosen(names: Iterable[str], asked: str) -> str:
    """Return the row that a person asked for; the blend, or the first, where there is no such row."""
    known = list(names)
    default = DEFAULT_ROW if DEFAULT_ROW in known else next(iter(known), "")
    return asked if asked in known else default


def command(evaluation: Evaluation) -> str:
    """How to measure the same again; the file of words is not known any more."""
    words = ["manage.py", "evaluate", "--split", evaluation.split]
    words += ["--source", *evaluation.sources] if evaluation.sources else []
    words += ["--vocab", "FILE"] if evaluation.words is not None else []
    words += ["--specific", *(f"{at:g}" for at in evaluation.report.get("specific", []))]
    recipes = any(row["group"] == "recipe" for row in evaluation.report.get("rows", []))
    return f".venv/bin/python {shlex.join([*words, '--recipes'] if recipes else words)}"


def table(report: Report) -> list[tuple[str, list[str]]]:
    """The rows with their figures as text, in the order of `TITLES`."""
    return [(row["name"], _cells(row)) for row in report.get("rows", [])]


def _cells(row: dict[str, Any]) -> list[str]:
    shares = {name: percent(row[name]) for name in ("P1", "R5", "A5", "R10", "microR10", "F1", "coverage", "ECE")}
    tail = percent(row["tail_recall"])
    return [
        *(shares["P1"], shares["R5"], _interval(row["R5_ci"]), shares["A5"], shares["R10"], _interval(row["R10_ci"])),
        *(shares["microR10"], shares["F1"], _interval(row["F1_ci"]), f"{row['Nplus']:,}", tail),
        *(shares["coverage"], shares["ECE"], percent(row.get("twins"))),
    ]


def compared(report: Report, name: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """One row against every other: for each figure the difference, its interval, a verdict ("" for none)."""
    found = []
    for one in report.get("comparisons", []):
        if one["name"] == name:
            found.append((one["than"], [_difference(*one[figure]) for figure in FIGURES]))
        elif one["than"] == name:
            turned = {figure: (-one[figure][0], -one[figure][2], -one[figure][1]) for figure in FIGURES}
            found.append((one["name"], [_difference(*turned[figure]) for figure in FIGURES]))
    return found


def _difference(measured: float, low: float, high: float) -> tuple[str, str, str]:
    verdict = "better" if low > 0 else "worse" if high < 0 else ""
    return f"{100 * measured:+.1f}", _("%(low)s to %(high)s") % {"low": _points(low), "high": _points(high)}, verdict


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _interval(bounds: list[float]) -> str:
    return _("%(low)s to %(high)s") % {"low": percent(bounds[0]), "high": percent(bounds[1])}


def control(report: Report) -> list[tuple[str, list[list[str]]]]:
    """The control's curve as numbers: for each ranking the settings with R@5, R@10, F1 and N+."""
    names = dict.fromkeys(one["name"] for one in report.get("control", []))
    return [(name, [_setting(one) for one in report["control"] if one["name"] == name]) for name in names]


def _setting(one: dict[str, Any]) -> list[str]:
    return [f"{one['specificity']:.1f}", *(percent(one[name]) for name in FIGURES), f"{one['Nplus']:,}"]


def tag_lines(report: Report, row: str, search: str, order: str) -> list[TagLine]:
    """The table by hashtag for one ranking: those whose name holds the search, in an order ("-" in front turns it)."""
    place = report["tag_rows"].index(row)
    wanted = search.strip().lstrip("#").casefold()
    lines = [
        TagLine(one["tag"], one["train"], one["truth"], one["given"][place], one["right"][place])
        for one in report["tags"]
        if wanted in one["tag"]
    ]
    _title, key = ORDERS.get(order.lstrip("-"), ORDERS["train"])
    return sorted(lines, key=key, reverse=order.startswith("-"))
