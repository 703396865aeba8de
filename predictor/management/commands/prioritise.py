"""Puts the pending photos into the order in which a decision helps most. It can be stopped and taken up again."""

from typing import Any

from django.core.management.base import CommandError

from predictor.learning import reviewing
from tag4pic_site.commands import HomeCommand, StageBar


class Command(HomeCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        bar = StageBar()
        try:
            ordered = reviewing.prioritise(bar)
        except reviewing.ReviewError as error:
            raise CommandError(str(error)) from error
        finally:
            bar.close()
        self.stdout.write(f"Put {ordered:,} pending photos into order.")
