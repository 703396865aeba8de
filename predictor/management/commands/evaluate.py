"""Measures every active version on a split of the corpus, beside baselines, and stores what it found for the admin."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from corpus import hashtags
from predictor import evaluation
from predictor.evaluation import plots, storing, text
from predictor.management.asking import setting
from predictor.management.commands.train import check_sources
from tag4pic_site.commands import HomeCommand, StageBar


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--split", choices=["dev", "test"], default="dev", help="the photos that are measured on (dev)"
        )
        parser.add_argument("--source", nargs="+", default=[], metavar="NAME", help="only posts of these sources")
        parser.add_argument(
            "--vocab", type=Path, metavar="FILE", help="one word a line: truth and answers keep to them"
        )
        parser.add_argument(
            "--specific",
            nargs="+",
            type=setting,
            default=list(evaluation.SPECIFIC),
            metavar="S",
            help="settings of the control, 0 to 1, that get rows of their own (default: .5 and 1)",
        )
        parser.add_argument("--recipes", action="store_true", help="repeat the published experiments too")
        parser.add_argument("--plot", type=Path, metavar="DIR", help="write the plots as SVG and PNG, with their texts")
        parser.add_argument("--json", action="store_true", help="one object with everything that was found")

    def handle(self, *args: Any, **options: Any) -> None:
        sources = check_sources(options["source"])
        words = read_words(options["vocab"]) if options["vocab"] else None
        started, bar = time.monotonic(), StageBar()
        try:
            report = evaluation.evaluate(options["split"], sources, words, options["specific"], options["recipes"], bar)
        except evaluation.NothingToMeasure as error:
            raise CommandError(str(error)) from error
        finally:
            bar.close()
        drawn = list(plots.draw(report))
        storing.store(report, drawn, time.monotonic() - started)
        self.stdout.write(json.dumps(report.as_dict()) if options["json"] else text.render(report))
        if options["plot"]:
            self._write(drawn, options["plot"])

    def _write(self, drawn: list[plots.Plot], folder: Path) -> None:
        try:
            plots.write(drawn, folder)
        except OSError as error:
            raise CommandError(f"The plots cannot be written to {folder}: {error.strerror}.") from error
        self.stderr.write(f"Wrote {', '.join(plot.name for plot in drawn)} to {folder}, each as .svg, .png and .txt.")


def read_words(file: Path) -> set[str]:
    """Return the keys of a file's words, one a line. Raises CommandError where there are none."""
    try:
        found, _ = hashtags.parse_list(file.read_text("utf-8").split("\n"))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not a text file in UTF-8.") from error
    if not found:
        raise CommandError(f"{file} holds no words.")
    return {tag.key for tag in found}
