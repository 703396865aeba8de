"""Photos that chats have sent: fetched, handed to the site's own queue, and looked after until they are answered."""

import errno
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from telegram import Bot
from telegram.error import BadRequest, InvalidToken

from corpus.images import ImageRefused
from predictor import limits, receiving
from predictor.models import TelegramChat, TelegramMessage, TelegramPhoto, Upload
from predictor.telegram.updates import Picture

UNNAMED = "photo"
SLOW = timedelta(seconds=5)  # after which a chat is told that it takes long
IDLE_LOOK, FIRST_LOOK, LONGEST_LOOK = 1.0, 0.02, 0.5  # seconds between two looks
LOOK_GROWTH = 0.1  # of the age of what waits longest


class PhotoRefused(Exception):
    """A photo that is not taken; `sentence` says why, in the language that is active then."""

    def __init__(self, sentence: Callable[[], str]) -> None:
        super().__init__()
        self.sentence = sentence


async def fetch(api: Bot, picture: Picture) -> bytes:
    """Return the file of a picture. Raises PhotoRefused where it cannot be had, and TelegramError."""
    if (picture.size or 0) > settings.MAX_UPLOAD_BYTES:
        raise PhotoRefused(_too_large)
    try:
        file = await api.get_file(picture.file_id)
    except BadRequest as error:
        raise PhotoRefused(_too_large if "too big" in error.message else _gone) from error
    if (file.file_size or 0) > settings.MAX_UPLOAD_BYTES:
        raise PhotoRefused(_too_large)
    try:
        return bytes(await file.download_as_bytearray())
    except (BadRequest, InvalidToken) as error:  # the library's word for what is not found
        raise PhotoRefused(_gone) from error


def take(content: bytes, picture: Picture, chat: TelegramChat) -> Upload:
    """Return the upload of a picture, which is then on its way to an answer. Raises PhotoRefused."""
    try:
        limits.check_photo([chat.key])
        with TemporaryUploadedFile(UNNAMED, "", len(content), None) as file:
            file.name = receiving.printable(picture.name).strip(". /") or UNNAMED
            file.write(content)
            return receiving.receive(file, chat.visitor)
    except (limits.Refusal, ImageRefused, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.ENOSPC:
            raise
        raise PhotoRefused(partial(_sentence, error)) from error


def look() -> tuple[list[TelegramPhoto], float]:
    """Return the photos, first of their chats, that something can be said of, and the seconds until the next look."""
    first = TelegramPhoto.objects.select_related("upload").first_of_each_chat()
    if not first:
        return [], IDLE_LOOK
    age = (timezone.now() - min(photo.created for photo in first)).total_seconds()
    return [photo for photo in first if _is_due(photo)], min(max(LOOK_GROWTH * abs(age), FIRST_LOOK), LONGEST_LOOK)


def is_answered(photo: TelegramPhoto) -> bool:
    """Whether the site is done with a photo."""
    return photo.upload is None or not photo.upload.is_open


def before(photo: TelegramPhoto) -> int:
    """Return how many photos wait for the site's answer that were sent before this one."""
    return 0 if photo.upload is None else Upload.objects.waiting().filter(created__lt=photo.upload.created).count()


def _sentence(error: Exception) -> str:
    match error:
        case limits.Refusal():
            return error.sentence
        case ImageRefused():
            return error.sentence(_)
        case _:
            return limits.disk_full().sentence


def _too_large() -> str:
    return limits.too_large().sentence


def _gone() -> str:
    return _("Telegram does not have this photo any more. Please send it again.")


def _is_due(photo: TelegramPhoto) -> bool:
    if is_answered(photo):
        told = TelegramMessage.objects.filter(photo=photo, state=TelegramMessage.State.WAITING)
        return not (photo.told and told.exists())  # what was said of the wait is on its way, and becomes the answer
    return not photo.told and timezone.now() - photo.created > SLOW
