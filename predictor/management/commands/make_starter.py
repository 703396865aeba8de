"""Makes the starter's files from the public sets in a folder: corel5k, flickr8k, harrison and, if there, photos."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from predictor.learning import embeddings
from predictor.ml import kinds
from predictor.ml.weights import BackboneError
from predictor.starter import building
from tag4pic_site.commands import HomeCommand, StageBar


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        bar = StageBar()
        try:
            embedders = {kind.id: embeddings.open_embedder(kind.backbone) for kind in kinds.KINDS}
            sentence = building.build(options["folder"], Path(settings.HOME) / "starter", embedders, bar)
        except (BackboneError, OSError) as error:
            raise CommandError(str(error)) from error
        finally:
            bar.close()
        self.stdout.write(sentence)
