"""What Telegram delivers becomes a row before it is handled, and each update does so once."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from django.db import transaction
from django.utils.crypto import salted_hmac

from predictor.models import TelegramChat, TelegramUpdate

KINDS = ("message", "callback_query")  # of updates that are asked for
MOST_WAITING = 1000  # updates of one chat; whoever sends more than that at once is not served
SUPERGROUPS_FROM = -(10**12)  # downwards; as Telegram numbers them
SALT = "predictor.telegram"

logger = logging.getLogger(__name__)


class InboxError(ValueError):
    """What was delivered is no update."""


def key_of(number: int | str) -> str:
    """Return by what a chat is known: a keyed hash of its number, which does not lead back to it."""
    return "telegram:" + salted_hmac(SALT, str(number), algorithm="sha256").hexdigest()[:48]


def chat_of(number: int) -> tuple[TelegramChat, bool]:
    """Return the chat with a number, and whether it is new."""
    return TelegramChat.objects.get_or_create(key=key_of(number), defaults={"counts_alone": number <= SUPERGROUPS_FROM})


def store(payload: Mapping[str, Any]) -> None:
    """Write an update, unless it was delivered before. Raises InboxError."""
    with transaction.atomic():
        _store(payload)


def store_all(payloads: Iterable[Mapping[str, Any]]) -> None:
    """Write updates in one transaction; what is none is passed over."""
    with transaction.atomic():
        for payload in payloads:
            try:
                _store(payload)
            except InboxError as error:
                logger.warning("An update was dropped: %s", error)


def close(row: TelegramUpdate, state: str = TelegramUpdate.State.DONE) -> None:
    """Note that an update is handled, and keep nothing but its number."""
    TelegramUpdate.objects.filter(pk=row.pk).update(state=state, payload={})


def _store(payload: Mapping[str, Any]) -> None:
    number, update_id = _number_of(payload), payload.get("update_id")
    if not _is_number(update_id):
        raise InboxError("An update needs an update_id.")
    if number is None:
        return  # nothing that a chat said
    chat, _is_new = chat_of(number)
    if TelegramUpdate.objects.filter(chat=chat, state=TelegramUpdate.State.WAITING).count() >= MOST_WAITING:
        logger.warning("A chat sends faster than it can be answered; update %d was dropped.", update_id)
        return
    TelegramUpdate.objects.get_or_create(update_id=update_id, defaults={"chat": chat, "payload": dict(payload)})


def _number_of(payload: Mapping[str, Any]) -> int | None:
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
