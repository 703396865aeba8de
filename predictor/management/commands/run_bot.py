"""Runs the Telegram bot until it is stopped: asks for updates, or waits for what the webhook stores."""

import asyncio
import fcntl
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from predictor.telegram import bot, connecting
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        with (settings.HOME / "run" / "bot.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandError("The bot of this home runs already.") from None
            try:
                asyncio.run(self._run())
            except connecting.BotOff as off:
                raise CommandError(str(off)) from off
        self.stdout.write("The bot has stopped.")

    async def _run(self) -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await bot.run(connecting.connect(), stopped)
