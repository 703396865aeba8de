"""Which photo of a chat a reply, a command or a button means."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from predictor.models import TelegramChat, TelegramPhoto, Upload
from predictor.telegram.updates import Message

GONE = _("I do not keep this photo any more. Please send it again.")


class NotThere(Exception):
    """What a button is about is not there; the text is a sentence for whoever pressed it."""


def replied(message: Message, chat: TelegramChat) -> TelegramPhoto | None:
    """Return the photo that a message replies to, be it to the photo itself or to what the bot said of it."""
    quoted = message.quoted
    if quoted is None or quoted.id is None:
        return None
    means = Q(message_id=quoted.id) | Q(answer_id=quoted.id) | Q(messages__message_id=quoted.id)
    return _photos(chat).filter(means).first()


def meant(message: Message, chat: TelegramChat) -> TelegramPhoto | None:
    """Return the photo that a command means: the one that it replies to, else the last one."""
    if message.quoted is not None:
        return replied(message, chat)
    return _photos(chat).exclude(upload=None).order_by("-pk").first()


def pressed(number: str, chat: TelegramChat) -> TelegramPhoto:
    """Return the answered photo of a button. Raises NotThere, also where it is another chat's."""
    photo = _photos(chat).filter(pk=int(number), upload__state=Upload.State.DONE).first()
    if photo is None:
        raise NotThere(str(GONE))
    return photo


def latest(chat: TelegramChat, most: int) -> list[TelegramPhoto]:
    """Return the last answered photos, the newest first; one that was sent twice counts once."""
    found: dict[object, TelegramPhoto] = {}
    for photo in _photos(chat).filter(upload__state=Upload.State.DONE).order_by("-pk")[: 5 * most]:
        found.setdefault(photo.upload_id, photo)
    return list(found.values())[:most]


def _photos(chat: TelegramChat) -> QuerySet[TelegramPhoto]:
    return TelegramPhoto.objects.filter(chat=chat).select_related("chat", "upload")
