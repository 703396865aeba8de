"""Puts lost uploads back into the queue and deletes expired ones, again and again, until it is stopped."""

import signal
import threading
from typing import Any

from predictor import sweeper
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        sweeper.run(stop.is_set, stop.wait)
