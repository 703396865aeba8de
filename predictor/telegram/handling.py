"""An update's row becomes replies: in one transaction, in the language of its chat."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from predictor.models import TelegramChat, TelegramPhoto, TelegramUpdate
from predictor.telegram import answering, inbox, moving, outbox, photos, talk, updates
from predictor.telegram.photos import PhotoRefused
from predictor.telegram.replies import Reply, Say, Toast
from predictor.telegram.updates import Me, Message, Picture, Press

logger = logging.getLogger(__name__)


def begin(row: TelegramUpdate, me: Me) -> Message | Press | None:
    """Return what an update says, or None where there is nothing to answer."""
    try:
        update = updates.parse(row.payload, me)
    except updates.UpdateError as error:
        logger.warning("Update %d: %s", row.update_id, error)
        update = None
    chat = _chat(row)
    _note(row, chat)
    if update is None or not _is_for_us(chat, update):
        inbox.close(row)
        return None
    chat.language, chat.forgotten = _supported(update.language), False  # whoever was forgotten has come back
    if isinstance(update, Message) and update.album:
        chat.album = inbox.key_of(update.album)
    chat.save(update_fields=["language", "forgotten", "album", "seen"])
    return update


def give_up(row: TelegramUpdate, me: Me) -> None:
    """Tell whoever sent an update that nothing became of it."""
    try:
        update = updates.parse(row.payload, me)
    except updates.UpdateError:
        update = None
    if update is None:
        inbox.close(row, TelegramUpdate.State.FAILED)
    else:
        refuse(row, update, PhotoRefused(_went_wrong))


def give_photo_up(photo: TelegramPhoto) -> None:
    """Say of a photo that nothing became of it."""
    with translation.override(photo.chat.speaks), transaction.atomic():
        TelegramPhoto.objects.filter(pk=photo.pk).update(state=TelegramPhoto.State.FAILED, number=None)
        outbox.write(photo.chat, photo.number or 0, [Say(_went_wrong(), reply_to=photo.message_id)])


def picture_of(row: TelegramUpdate, update: Message | Press) -> Picture | None:
    """Return the picture that has to be fetched before an update can be answered."""
    return talk.picture_of(update, _chat(row))


def answer(
    row: TelegramUpdate, update: Message | Press, picture: Picture | None = None, content: bytes = b""
) -> list[Toast]:
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
    """Say why nothing becomes of an update."""
    chat = _chat(row)
    with translation.override(chat.speaks), transaction.atomic():
        return _settle(row, update, chat, talk.refused(update, refused.sentence()))


def answer_photo(photo: TelegramPhoto) -> None:
    """Write the answer to a photo if the site is done with it; else say that it takes long."""
    with translation.override(photo.chat.speaks), transaction.atomic():
        is_answered = photos.is_answered(photo)
        fields = {"state": TelegramPhoto.State.DONE, "number": None} if is_answered else {"told": True}
        if not TelegramPhoto.objects.filter(pk=photo.pk, state=TelegramPhoto.State.WAITING).update(**fields):
            return  # its chat was forgotten meanwhile
        replies = answering.answer(photo) if is_answered else [answering.slow(photo, photos.before(photo))]
        said = [reply for reply in replies if not isinstance(reply, Toast)]
        outbox.write(photo.chat, photo.number or 0, said, answered=photo)


def _settle(row: TelegramUpdate, update: Message | Press, chat: TelegramChat, replies: Sequence[Reply]) -> list[Toast]:
    said = [reply for reply in replies if not isinstance(reply, Toast)]
    if update.chat < 0 and isinstance(update, Message):  # in a group, each is told which message is meant
        said = [replace(one, reply_to=one.reply_to or update.id) if isinstance(one, Say) else one for one in said]
    outbox.write(chat, update.chat, said)
    inbox.close(row)
    return [reply for reply in replies if isinstance(reply, Toast)]


def _note(row: TelegramUpdate, chat: TelegramChat) -> None:
    """Note the number of a message, and the move of a group, whether or not the bot is addressed."""
    message = row.payload.get("message") or {}
    if type(id := message.get("message_id")) is int:
        chat.note_message(id)
    if type(number := message.get("migrate_to_chat_id")) is int:
        moving.move(chat, number)


def _is_for_us(chat: TelegramChat, update: Message | Press) -> bool:
    """Whether the bot is addressed, or was by the caption of the album that a picture belongs to.

    Of an album without any picture, one part is enough to say so.
    """
    if isinstance(update, Press):
        return True
    is_of_known_album = bool(update.album) and chat.album == inbox.key_of(update.album)
    return not (is_of_known_album and update.is_odd) and (update.is_for_us or is_of_known_album)


def _went_wrong() -> str:
    return _("Something went wrong with this. Please send it again.")


def _chat(row: TelegramUpdate) -> TelegramChat:
    return TelegramChat.objects.get(pk=row.chat_id or 0)


def _supported(language: str) -> str:
    try:
        return translation.get_supported_language_variant(language or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE
