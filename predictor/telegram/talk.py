"""What is said to the bot becomes what it says, in the language of the chat."""

from __future__ import annotations

from django.utils.translation import gettext as _

from predictor.models import TelegramChat, TelegramPhoto, Upload
from predictor.telegram import answering, commands, finding, giving, presses
from predictor.telegram.replies import Reply, Say
from predictor.telegram.updates import Message, Picture, Press
from predictor.telegram.wording import plain

TO_PHOTOS = ("", "five")  # what is said to somebody's photo, so that it is answered


def picture_of(update: Message | Press, chat: TelegramChat) -> Picture | None:
    """Return the picture that has to be fetched first: of the message, or of the message that it replies to."""
    if isinstance(update, Press):
        return None
    if update.picture is not None:
        return update.picture
    quoted = update.quoted
    if quoted is None or quoted.is_ours or update.is_odd or update.command not in TO_PHOTOS:
        return None
    known = finding.replied(update, chat)
    return None if known is not None and known.upload_id is not None else quoted.picture


def respond(update: Message | Press, chat: TelegramChat, upload: Upload | None) -> list[Reply]:
    """Return what is said to an update; a photo (`upload`) is answered once its upload is."""
    if isinstance(update, Press):
        return presses.respond(update, chat)
    if upload is not None:
        return _take(update, chat, upload)
    if update.command:
        return commands.respond(update, chat)
    if update.is_odd:
        return [Say(plain(_("I look at pictures alone: please send a photo, or an image as a file.")))]
    photo = finding.replied(update, chat)
    return [_hint()] if photo is None else _of_photo(update, photo)


def refused(update: Message | Press, sentence: str) -> list[Reply]:
    """Say why a photo was not taken, or a button does nothing."""
    if isinstance(update, Press):
        return [presses.short(update, sentence)]
    return [Say(plain(sentence), reply_to=update.id)]


def _take(message: Message, chat: TelegramChat, upload: Upload) -> list[Reply]:
    """Note that a photo is to be answered; one that was answered before is answered again at once."""
    quoted = message.quoted if message.picture is None else None
    id = message.id if quoted is None or quoted.id is None else quoted.id
    TelegramPhoto.objects.filter(chat=chat, message_id=id, upload=None).delete()  # it had expired, and is here again
    fields = {"number": message.chat, "upload": upload, "shows": chat.shows, "offered": commands.tags_of(message)}
    photo, _is_new = TelegramPhoto.objects.get_or_create(chat=chat, message_id=id, defaults=fields)
    return [] if photo.state == TelegramPhoto.State.WAITING else [answering.again(photo)]


def _of_photo(message: Message, photo: TelegramPhoto) -> list[Reply]:
    """Return what is said to a reply to a photo, or to what the bot said of it."""
    if message.hashtags:
        return [giving.add(photo, message.hashtags)]
    if message.quoted is not None and message.quoted.is_ours:
        sentence = _("To add hashtags to this photo, reply with them, each with its #, such as #sea #sun.")
        return [Say(plain(sentence), reply_to=photo.message_id, photo=photo)]
    return [] if photo.state == TelegramPhoto.State.WAITING else [answering.again(photo)]


def _hint() -> Say:
    text = _("Send me a photo and I suggest hashtags; reply to a photo with hashtags to add them. /help says more.")
    return Say(plain(text))
