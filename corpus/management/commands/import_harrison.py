"""Imports HARRISON: its lists of pictures and hashtags, and the pictures if they are there."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Count

from corpus.counts import Counts
from corpus.importing import ImportCommand
from corpus.models import Hashtag, ImportRun, Source, Tagging
from corpus.raw import Raw, SourceError
from corpus.sources import harrison
from corpus.sources.harrison_fixed import NAME, Fixed, fixed_pictures


class Command(ImportCommand):
    help = __doc__ or ""
    kind = Source.Kind.HARRISON
    fixed: Fixed
    words: list[str] | None

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--without-photos", action="store_true", help="take posts whose picture is missing without it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with fixed_pictures(options["dir"]) as self.fixed:
                super().handle(*args, **options)
        except SourceError as error:
            raise CommandError(str(error)) from error

    def open(self, directory: Path, options: dict[str, Any]) -> tuple[int | None, Iterable[Raw]]:
        for path, why in self.fixed.damaged.items():
            self.stderr.write(f"  not used: {path} of {NAME} is no sound picture itself ({why})")
        self.words = harrison.vocabulary(directory)
        total = harrison.count_lines(directory)
        return total, harrison.read(directory, options["without_photos"], self.fixed.sound)

    def report(self, run: ImportRun, counts: Counts) -> None:
        super().report(run, counts)
        taggings = Tagging.objects.filter(source=run.source)
        numbers = dict(
            Hashtag.objects.filter(taggings__source=run.source).annotate(n=Count("taggings")).values_list("key", "n")
        )
        self.stdout.write(
            f"The source {run.source.name} holds {run.source.posts.count():,} rows, {len(numbers):,} tags "
            f"and {taggings.count():,} taggings."
        )
        if self.words is not None:
            self.stdout.write(_agreement(self.words, numbers))


def _agreement(words: list[str], numbers: dict[str, int]) -> str:
    """Say whether HARRISON's own vocabulary is what was read: the same words, the most frequent first."""
    missing, unknown = set(words) - numbers.keys(), numbers.keys() - set(words)
    if missing or unknown:
        return (
            f"{harrison.VOCABULARY} does not agree with it: {len(missing):,} of its {len(words):,} words are on no "
            f"row, and {len(unknown):,} tags are not among them."
        )
    ordered = [numbers[word] for word in words]
    if ordered != sorted(ordered, reverse=True):
        return f"{harrison.VOCABULARY} has the same {len(words):,} words, but in another order of frequency."
    return f"{harrison.VOCABULARY} agrees with it: the same {len(words):,} words in the same order of frequency."
