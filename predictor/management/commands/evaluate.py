"""Measures every active version on a split of the corpus, beside the popularity baseline."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from corpus import hashtags
from predictor import evaluation
from predictor.management.commands.train import check_sources
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import ModelError
from predictor.ml.weights import BackboneError
from tag4pic_site.commands import HomeCommand, StageBar


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--split", choices=["dev", "test"], default="dev")
        parser.add_argument("--source", nargs="+", default=[], metavar="NAME", help="only posts of these sources")
        parser.add_argument(
            "--vocab", type=Path, metavar="FILE", help="one word a line: truth and answers keep to them"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        check_sources(options["source"])
        words = read_words(options["vocab"]) if options["vocab"] else None
        bar = StageBar()
        try:
            report = evaluation.evaluate(options["split"], options["source"], words, bar)
        except (evaluation.NothingToMeasure, ArtefactError, BackboneError, ModelError) as error:
            raise CommandError(str(error)) from error
        finally:
            bar.close()
        self.stdout.write(json.dumps(report.as_dict()) if options["json"] else table(report))


def read_words(file: Path) -> set[str]:
    """Return the keys of a file's words, one a line. Raises CommandError where there are none."""
    try:
        found, _ = hashtags.parse_list(file.read_text().split("\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
    if not found:
        raise CommandError(f"{file} holds no words.")
    return {tag.key for tag in found}


def table(report: evaluation.Report) -> str:
    """Return the report as text."""
    lines = [f"{report.posts:,} photos of the {report.split} split; R@5 with its 95 % interval; shares in %", ""]
    lines.append(
        f"{'':12}{'version':>9}{'P@1':>7}{'R@5':>7}{'interval':>15}{'A@5':>7}{'R@10':>7}{'micro':>7}{'F1':>7}{'N+':>6}"
    )
    for row in report.rows:
        m = row.metrics
        interval = f"{100 * m.R5_ci[0]:.1f} - {100 * m.R5_ci[1]:.1f}"
        shares = [f"{100 * value:7.1f}" for value in (m.A5, m.R10, m.microR10, m.F1)]
        start = f"{row.name:12}{row.version or '':>9}{100 * m.P1:7.1f}{100 * m.R5:7.1f}{interval:>15}"
        lines.append(start + "".join(shares) + f"{m.Nplus:6}")
    return "\n".join(lines)
