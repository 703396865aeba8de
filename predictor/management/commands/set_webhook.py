"""Has Telegram tell updates to this site instead of waiting to be asked for them."""

import asyncio
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import CommandError
from django.urls import reverse
from telegram.error import TelegramError

from predictor.telegram import connecting, inbox, webhook
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="of the site, as Telegram reaches it: https://tags.example.org")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"].rstrip("/")
        if urlsplit(address).scheme not in ("https", "http") or not urlsplit(address).hostname:
            raise CommandError("Give the site's address, such as https://tags.example.org")
        url = address + reverse("telegram-webhook")
        try:
            asyncio.run(_set(url))
        except (connecting.BotOff, TelegramError) as error:
            raise CommandError(connecting.sentence(error)) from error
        self.stdout.write(f"Telegram tells updates to {url}\nRestart the bot, so that it waits for them.")


async def _set(url: str) -> None:
    async with connecting.connect() as api:
        await api.set_webhook(url, secret_token=webhook.secret(), allowed_updates=inbox.KINDS)
