"""The way to Telegram: the Bot API of the settings, whether it can be reached, and what its errors mean."""

import asyncio
import logging
import warnings

from django.conf import settings
from telegram.error import Conflict, EndPointNotFound, InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning

OVERALL = 28  # messages a second, evenly; Telegram takes 30, by its own clock
IN_A_GROUP = (20, 60)  # messages in so many seconds
CONNECTIONS = 64
PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds after a failure to reach Telegram
LONGEST_REASON = 200  # characters

logger = logging.getLogger(__name__)


class BotOff(Exception):
    """The bot cannot run; the text is a sentence for a person."""


def connect() -> ExtBot[int]:
    """Return the Bot API of the settings. Raises BotOff without a token."""
    warnings.filterwarnings("ignore", message="Please use 'Bot.get", category=PTBUserWarning)  # see Running._ask
    if not settings.TELEGRAM_TOKEN:
        raise BotOff("The bot is off: no token is set. Get one from @BotFather and set TAG4PIC_TELEGRAM_TOKEN.")
    return ExtBot(
        settings.TELEGRAM_TOKEN,
        base_url=f"{settings.TELEGRAM_API}/bot",
        base_file_url=f"{settings.TELEGRAM_API}/file/bot",
        request=HTTPXRequest(connection_pool_size=CONNECTIONS, read_timeout=20, pool_timeout=20),
        rate_limiter=AIORateLimiter(1, 1 / OVERALL, *IN_A_GROUP),
    )


def sentence(error: Exception) -> str:
    """Say what is wrong, without the token, which the library's own text holds."""
    match error:
        case BotOff():
            return str(error)
        case InvalidToken() | EndPointNotFound():
            return "Telegram does not know this token. Please check TAG4PIC_TELEGRAM_TOKEN."
        case Conflict():
            return "Another program asks for this bot's updates, or a webhook is set; see `delete_webhook`."
        case TelegramError():
            told = error.message.partition(". Parsing")[0]  # a proxy's page follows, which may hold it
            return f"Telegram cannot be asked: {told[:LONGEST_REASON].replace(settings.TELEGRAM_TOKEN, '...')}."
        case _:
            return "The database cannot be reached."


async def reach(api: ExtBot[int], stopped: asyncio.Event) -> bool | None:
    """Wait until Telegram knows the bot; return whether a webhook is told of updates, or None if stopped before.

    Raises BotOff where Telegram does not know the token.
    """
    pause = PAUSE
    while not stopped.is_set():
        try:
            await api.initialize()
            return await _is_told(api)
        except InvalidToken as error:
            raise BotOff(sentence(error)) from error
        except TelegramError as error:
            logger.warning("%s Next try in %d seconds.", sentence(error), pause)
            await _sleep(stopped, pause)
            pause = min(2 * pause, LONGEST_PAUSE)
    return None


async def _is_told(api: ExtBot[int]) -> bool:
    try:
        return bool((await api.get_webhook_info()).url)
    except InvalidToken:  # the library's word for a method that a server does not have
        return False


async def _sleep(stopped: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopped.wait(), seconds)
    except TimeoutError:
        return
