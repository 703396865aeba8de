"""Embeds the photos of posts that are not embedded yet. It can be stopped and taken up again at any time."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from predictor.learning import embeddings, extending
from predictor.ml import backbones
from predictor.ml.weights import BackboneError
from tag4pic_site.commands import HomeCommand, StageBar


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        help = "one backbone instead of those in use"
        parser.add_argument(
            "--backbone", choices=backbones.IDS, metavar="ID", help=f"{help}: {', '.join(backbones.IDS)}"
        )

        parser.add_argument(
            "--contributions", action="store_true", help="those alone that are to join the versions that serve"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["contributions"]:
            self.stdout.write(f"Embedded {extending.extend():,} contributions.")
            return
        chosen = options["backbone"]
        for id in [chosen] if chosen else sorted(set(settings.KIND_BACKBONES.values())):
            bar = StageBar()
            try:
                embedded, failed = embeddings.embed_missing(embeddings.open_embedder(id), bar)
            except BackboneError as error:
                raise CommandError(str(error)) from error
            finally:
                bar.close()
            problem = f"; {failed:,} pictures could not be opened" if failed else ""
            self.stdout.write(f"Embedded {embedded:,} posts with {backbones.get(id).label}{problem}.")
