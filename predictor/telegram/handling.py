"""An update's row becomes replies: in one transaction, in the language of its chat."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from predictor.models import TelegramChat, TelegramPhoto, TelegramUpdate
from predictor.telegram import answering, inbox, outbox, photos, talk, updates
from predictor.telegram.photos import PhotoRefused
from predictor.telegram.replies import Reply, Toast
from predictor.telegram.updates import Me, Message, Picture, Press

logger = logging.getLogger(__name__)


def begin(row: TelegramUpdate, me: Me) -> Message | Press | None:
    """Return what an update says, or None where there is nothing to answer: not for the bot, or given up.

    An update that three times ended without an outcome is given up, and whoever sent it is told to try again.
    """
    update, chat = updates.parse(row.payload, me), row.chat
    if update is None or chat is None:
        inbox.close(row)
        return None
    chat.language = _supported(update.language)
    chat.save(update_fields=["language", "seen"])
    chat.note_message(update.id)
    if inbox.begin(row):
        return update
    logger.error("Update %d was given up.", row.update_id)
    with translation.override(chat.speaks), transaction.atomic():
        _settle(row, update, chat, talk.refused(update, _("Something went wrong with this. Please send it again.")))
    return None


def picture_of(row: TelegramUpdate, update: Message | Press) -> Picture | None:
    """Return the picture that has to be fetched before an update can be answered."""
    return talk.picture_of(update, _chat(row))


def answer(row: TelegramUpdate, update: Message | Press, picture: Picture | None, content: bytes) -> list[Toast]:
    """Answer an update, with the file of its picture if it has one; return what is shown where a button was pressed."""
    chat = _chat(row)
    with translation.override(chat.speaks):
        try:
            upload = photos.take(content, picture, chat) if picture else None
        except PhotoRefused as refused:
            return refuse(row, update, refused)
        with transaction.atomic():
            return _settle(row, update, chat, talk.respond(update, chat, upload))


def refuse(row: TelegramUpdate, update: Message | Press, refused: PhotoRefused) -> list[Toast]:
    """Say why a photo was not taken."""
    chat = _chat(row)
    with translation.override(chat.speaks), transaction.atomic():
        return _settle(row, update, chat, talk.refused(update, refused.sentence()))


def answer_photo(photo: TelegramPhoto) -> None:
    """Write the answer to a photo if the site is done with it; else say that it takes long."""
    with translation.override(photo.chat.speaks), transaction.atomic():
        number, fields = photo.number or 0, dict[str, object]()
        if photos.is_answered(photo):
            replies = answering.answer(photo)
            fields = {"state": TelegramPhoto.State.DONE, "number": None}
        else:
            replies, fields = [answering.slow(photo, photos.before(photo))], {"told": True}
        TelegramPhoto.objects.filter(pk=photo.pk).update(**fields)
        outbox.write(photo.chat, number, [reply for reply in replies if not isinstance(reply, Toast)])


def _settle(row: TelegramUpdate, update: Message | Press, chat: TelegramChat, replies: Sequence[Reply]) -> list[Toast]:
    outbox.write(chat, update.chat, [reply for reply in replies if not isinstance(reply, Toast)])
    inbox.close(row)
    return [reply for reply in replies if isinstance(reply, Toast)]


def _chat(row: TelegramUpdate) -> TelegramChat:
    return TelegramChat.objects.get(pk=row.chat_id or 0)


def _supported(language: str) -> str:
    try:
        return translation.get_supported_language_variant(language or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE
