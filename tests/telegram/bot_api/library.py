"""The real library, as the client that this server is tested with."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import Bot
from telegram.request import HTTPXRequest

from tests.telegram.bot_api.server import BotApi

Said = TypeVar("Said")


def ask(server: BotApi, talk: Callable[[Bot], Awaitable[Said]], token: str = "") -> Said:
    """Return what a talk with the server came to."""

    async def talked() -> Said:
        plain = {"trust_env": False, "verify": False}  # to read certificates would take longer than most tests
        ways = [HTTPXRequest(httpx_kwargs=plain) for _ in range(2)]
        bot = Bot(
            token or server.token,
            base_url=f"{server.url}/bot",
            base_file_url=f"{server.url}/file/bot",
            request=ways[0],
            get_updates_request=ways[1],
        )
        for way in ways:
            await way.initialize()
        try:
            return await talk(bot)
        finally:
            for way in ways:
                await way.shutdown()

    return asyncio.run(talked())
