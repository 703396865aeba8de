"""Suggests hashtags for photos on this machine. Needs neither a server nor Redis."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from corpus.images import ImageRefused, check_header
from predictor.inference import Engine, Ranking
from predictor.management.commands.prepare import prepare_models
from predictor.ml import kinds
from predictor.ml.blend import blend
from predictor.ml.contract import ModelError, SuggestedTag
from predictor.ml.weights import BackboneError
from tag4pic_site.commands import HomeCommand, counted_bar

DEEP = 100  # hashtags of each ranking that the blend looks at, at least

Columns = dict[str, list[tuple[str, float]]]


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("photos", nargs="+", metavar="PHOTO")
        parser.add_argument(
            "--top", type=positive, default=10, metavar="N", help="hashtags of each ranking (default 10)"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        try:
            prepare_models(lambda text: self.stderr.write(text, self.style.NOTICE))
            engine = Engine()
            engine.refresh()
            with engine.decoder, counted_bar(len(options["photos"]), "Suggesting", unit=" photos") as bar:
                for name in options["photos"]:
                    failed += not self._suggest(engine, name, options["top"], options["json"])
                    bar.update()
        except (BackboneError, ModelError) as error:
            raise CommandError(str(error)) from error
        if failed:
            self.stderr.write(f"{failed} of {len(options['photos'])} photos could not be read.")
            sys.exit(1)

    def _suggest(self, engine: Engine, name: str, top: int, as_json: bool) -> bool:
        """Write the rankings for one photo, or why there are none; return whether there are."""
        try:
            with Path(name).open("rb") as file:
                check_header(file)
            columns = columns_of(engine.rank(engine.decoder.decode(Path(name)), max(top, DEEP)), top)
        except (ImageRefused, OSError) as error:
            why = str(error) if isinstance(error, ImageRefused) else error.strerror or str(error)
            if as_json:
                self.stdout.write(json.dumps({"image": name, "error": why}))
            else:
                self.stderr.write(f"{name}: {why}")
            return False
        if as_json:
            rows = {id: [{"tag": tag, "score": score} for tag, score in found] for id, found in columns.items()}
            self.stdout.write(json.dumps({"image": name, **rows}))
        else:
            self.stdout.write(name.encode(errors="replace").decode())  # a name may hold bytes that are no text
            for id, found in columns.items():
                self.stdout.write(f"  {id:6}" + " ".join(f"#{tag}" for tag, _ in found))
        return True


def columns_of(rankings: list[Ranking], top: int) -> Columns:
    """Return the best hashtags of each kind and of their blend, with scores."""
    found: dict[str, list[SuggestedTag]] = {id: [] for id in kinds.IDS}
    found |= {ranking.version.kind: ranking.tags for ranking in rankings}
    columns: Columns = {id: [(item.tag, item.score) for item in tags[:top]] for id, tags in found.items()}
    columns["blend"] = blend([[item.tag for item in tags] for tags in found.values()])[:top]
    return columns


def positive(text: str) -> int:
    """Parse a number of at least 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)
