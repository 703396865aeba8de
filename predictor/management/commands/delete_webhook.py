"""Has Telegram keep updates until the bot asks for them; those that wait there are kept."""

import asyncio
from typing import Any

from django.core.management.base import CommandError
from telegram.error import TelegramError

from predictor.telegram import connecting
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asyncio.run(_delete())
        except (connecting.BotOff, TelegramError) as error:
            raise CommandError(connecting.sentence(error)) from error
        self.stdout.write("Telegram keeps updates until the bot asks for them. Restart the bot, so that it does.")


async def _delete() -> None:
    async with connecting.connect() as api:
        await api.delete_webhook()
