"""Imports a folder of posts: `posts.jsonl` and the pictures that it names."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from corpus.decoder import DecoderError
from corpus.ingest import Counts, ingest, open_run
from corpus.models import Source
from corpus.raw import SourceError
from corpus.sources import folder
from tag4pic_site.commands import HomeCommand, counted_bar


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, help="folder with posts.jsonl")
        parser.add_argument("--source", help="name of the source; the folder's name if not given")
        parser.add_argument("--strict", action="store_true", help="end with an error if any line was refused")

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["dir"].resolve()
        try:
            total = folder.count_lines(directory)
            run = open_run(options["source"] or directory.name or "folder", Source.Kind.FOLDER)
            with counted_bar(total, "Importing", unit=" posts") as bar:
                counts = ingest(run, folder.read(directory), bar.update)
        except (SourceError, DecoderError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The import stopped: {error}. Run it again, and it goes on from there.") from error
        self._report(run.source.name, counts)
        if options["strict"] and counts.refused:
            raise CommandError(f"{counts.refused.total()} posts were refused, and --strict was given.")

    def _report(self, name: str, counts: Counts) -> None:
        for line in counts.named:
            self.stderr.write(f"  refused: {line}")
        if counts.refused.total() > len(counts.named):
            self.stderr.write(f"  and {counts.refused.total() - len(counts.named)} more")
        for line in counts.given_duplicates:
            self.stdout.write(f"  the same picture twice, both kept as their split is given: {line}")
        rows = [("read", counts.read), ("new", counts.new), ("known already", counts.known)]
        rows += [("duplicates", counts.duplicates), ("tags refused", counts.tags_refused)]
        rows += [(f"refused: {reason}", number) for reason, number in sorted(counts.refused.items())]
        for label, number in rows:
            self.stdout.write(f"{label:.<40}{number:.>10,}")
        self.stdout.write(f"Imported {counts.new:,} new posts into the source {name}.")
