"""Makes a home ready to serve: database, static files, exported backbones, and the starter models if it has none."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from predictor import starter
from predictor.learning import embeddings, versions
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


def prepare_models(say: Callable[[str], object]) -> None:
    """Load the starter into a home without a version, and export the backbones that serve, and those that are set.

    Versions that do not load are set aside first. Raises BackboneError where a backbone that serves cannot be had. One
    that is only set may be missing: the site goes on with what it has, and training says the same sentence again.
    """
    for version in versions.active().values():
        if versions.sound(version.kind) != version:
            say(
                f"{version} is damaged, or was made by an older tag4pic, so it does not serve any more. "
                f"`manage.py train {version.kind}` makes a new one."
            )
    if not versions.active():
        say("Loading the starter models ...")
        say(starter.load())
    serving = {version.backbone_id for version in versions.active().values()}
    for id in sorted(serving):
        embeddings.open_embedder(id)
    for id in sorted(set(settings.KIND_BACKBONES.values()) - serving):
        try:
            embeddings.open_embedder(id)
        except BackboneError as error:
            say(f"{error} Until then, the present versions go on serving.")
