"""What Telegram delivers becomes a row before it is handled, and each update does so once."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from predictor.models import TelegramChat, TelegramUpdate

KINDS = ("message", "callback_query")  # of updates that are asked for
MOST_WAITING = 100  # updates of one chat; whoever sends more than that at once is not served
SALT = "predictor.telegram"

logger = logging.getLogger(__name__)


class InboxError(ValueError):
    """What was delivered is no update."""


def key_of(number: int) -> str:
    """Return by what a chat is known: a keyed hash of its number, which does not lead back to it."""
    return "telegram:" + salted_hmac(SALT, str(number), algorithm="sha256").hexdigest()[:48]


def store(payloads: Iterable[Mapping[str, Any]]) -> int:
    """Write updates in one transaction; return how many were new. Raises InboxError."""
    with transaction.atomic():
        return sum(_store(payload) for payload in payloads)


def begin(row: TelegramUpdate) -> bool:
    """Count an attempt; return False where so many have ended without an outcome that the update is given up."""
    TelegramUpdate.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    return row.attempts < TelegramUpdate.ATTEMPTS


def put_back(row: TelegramUpdate) -> None:
    """Take an attempt back that failed for the network's sake."""
    TelegramUpdate.objects.filter(pk=row.pk).update(attempts=F("attempts") - 1)


def close(row: TelegramUpdate, state: str = TelegramUpdate.State.DONE) -> None:
    """Note that an update is handled, and keep nothing but its number."""
    TelegramUpdate.objects.filter(pk=row.pk).update(state=state, payload={})


def _store(payload: Mapping[str, Any]) -> bool:
    number, update_id = _chat_of(payload), payload.get("update_id")
    if not _is_number(update_id):
        raise InboxError("An update needs an update_id.")
    if number is None:
        return False  # nothing that a chat said
    chat = TelegramChat.objects.get_or_create(key=key_of(number))[0]
    if TelegramUpdate.objects.filter(chat=chat, state=TelegramUpdate.State.WAITING).count() >= MOST_WAITING:
        logger.warning("A chat sends faster than it can be answered; update %d was dropped.", update_id)
        return False
    _, is_new = TelegramUpdate.objects.get_or_create(
        update_id=update_id, defaults={"chat": chat, "payload": dict(payload)}
    )
    if is_new and chat.forgotten:
        TelegramChat.objects.filter(pk=chat.pk).update(forgotten=False)  # it has come back
    return is_new


def _chat_of(payload: Mapping[str, Any]) -> int | None:
    """Return the number of the chat that an update is from; None where it is from none. Raises InboxError."""
    try:
        press = payload.get("callback_query")
        message = payload.get("message") if press is None else press.get("message")
        number = None if message is None else message["chat"]["id"]
    except (AttributeError, KeyError, TypeError) as error:
        raise InboxError("The update is not of the form that Telegram documents.") from error
    if number is not None and not _is_number(number):
        raise InboxError("A chat's number is an integer.")
    return number


def _is_number(value: object) -> TypeGuard[int]:
    """Whether a value is an integer that a database takes."""
    return type(value) is int and abs(value) < 2**63
