"""Keeps the bot going: updates in, photos through the site's own queue, answers out.

A photo's way: `_poll` stores its update, `_handle` fetches it and hands it to `receiving.receive` as the page does,
the predict worker answers it, `_answer` writes the reply, and `outbox.Sender` sends it. All in between are rows, so
that whatever ends the process, the next one goes on where it was.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.utils import translation
from telegram.constants import ChatAction
from telegram.error import RetryAfter, TelegramError
from telegram.ext import ExtBot

from predictor import queue
from predictor.models import TelegramMessage, TelegramPhoto, TelegramUpdate
from predictor.telegram import commands, connecting, handling, inbox, outbox, photos
from predictor.telegram.connecting import LONGEST_PAUSE, PAUSE, sentence
from predictor.telegram.lanes import Bell, Lanes
from predictor.telegram.replies import Toast
from predictor.telegram.updates import Me

FETCHED_AT_ONCE = 8  # photos, which are in memory meanwhile
POLL_SECONDS, POLL_GRACE = 50, 10  # that Telegram keeps a request open, and that its answer may take then
LOOK_SECONDS = 1.0  # between two looks at rows, when nothing has been heard
TYPING_SECONDS, TYPING_OVERLAP = 4.0, 0.5  # for which a chat shows that something is being written; Telegram says 5

logger = logging.getLogger(__name__)


async def run(api: ExtBot[int], stopped: asyncio.Event) -> None:
    """Run the bot until `stopped` is set. Raises BotOff where Telegram does not know the token."""
    is_told = await connecting.reach(api, stopped)
    if is_told is None:
        return
    bot = Running(api, is_told)
    tasks = [asyncio.create_task(part) for part in bot.parts()]
    ended = asyncio.create_task(stopped.wait())
    await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in [ended, *tasks]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    await api.shutdown()
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


class Running:
    """The bot while it runs: lanes for updates, photos and messages, and what brings updates in."""

    def __init__(self, api: ExtBot[int], is_told: bool) -> None:
        self._api, self._is_told, self._bell, self._sender = api, is_told, Bell(), outbox.Sender(api)
        self._me = Me(api.id, api.username, frozenset(commands.COMMANDS))
        self._typed: dict[int, float] = {}  # by number of a chat: until when it shows that something is being written
        self._failures: dict[int, int] = {}  # by update: how often its photo could not be fetched
        self._fetching = asyncio.Semaphore(FETCHED_AT_ONCE)
        self._calls: set[asyncio.Task[None]] = set()  # that nobody waits for

    def parts(self) -> list[Coroutine[Any, Any, None]]:
        """Return what has to run side by side."""
        self._aside(self._offer_commands())
        logger.info("@%s is here, and %s.", self._me.username, "is told by a webhook" if self._is_told else "polls")
        return [
            self._listen() if self._is_told else self._poll(),
            Lanes(self._bell, _waiting(TelegramUpdate), self._handle, self._give_up).run(),
            Lanes(self._bell, photos.look, self._answer, handling.give_photo_up).run(),
            Lanes(self._bell, _waiting(TelegramMessage), self._sender.send, outbox.drop).run(),
            self._keep_typing(),
        ]

    async def _poll(self) -> None:
        """Ask for updates; what is stored is confirmed by the next request."""
        offset, pause = 0, PAUSE
        while True:
            try:
                found = await self._ask(offset)
                if found:
                    await sync_to_async(inbox.store_all)(found)
                    offset = max(update["update_id"] for update in found) + 1
                    self._bell.ring()
            except (TelegramError, DatabaseError) as error:
                wait = outbox.seconds(error) if isinstance(error, RetryAfter) else pause
                logger.warning("%s Next try in %d seconds.", sentence(error), wait)
                await asyncio.sleep(wait)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                pause = PAUSE

    async def _ask(self, offset: int) -> list[dict[str, Any]]:
        """Return the next updates as they are, which the library would not hand out."""
        fields = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": inbox.KINDS}
        found = await self._api.do_api_request("getUpdates", fields, read_timeout=POLL_SECONDS + POLL_GRACE)
        return cast(list[dict[str, Any]], found)

    async def _listen(self) -> None:
        """Hear of what the webhook has stored."""
        while True:
            try:
                if await asyncio.to_thread(queue.wait_for_updates, 1):
                    self._bell.ring()
            except queue.QueueError:
                await asyncio.sleep(LOOK_SECONDS)

    async def _offer_commands(self) -> None:
        """Tell Telegram the commands, which it offers to people while they type."""
        for language, _label in settings.LANGUAGES:
            with translation.override(language):
                offered = [(name, str(says)) for name, says in commands.DESCRIPTIONS.items()]
            await self._api.set_my_commands(
                offered, language_code="" if language == settings.LANGUAGE_CODE else language
            )

    async def _handle(self, row: TelegramUpdate) -> float:
        update = await sync_to_async(handling.begin)(row, self._me)
        if update is None:
            return 0
        picture = await sync_to_async(handling.picture_of)(row, update)
        if picture is None:
            return self._show(await sync_to_async(handling.answer)(row, update))
        self._type(update.chat)
        async with self._fetching:  # until the photo is stored, so that not too many are in memory
            try:
                content = await photos.fetch(self._api, picture)
            except photos.PhotoRefused as refused:
                return self._show(await sync_to_async(handling.refuse)(row, update, refused))
            except RetryAfter as error:
                return outbox.seconds(error)
            except TelegramError:
                failures = self._failures[row.pk] = self._failures.get(row.pk, -1) + 1
                return min(PAUSE * 2.0**failures, LONGEST_PAUSE)
            self._failures.pop(row.pk, None)
            return self._show(await sync_to_async(handling.answer)(row, update, picture, content))

    async def _answer(self, photo: TelegramPhoto) -> float:
        await sync_to_async(handling.answer_photo)(photo)
        return 0

    def _give_up(self, row: TelegramUpdate) -> None:
        handling.give_up(row, self._me)

    def _show(self, toasts: Iterable[Toast]) -> float:
        for toast in toasts:
            self._aside(self._api.answer_callback_query(toast.query, toast.text or None, show_alert=toast.stays))
        return 0

    async def _keep_typing(self) -> None:
        """Show in the chats that wait for an answer that one is on its way."""
        while True:
            await asyncio.sleep(TYPING_SECONDS)
            with suppress(DatabaseError):
                for photo in await sync_to_async(TelegramPhoto.objects.all().first_of_each_chat)():
                    if photo.number is not None:
                        self._type(photo.number)

    def _type(self, number: int) -> None:
        """Show in a chat that something is being written, unless it shows so already."""
        now = time.monotonic()
        self._typed = {chat: until for chat, until in self._typed.items() if until > now}
        if number not in self._typed:
            self._typed[number] = now + TYPING_SECONDS - TYPING_OVERLAP
            self._aside(self._api.send_chat_action(number, ChatAction.TYPING))

    def _aside(self, call: Coroutine[Any, Any, object]) -> None:
        """Make a call that nobody waits for, and that may fail."""
        task = asyncio.create_task(_try(call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)


async def _try(call: Coroutine[Any, Any, object]) -> None:
    try:
        await call
    except TelegramError as error:
        logger.info("%s", sentence(error))


def _waiting(table: type[TelegramUpdate] | type[TelegramMessage]) -> Callable[[], tuple[list[Any], float]]:
    return lambda: (table.objects.all().first_of_each_chat(), LOOK_SECONDS)
