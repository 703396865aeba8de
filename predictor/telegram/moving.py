"""A group that becomes a supergroup is another chat for Telegram: what belongs to it moves along."""

from django.db import transaction

from predictor.models import TelegramChat, TelegramMessage, TelegramPhoto, TelegramUpdate, owned_tables
from predictor.models.telegram import Task
from predictor.telegram import inbox


def move(chat: TelegramChat, number: int) -> None:
    """Give what belongs to a group to the supergroup with this number; messages of the group stay behind."""
    with transaction.atomic():
        new, is_new = inbox.chat_of(number)
        if new == chat:
            return
        if is_new:
            kept = ("shows", "language", "chosen_language")
            TelegramChat.objects.filter(pk=new.pk).update(**{name: getattr(chat, name) for name in kept})
        for table in owned_tables():
            table._default_manager.filter(owner_token=chat.key).update(owner_token=new.key)
        waiting = {"chat": chat, "state": Task.State.WAITING}
        messages = TelegramMessage.objects.filter(**waiting)
        TelegramUpdate.objects.filter(**waiting).update(chat=new)
        TelegramPhoto.objects.filter(**waiting).update(chat=new, number=number, answer_id=None, told=False)
        TelegramPhoto.objects.filter(messages__in=messages).update(chat=new, answer_id=None)  # whose answer waits
        messages.update(chat=new, number=number, after=None)
        chat.delete()
