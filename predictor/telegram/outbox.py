"""Replies become rows, and each row becomes one message, whatever happens on the way.

Telegram has no means to send a message only once. So before a message goes out, its row notes the highest message
number in the chat. A row that has this note already was under way when the process or the connection died: whether it
arrived is found out by giving the messages after that number the same text again, which Telegram refuses for all
but our own. (Not for a question that is answered by a reply: Telegram lets nobody edit those, so it may come twice.)
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from telegram import ForceReply, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter
from telegram.ext import ExtBot

from predictor.models import TelegramChat, TelegramMessage, TelegramPhoto
from predictor.telegram.replies import Edit, Keyboard, Say

PACE = 1.0  # seconds between two messages in one chat
LONGEST_PAUSE = 60.0  # seconds after a failure
GIVEN_UP = timedelta(days=1)  # after which a message that cannot be sent is dropped
LOOKED_AT, LOOKED_AT_MOST, GROUP_LOOKED_AT = 10, 100, 15  # numbers at which a lost message is looked for
SAME = "message is not modified"
EXAMPLE = "#sea #sun"  # in the field where an answer is typed
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # failures before a byte went out

logger = logging.getLogger(__name__)


def write(chat: TelegramChat, number: int, replies: Sequence[Say | Edit]) -> None:
    """Write what is to be sent to a chat, in this order."""
    for reply in replies:
        if isinstance(reply, Say):
            call: dict[str, Any] = {"text": reply.text, "reply_to": reply.reply_to, "asks": reply.asks}
            about: dict[str, Any] = {"photo": reply.photo, "is_answer": reply.is_answer}
        else:
            call, about = {"text": reply.text, "edit": reply.id}, {}
        call["keyboard"] = _plain(reply.keyboard)
        TelegramMessage.objects.create(chat=chat, number=number, call=call, **about)


class Sender:
    """Sends rows over the Bot API, at Telegram's pace."""

    def __init__(self, api: ExtBot[int]) -> None:
        self._api = api
        self._last: dict[int, float] = {}  # by chat: when the last message went out

    async def send(self, row: TelegramMessage) -> float:
        """Send a row, or find out that it was sent; return for how many seconds its chat is left alone then."""
        try:
            found = await self._find(row) if row.after is not None and not row.call.get("asks") else None
            id = found or await self._call(row)
        except RetryAfter as error:
            logger.warning("Telegram wants to be left alone for %d seconds.", seconds(error))
            await sync_to_async(_not_sent)(row)
            return seconds(error)
        except ChatMigrated as error:
            await sync_to_async(_migrate)(row, error.new_chat_id)
            return 0
        except (Forbidden, BadRequest) as error:
            logger.warning("Message %d cannot be sent: %s", row.pk, error)
            await sync_to_async(_drop)(row, whole_chat=isinstance(error, Forbidden))
            return 0
        except NetworkError as error:
            if isinstance(error.__cause__, NOT_SENT):
                await sync_to_async(_not_sent)(row)
            return await sync_to_async(_put_off)(row, error)
        await sync_to_async(_sent)(row, id)
        return 0

    async def _call(self, row: TelegramMessage) -> int:
        if "edit" in row.call:
            return await self._edit(row, row.call["edit"])
        await self._keep_pace(row.chat.pk)
        await sync_to_async(_under_way)(row)
        reply_to = row.call["reply_to"]
        message = await self._api.send_message(
            row.number or 0,
            row.call["text"],
            parse_mode="HTML",
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=ForceReply(selective=True, input_field_placeholder=EXAMPLE)
            if row.call["asks"]
            else _markup(row),
            reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
        )
        return message.message_id

    async def _edit(self, row: TelegramMessage, id: int) -> int:
        try:
            await self._api.edit_message_text(
                row.call["text"],
                row.number,
                id,
                parse_mode="HTML",
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=_markup(row),
            )
        except BadRequest as error:
            if SAME not in error.message.casefold():
                raise
        return id

    async def _find(self, row: TelegramMessage) -> int | None:
        """Return the number of a message that was under way, or None where it did not arrive."""
        for id in await sync_to_async(_possible_numbers)(row):
            try:
                return await self._edit(row, id)
            except BadRequest:
                continue
        return None

    async def _keep_pace(self, chat: int) -> None:
        await asyncio.sleep(max(0.0, self._last.get(chat, -PACE) + PACE - time.monotonic()))
        self._last[chat] = time.monotonic()


def _possible_numbers(row: TelegramMessage) -> list[int]:
    """Return where a message can be that was sent after number `row.after`: groups count on their own, the private
    chats of a bot together.
    """
    after, many = row.after or 0, GROUP_LOOKED_AT
    if (row.number or 0) > 0:
        top = TelegramChat.objects.aggregate(top=Max("last_message"))["top"] or 0
        many = min(max(top - after, 0) + LOOKED_AT, LOOKED_AT_MOST)
    others = TelegramMessage.objects.filter(chat=row.chat, message_id__gt=after).values_list("message_id", flat=True)
    known = set(others)
    return [id for id in range(after + 1, after + 1 + many) if id not in known]


def _under_way(row: TelegramMessage) -> None:
    last = TelegramChat.objects.values_list("last_message", flat=True).get(pk=row.chat.pk)
    TelegramMessage.objects.filter(pk=row.pk).update(after=last)


def _not_sent(row: TelegramMessage) -> None:
    TelegramMessage.objects.filter(pk=row.pk).update(after=None)


def _sent(row: TelegramMessage, id: int) -> None:
    """Note that a message has arrived, and where; its text and its chat's number go."""
    with transaction.atomic():
        _close(row, TelegramMessage.State.DONE, message_id=id)
        row.chat.note_message(id)
        if row.is_answer:
            TelegramPhoto.objects.filter(messages=row).update(answer_id=id)


def _drop(row: TelegramMessage, whole_chat: bool) -> None:
    """Give a message up; where the bot was blocked, all that waits for the chat."""
    waiting = TelegramMessage.objects.filter(chat=row.chat, state=TelegramMessage.State.WAITING)
    for lost in waiting if whole_chat else [row]:
        _close(lost, TelegramMessage.State.FAILED)


def _close(row: TelegramMessage, state: str, **fields: Any) -> None:
    TelegramMessage.objects.filter(pk=row.pk).update(state=state, number=None, call={}, after=None, **fields)
    left = TelegramMessage.objects.filter(chat=row.chat, state=TelegramMessage.State.WAITING)
    if not left.exists():
        TelegramChat.objects.filter(pk=row.chat.pk, forgotten=True).delete()


def _put_off(row: TelegramMessage, error: NetworkError) -> float:
    """Count a failure and return how long to wait; what cannot be sent for a day is dropped."""
    logger.warning("Message %d could not be sent and is tried again: %s", row.pk, type(error).__name__)
    if timezone.now() - row.created > GIVEN_UP:
        _drop(row, whole_chat=False)
    TelegramMessage.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    return float(min(2.0**row.attempts, LONGEST_PAUSE))


def _migrate(row: TelegramMessage, number: int) -> None:
    """Send to where a group has moved."""
    waiting = TelegramMessage.objects.filter(chat=row.chat, state=TelegramMessage.State.WAITING)
    waiting.update(number=number, after=None)


def seconds(error: RetryAfter) -> float:
    """Return how long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _plain(keyboard: Keyboard) -> list[list[dict[str, str]]]:
    return [[{"text": button.label, "callback_data": button.data} for button in row] for row in keyboard]


def _markup(row: TelegramMessage) -> InlineKeyboardMarkup | None:
    keyboard = row.call["keyboard"]
    return InlineKeyboardMarkup.de_json({"inline_keyboard": keyboard}) if keyboard else None
