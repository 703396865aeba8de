"""Runs RQ's scheduler, which asks for the trainings that no person asks for, until it is stopped."""

from typing import Any

from django.core.management.base import CommandError
from redis.exceptions import ConnectionError as RedisConnectionError

from predictor.learning import schedules
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            schedules.scheduler().start()  # type: ignore[no-untyped-call]
        except RedisConnectionError as error:
            raise CommandError(f"Redis cannot be reached: {error}") from error
