"""Replies become rows, and each row becomes one message, though Telegram has no means to send one only once.

Before a message goes out, its row notes the highest message number that is known. A row that has this note already
was under way when the process or the connection died. Whether it arrived is found out by giving the messages after that
number the same text again, which Telegram refuses for all but our own. (Not for a question that is answered by a reply:
nobody may edit those, so one may come twice.)
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
from django.utils import timezone
from telegram import ForceReply, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.ext import ExtBot

from predictor.models import TelegramChat, TelegramMessage, TelegramPhoto, TelegramUpdate
from predictor.models.telegram import Task
from predictor.telegram import moving
from predictor.telegram.replies import Edit, Keyboard, Say

PACE = 1.05  # seconds between two messages in one chat; Telegram asks for one, by its own clock
LONGEST_PAUSE = 60.0  # seconds after a failure
GIVEN_UP = timedelta(days=1)  # after which a message that cannot be sent is dropped
LOOKED_BEYOND, LOOKED_AT_MOST = 10, 100  # numbers at which a lost message is looked for, beyond the highest known
MOST_ALIKE = 10  # messages that wait in a chat: an album has so many pictures
SAME = "message is not modified"
EXAMPLE = "#sea #sun"  # in the field where an answer is typed
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # failures before a byte went out

logger = logging.getLogger(__name__)


def write(
    chat: TelegramChat, number: int, replies: Sequence[Say | Edit], answered: TelegramPhoto | None = None
) -> None:
    """Write what is to be sent to a chat, in this order; an Edit may be the answer to a photo that was said to wait.

    What waits to be said word for word often enough, such as that a minute had enough photos, is not said again.
    """
    waiting = TelegramMessage.objects.filter(chat=chat, state=TelegramMessage.State.WAITING)
    about_to_be_said = [call["text"] for call in waiting.values_list("call", flat=True)] if replies else []
    for reply in replies:
        call: dict[str, Any] = {"text": reply.text, "keyboard": _buttons(reply.keyboard)}
        about: dict[str, Any] = {}
        if isinstance(reply, Say):
            call |= {"reply_to": reply.reply_to, "asks": reply.asks}
            about = {"photo": reply.photo, "is_answer": reply.is_answer}
        else:
            call |= {"edit": reply.id}
            if answered is not None and reply.id == answered.answer_id:
                call |= {"reply_to": answered.message_id, "asks": False}
                about = {"photo": answered, "is_answer": True}
        is_plain = isinstance(reply, Say) and reply.photo is None
        if is_plain and about_to_be_said.count(reply.text) >= MOST_ALIKE:
            continue
        TelegramMessage.objects.create(chat=chat, number=number, call=call, **about)


class Sender:
    """Sends rows over the Bot API, at Telegram's pace."""

    def __init__(self, api: ExtBot[int]) -> None:
        self._api = api
        self._last: dict[int, float] = {}  # by number of a chat: when the last message went out
        self._failures: dict[int, int] = {}  # by row: how often Telegram could not be reached

    async def send(self, row: TelegramMessage) -> float:
        """Send a row, or find out that it was sent; return for how many seconds its chat is left alone then."""
        try:
            was_sent = row.after is not None and "edit" not in row.call and not row.call["asks"]
            id = (await self._find(row) if was_sent else None) or await self._call(row)
        except RetryAfter as error:
            logger.warning("Telegram wants to be left alone for %d seconds.", seconds(error))
            return seconds(error)
        except ChatMigrated as error:
            await sync_to_async(moving.move)(row.chat, error.new_chat_id)
            return 0
        except (Forbidden, BadRequest) as error:
            logger.warning("Message %d cannot be sent: %s", row.pk, error)
            await sync_to_async(_refused)(row, is_blocked=isinstance(error, Forbidden))
            return 0
        except TelegramError as error:
            return await sync_to_async(self._put_off)(row, error)
        if id:
            await sync_to_async(_sent)(row, id)
        self._failures.pop(row.pk, None)
        return 0

    async def _call(self, row: TelegramMessage) -> int | None:
        """Send a row and return the number of its message; None where it was deleted meanwhile."""
        if "edit" in row.call:
            return await self._edit(row, row.call["edit"])
        await self._keep_pace(row.number or 0)
        try:
            return await self._say(row) if await sync_to_async(_under_way)(row) else None
        except TelegramError as error:
            if isinstance(error, RetryAfter) or isinstance(error.__cause__, NOT_SENT):
                await sync_to_async(_not_sent)(row)
            raise
        finally:
            self._last[row.number or 0] = time.monotonic()

    async def _say(self, row: TelegramMessage) -> int:
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

    async def _keep_pace(self, number: int) -> None:
        await asyncio.sleep(max(0.0, self._last.get(number, -PACE) + PACE - time.monotonic()))

    def _put_off(self, row: TelegramMessage, error: TelegramError) -> float:
        """Return how long to wait after a failure; what cannot be sent for a day is dropped."""
        logger.warning("Message %d could not be sent and is tried again: %s", row.pk, type(error).__name__)
        if timezone.now() - row.created > GIVEN_UP:
            drop(row)
        failures = self._failures[row.pk] = self._failures.get(row.pk, -1) + 1
        return min(2.0**failures, LONGEST_PAUSE)


def drop(row: TelegramMessage) -> None:
    """Give a message up."""
    _close(row, TelegramMessage.State.FAILED)


def _possible_numbers(row: TelegramMessage) -> list[int]:
    """Return where a message can be that was sent when `row.after` was the highest number known."""
    after = row.after or 0
    many = min(max(row.chat.highest_message() - after, 0) + LOOKED_BEYOND, LOOKED_AT_MOST)
    count = {"chat": row.chat} if row.chat.counts_alone else {"chat__counts_alone": False}
    others = TelegramMessage.objects.filter(message_id__gt=after, **count).values_list("message_id", flat=True)
    known = set(others)
    return [id for id in range(after + 1, after + 1 + many) if id not in known]


def _under_way(row: TelegramMessage) -> bool:
    """Note that a message may have been sent from now on; return False where its row is gone."""
    return bool(TelegramMessage.objects.filter(pk=row.pk).update(after=row.chat.highest_message()))


def _not_sent(row: TelegramMessage) -> None:
    TelegramMessage.objects.filter(pk=row.pk).update(after=None)


def _sent(row: TelegramMessage, id: int) -> None:
    """Note that a message has arrived, and where; its text and its chat's number go."""
    with transaction.atomic():
        _close(row, TelegramMessage.State.DONE, message_id=id)
        row.chat.note_message(id)
        if row.is_answer:
            TelegramPhoto.objects.filter(messages=row).update(answer_id=id)


def _refused(row: TelegramMessage, is_blocked: bool) -> None:
    """Give a message up that Telegram does not take; where the bot was blocked, all that waits for the chat.

    An answer that cannot replace what was said before, since that was deleted, is sent anew.
    """
    if row.is_answer and "edit" in row.call and not is_blocked:
        call = {name: value for name, value in row.call.items() if name != "edit"}
        TelegramMessage.objects.filter(pk=row.pk).update(call=call, after=None)
        return
    waiting = TelegramMessage.objects.filter(chat=row.chat, state=TelegramMessage.State.WAITING)
    for lost in waiting if is_blocked else [row]:
        drop(lost)


def _close(row: TelegramMessage, state: str, **fields: Any) -> None:
    """End a message; with the last one, a chat goes that wanted to be forgotten and has not come back."""
    TelegramMessage.objects.filter(pk=row.pk).update(state=state, number=None, call={}, after=None, **fields)
    waiting = {"chat": row.chat, "state": Task.State.WAITING}
    tables = (TelegramUpdate, TelegramPhoto, TelegramMessage)
    if not any(table._default_manager.filter(**waiting).exists() for table in tables):
        TelegramChat.objects.filter(pk=row.chat.pk, forgotten=True).delete()


def seconds(error: RetryAfter) -> float:
    """Return how long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _buttons(keyboard: Keyboard) -> list[list[dict[str, str]]]:
    return [[{"text": button.label, "callback_data": button.data} for button in row] for row in keyboard]


def _markup(row: TelegramMessage) -> InlineKeyboardMarkup | None:
    keyboard = row.call["keyboard"]
    return InlineKeyboardMarkup.de_json({"inline_keyboard": keyboard}) if keyboard else None
