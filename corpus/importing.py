"""The base of import commands: read a source, hand it to the door, show how far it is, and print what was counted."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from corpus import statistics
from corpus.counts import Counts
from corpus.ingest import ImportStopped, ingest, open_run
from corpus.models import ImportRun, Post
from corpus.raw import Raw, SourceError
from tag4pic_site.commands import HomeCommand, counted_bar

LABEL = 40  # characters of a label in the table


class ImportCommand(HomeCommand):
    """A command that imports a folder. Subclasses say of which kind it is, and how it is read."""

    kind: str
    approved = True  # whether posts count at once, or wait for a curator

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, help="the folder")
        parser.add_argument("--source", help="name of the source; the folder's name if not given")
        parser.add_argument("--strict", action="store_true", help="end with an error if anything was refused")
        status = parser.add_mutually_exclusive_group()
        status.add_argument("--approve", action="store_true", help="let the posts count at once")
        status.add_argument("--pending", action="store_true", help="let the posts wait for a curator")

    def open(self, folder: Path, options: dict[str, Any]) -> tuple[int | None, Iterable[Raw]]:
        """Return how many posts the folder has, if that is known, and the posts. Raises SourceError."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"].resolve()
        approved = options["approve"] or (self.approved and not options["pending"])
        status = Post.Status.APPROVED if approved else Post.Status.PENDING
        try:
            total, raws = self.open(folder, options)
            run = open_run(options["source"] or folder.name or "folder", self.kind, total)
            with counted_bar(total, "Importing", unit=" posts") as bar:
                counts = ingest(run, raws, bar.update, status)
        except (SourceError, ImportStopped) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The folder cannot be read: {error}.") from error
        except KeyboardInterrupt as interrupt:
            raise CommandError("Stopped. Run it again, and it goes on from there.") from interrupt
        statistics.refresh()
        self.report(run, counts)
        if run.state == run.State.CANCELLED:
            raise CommandError(run.message)
        if options["strict"] and counts.refused:
            raise CommandError(f"{counts.refused.total()} posts were refused, and --strict was given.")

    def report(self, run: ImportRun, counts: Counts) -> None:
        """Print what was refused and why, what was counted, and a sentence."""
        for line in counts.named:
            self.stderr.write(f"  refused: {line}")
        if counts.refused.total() > len(counts.named):
            self.stderr.write(f"  and {counts.refused.total() - len(counts.named)} more")
        for line in counts.pairs:
            self.stdout.write(f"  the same picture twice: {line}")
        if (pairs := counts.duplicates + counts.listed) > len(counts.pairs):
            self.stdout.write(f"  and {pairs - len(counts.pairs)} more")
        for label, number in counts.table():
            self.stdout.write(f"{label:.<{LABEL}}{number:.>10,}")
        if counts.opening_seconds:
            share = counts.opening_seconds / max(counts.seconds, 1e-9)
            self.stdout.write(f"Opening pictures took {share:.0%} of the time.")
        if waiting := Post.objects.pending().filter(import_run=run).order_by().count():
            self.stdout.write(f"{waiting:,} posts wait for a curator; with --approve they would count at once.")
        self.stdout.write(f"Imported {counts.new:,} new posts into the source {run.source.name}.")
