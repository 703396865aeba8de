"""The report as text for a terminal, about 120 columns wide."""

from collections.abc import Iterator

from predictor.evaluation.report import Comparison, Report, Row
from predictor.ml.bootstrap import Difference

PAIR = 36  # columns of "this - that"


def render(report: Report) -> str:
    """Return the table, the differences that matter, and the control's curve."""
    return "\n".join([*_table(report), *_differences(report.telling()), *_control(report), *_notes(report)])


def _table(report: Report) -> Iterator[str]:
    limited = "" if report.words is None else f", limited to {report.words:,} words"
    yield f"{report.posts:,} photos of the {report.split} split{limited}; shares in %, with 95 % intervals over photos"
    yield ""
    width = 1 + max(len(row.name) for row in report.rows)
    yield (
        f"{'':{width}}{'version':>7}{'P@1':>6}{'R@5':>6}{'interval':>14}{'A@5':>6}{'R@10':>6}{'micro':>6}"
        f"{'F1':>6}{'interval':>14}{'N+':>5}{'tail':>6}{'cover':>6}{'ECE':>6}{'twins':>6}"
    )
    yield from (f"{row.name:{width}}{_figures(row)}" for row in report.rows)


def _figures(row: Row) -> str:
    m = row.metrics
    start = f"{row.contestant.version or '':>7}{_share(m.P1)}{_share(m.R5)}{_interval(m.R5_ci)}"
    middle = f"{_share(m.A5)}{_share(m.R10)}{_share(m.microR10)}{_share(m.F1)}{_interval(m.F1_ci)}{m.Nplus:5}"
    error = row.reliability.error if row.reliability else None
    return f"{start}{middle}{_share(m.tail_recall)}{_share(m.coverage)}{_share(error)}{_share(row.twins)}"


def _differences(telling: list[Comparison]) -> Iterator[str]:
    if telling:
        yield ""
        yield "Differences in points, paired over the photos; * where the interval leaves 0 out"
        yield ""
        yield f"{'':{PAIR}}" + "".join(f"{title:>27}" for title in ("R@5", "R@10", "F1"))
    for found in telling:
        yield f"{f'{found.name} - {found.than}':{PAIR}}" + "".join(map(_difference, found.differences.values()))


def _control(report: Report) -> Iterator[str]:
    names = list(dict.fromkeys(setting.name for setting in report.control))
    yield ""
    yield "The control from popular (0) to specific (1)"
    yield ""
    yield f"{'':5}" + "".join(f"{name:>30}" for name in names)
    yield f"{'':5}" + f"{'':4}{'R@5':>7}{'R@10':>7}{'F1':>7}{'N+':>5}" * len(names)
    for at in dict.fromkeys(setting.specificity for setting in report.control):
        found = [setting for setting in report.control if setting.specificity == at]
        yield f"{at:<5.1f}" + "".join(
            f"{'':4}{100 * one.R5:7.1f}{100 * one.R10:7.1f}{100 * one.F1:7.1f}{one.Nplus:5}" for one in found
        )


def _notes(report: Report) -> Iterator[str]:
    if report.notes:
        yield ""
        yield from report.notes


def _share(value: float | None) -> str:
    return f"{'-':>6}" if value is None else f"{100 * value:6.1f}"


def _interval(bounds: tuple[float, float]) -> str:
    return f"{f'{100 * bounds[0]:.1f} - {100 * bounds[1]:.1f}':>14}"


def _difference(one: Difference) -> str:
    star = "*" if one.verdict else " "
    return f"{f'{100 * one.measured:+.1f} ({100 * one.low:+.1f} to {100 * one.high:+.1f}){star}':>27}"
