"""Makes a home ready to serve: database, static files, exported backbones, and the starter models if it has none."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from predictor import embeddings, versions
from predictor.ml.weights import BackboneError
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("collectstatic", verbosity=0, interactive=False)
        try:
            prepare_models(self.stdout.write)
        except BackboneError as error:
            raise CommandError(str(error)) from error


def prepare_models(say: Any) -> None:
    """Export the backbones in use and load the starter into a home without a version."""
    wanted = set(settings.KIND_BACKBONES.values()) | {version.backbone_id for version in versions.active().values()}
    for id in sorted(wanted):
        embeddings.open_embedder(id)
    if not versions.active():
        from predictor.starter import load

        say("Loading the starter models ...")
        say(load())
