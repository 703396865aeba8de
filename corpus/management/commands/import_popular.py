"""Imports a list of popular hashtags from a CSV file with the columns hashtag, source, date and wanted."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from corpus import popular
from corpus.popular import PopularError
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=popular.SHIPPED, help="the list; the shipped one")
        parser.add_argument("--source", default="", help="who lists them, for lines that do not say it")
        parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="when, for lines that do not say it")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            rows, refused = popular.read(path, options["source"].strip(), options["date"])
        except PopularError as error:
            raise CommandError(str(error)) from error
        for sentence in refused:
            self.stderr.write(f"  refused: {sentence}")
        new, changed = popular.store(rows)
        if refused and not rows:
            raise CommandError(f"{path.name} names no hashtag that could be taken.")
        self.stdout.write(
            f"Read {len(rows):,} popular hashtags from {path.name}: {new:,} new, {changed:,} changed, "
            f"{len(refused):,} refused."
        )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no date; write it as 2026-01-31") from error
