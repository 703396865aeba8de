"""Lists the versions, lets one serve, or goes back to the one before; a running site follows within two seconds."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from predictor.learning import versions
from predictor.ml import kinds
from predictor.models import ModelVersion
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        doing = parser.add_subparsers(dest="verb", metavar="list, activate or roll-back")
        doing.add_parser("list", help="every version, the newest first; this is the default")
        activate = doing.add_parser("activate", help="let a version serve")
        activate.add_argument("id", type=int, metavar="ID")
        back = doing.add_parser("roll-back", help="let the version serve that served before")
        back.add_argument("kind", choices=kinds.IDS, metavar="KIND", help=" or ".join(kinds.IDS))
        back.add_argument("--to", type=int, metavar="ID", help="this one instead")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verb"] == "activate":
                version = _version(options["id"])
                versions.let_serve(version, by=None)
                self.stdout.write(f"{version} serves now.")
            elif options["verb"] == "roll-back":
                to = None if options["to"] is None else _version(options["to"])
                self.stdout.write(f"{versions.roll_back(options['kind'], to, by=None)} serves again.")
            else:
                self._list()
        except versions.VersionError as error:
            raise CommandError(str(error)) from error

    def _list(self) -> None:
        serving = {version.pk for version in versions.active().values()}
        found = ModelVersion.objects.select_related("parent").defer("gate", "golden", "parameters")
        for version in found:
            state = "serves" if version.pk in serving else version.get_state_display()
            after = f"after {version.parent}" if version.parent else "the first"
            quality = f"R@5 {100 * version.metrics['R5']:.1f} %" if version.metrics else "not measured"
            learned = f"{version.posts:>9,} posts  {version.created:%Y-%m-%d %H:%M}"
            self.stdout.write(f"{version!s:10} {state:22} {after:14} {quality:14} {learned}")
        if not found:
            self.stdout.write("There is no version yet.")


def _version(id: int) -> ModelVersion:
    """Return a version by its number. Raises VersionError where there is none."""
    version = ModelVersion.objects.filter(pk=id).first()
    if version is None:
        raise versions.VersionError(f"There is no version {id}; `manage.py versions` lists them.")
    return version
