"""Trains the models on the approved posts and, unless told not to, lets the new versions serve."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from corpus.models import Source
from predictor.learning import runs, train_lock, training
from predictor.ml import kinds
from predictor.models import ModelVersion
from tag4pic_site.commands import HomeCommand, StageBar


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{' or '.join(kinds.IDS)}; all if none is named")
        parser.add_argument("--full", action="store_true", help="from scratch, instead of learning on")
        parser.add_argument("--source", nargs="+", default=[], metavar="NAME", help="only posts of these sources")
        parser.add_argument(
            "--no-activate", action="store_true", help="store the new versions without letting them serve"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = list(dict.fromkeys(options["kinds"])) or list(kinds.IDS)
        if unknown := set(wanted) - set(kinds.IDS):
            raise CommandError(f"Unknown kind: {', '.join(sorted(unknown))}; known are {', '.join(kinds.IDS)}.")
        sources = check_sources(options["source"])
        for kind in wanted:
            bar = StageBar()
            try:
                with train_lock.exclusive(kind):
                    run = runs.open_run(kind, options["full"], not options["no_activate"], sources)
                    run.claim()
                    version = training.carry_out(run, bar)
            except runs.TrainingError as error:
                raise CommandError(str(error)) from error
            finally:
                bar.close()
            self.stdout.write(self._sentence(version, run.message))

    def _sentence(self, version: ModelVersion, outcome: str) -> str:
        learned = f"{version.posts:,} posts with {version.hashtags:,} hashtags in {version.seconds:.0f} s"
        measured = "its quality was not measured, as there are no dev posts"
        if version.metrics:
            ours, popularity = version.metrics["R5"], version.metrics["popularity_R5"]
            measured = f"R@5 on dev {100 * ours:.1f} % (popularity {100 * popularity:.1f} %)"
        return f"Trained {version} on {learned}; {measured}. {outcome}"


def check_sources(names: list[str]) -> list[str]:
    """Return each source once, in alphabetical order. Raises CommandError for one that does not exist."""
    known = set(Source.objects.filter(name__in=names).values_list("name", flat=True))
    if missing := [name for name in names if name not in known]:
        raise CommandError(f"There is no source called {missing[0]!r}.")
    return sorted(known)
