"""Counts the posts, partners, tiers and genericness of all hashtags anew; imports do so by themselves."""

from typing import Any

from corpus import statistics
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(statistics.refresh())
