"""What the bot has kept long enough goes."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from predictor.models import TelegramChat, TelegramMessage, TelegramPhoto, TelegramUpdate
from predictor.models.telegram import Task
from predictor.people.forgetting import LOST_AFTER

REDELIVERED_FOR = timedelta(days=2)  # Telegram keeps what it could not deliver for one


def clean() -> None:
    """Delete numbers of handled updates, photos and messages whose photo has expired, and chats that went silent."""
    now = timezone.now()
    closed = [Task.State.DONE, Task.State.FAILED]
    expired = now - timedelta(days=settings.UPLOAD_DAYS)
    TelegramUpdate.objects.filter(state__in=closed, created__lt=now - REDELIVERED_FOR).delete()
    TelegramUpdate.objects.filter(chat=None).exclude(payload={}).update(payload={}, state=Task.State.FAILED)
    TelegramMessage.objects.filter(state__in=closed, created__lt=expired).delete()
    TelegramPhoto.objects.filter(state__in=closed, created__lt=expired).delete()
    TelegramChat.objects.filter(seen__lt=now - LOST_AFTER).delete()
