"""Finds settings of the models that suit this home's posts, for `train` to use; can be stopped and taken up again."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError

from predictor import tuning
from predictor.management.commands.train import check_sources
from predictor.ml import kinds
from predictor.models import Tuning
from predictor.tuning.search import Limits
from tag4pic_site.commands import HomeCommand, StageBar

TRIALS = 40
CTRL_C = 130  # the exit status of what it ended


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{' or '.join(kinds.IDS)}; all if none is named")
        parser.add_argument(
            "--trials",
            type=_above_zero,
            default=TRIALS,
            metavar="N",
            help=f"settings to try, those of earlier runs on the same posts included ({TRIALS})",
        )
        parser.add_argument("--minutes", type=_above_zero, metavar="M", help="begin no trial of a kind later than this")
        parser.add_argument("--source", nargs="+", default=[], metavar="NAME", help="only posts of these sources")
        parser.add_argument("--forget", action="store_true", help="go back to the defaults, and delete the trials")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = list(dict.fromkeys(options["kinds"])) or list(kinds.IDS)
        if unknown := set(wanted) - set(kinds.IDS):
            raise CommandError(f"Unknown kind: {', '.join(sorted(unknown))}; known are {', '.join(kinds.IDS)}.")
        sources = check_sources(options["source"])
        try:
            for kind in wanted:
                if options["forget"]:
                    tuning.forget(kind)
                    self.stdout.write(f"Forgot what was tuned for {kind}; training uses the defaults again.")
                else:
                    self._tune(kind, sources, Limits(options["trials"], options["minutes"]))
        except tuning.TuningError as error:
            raise CommandError(str(error)) from error

    def _tune(self, kind: str, sources: list[str], limits: Limits) -> None:
        bar = StageBar()
        try:
            outcome = tuning.tune(kind, sources, limits, bar)
        finally:
            bar.close()
        self.stdout.write(_sentence(outcome.tuning))
        if outcome.stopped:
            raise CommandError("Stopped from the keyboard; the same command goes on from there.", returncode=CTRL_C)


def _sentence(found: Tuning) -> str:
    photos = f"{found.photos:,} photos of the dev split"
    if found.split != "dev":
        photos = f"{found.photos:,} photos held out of them"
    tried = f"Tried {found.trials} settings of {found.kind} on {found.posts:,} posts, measured on {photos}."
    chosen = ", ".join(f"{name} {value:.4g}" for name, value in found.settings.items())
    return " ".join([tried, found.message, *([f"They are: {chosen}."] if chosen else [])])


def _above_zero(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not number:
        raise ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number
