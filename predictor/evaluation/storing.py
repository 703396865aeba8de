"""Evaluations as rows, for the pages of the admin: each with its report and its plots, the newest ones kept."""

import time
from collections.abc import Sequence

from django.db import transaction

from corpus.models import Post
from predictor.evaluation import plots
from predictor.evaluation.contestants import BLEND, MODEL
from predictor.evaluation.ground import NothingToMeasure
from predictor.evaluation.measuring import evaluate
from predictor.evaluation.plots import Plot
from predictor.evaluation.report import Report
from predictor.models import Evaluation


def store(report: Report, drawn: Sequence[Plot], seconds: float) -> Evaluation:
    """Write down what was found, and let go of the oldest."""
    names = [row.contestant.version for row in report.rows if row.contestant.version]
    row = Evaluation(
        split=report.split,
        sources=report.sources,
        words=report.words,
        posts=report.posts,
        versions=" ".join(dict.fromkeys(names)),
        seconds=round(seconds, 1),
        recalls={row.name: row.metrics.R5 for row in report.rows if row.contestant.group in (MODEL, BLEND)},
        report=report.as_dict(),
        plots=[{"name": plot.name, "alt": plot.alt, "svg": plot.svg} for plot in drawn],
    )
    return _add(row)


def evaluate_and_store() -> Evaluation:
    """Measure the active versions on the dev split, with everything at its default."""
    started = time.monotonic()
    try:
        report = evaluate(Post.Split.DEV)
    except NothingToMeasure as error:
        return _add(Evaluation(split=Post.Split.DEV, message=str(error)))
    return store(report, list(plots.draw(report)), time.monotonic() - started)


def _add(row: Evaluation) -> Evaluation:
    with transaction.atomic():
        row.save(force_insert=True)
        Evaluation.prune()
    return row
