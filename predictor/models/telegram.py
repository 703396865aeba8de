"""What the Telegram bot keeps: chats, updates to handle, photos to answer, messages to send.

A chat is known by a keyed hash. Its number, which sending needs, stands only on rows that still have something to do.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, F, Max, OuterRef
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from predictor.models.uploads import Upload
from predictor.people.visitors import Visitor

Row = TypeVar("Row", bound="Task")


class TelegramChat(models.Model):
    """One chat: which model it has chosen, and which language it speaks."""

    class Shows(models.TextChoices):
        ALS = "als", "ALS + DNN"
        W2V = "w2v", "ResNet + Word2Vec"
        BOTH = "both", _("Both, side by side")
        BLEND = "blend", _("Both together")

    key = models.CharField(max_length=64, unique=True, help_text=_("Keyed hash of the chat's number."))
    shows = models.CharField(max_length=5, choices=Shows.choices, default=Shows.BOTH)
    language = models.CharField(max_length=8, default="en", help_text=_("Of whoever wrote last."))
    chosen_language = models.CharField(max_length=8, blank=True, help_text=_("Comes before the language above."))
    last_message = models.BigIntegerField(default=0, help_text=_("The highest number of a message seen in it."))
    counts_alone = models.BooleanField(default=False, help_text=_("Its messages are numbered apart from other chats."))
    album = models.CharField(max_length=64, blank=True, help_text=_("Keyed hash of the last album sent to the bot."))
    forgotten = models.BooleanField(default=False, help_text=_("It goes once nothing is left to be sent to it."))
    created = models.DateTimeField(auto_now_add=True)
    seen = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-seen"]

    def __str__(self) -> str:
        return self.key

    @property
    def visitor(self) -> Visitor:
        """Whom photos and contributions of this chat belong to."""
        return Visitor(token=self.key)

    @property
    def speaks(self) -> str:
        return self.chosen_language or self.language

    def note_message(self, id: int) -> None:
        """Remember the highest number of a message."""
        TelegramChat.objects.filter(pk=self.pk).update(last_message=Greatest(F("last_message"), id))

    def highest_message(self) -> int:
        """Return the highest number that is known of the count in which the messages of this chat are numbered."""
        same = {"pk": self.pk} if self.counts_alone else {"counts_alone": False}
        return TelegramChat.objects.filter(**same).aggregate(top=Max("last_message"))["top"] or 0


class TaskQuerySet(models.QuerySet[Row]):
    def first_of_each_chat(self) -> list[Row]:
        """Return what waits, one row of each chat: within a chat, nothing overtakes."""
        waiting, order = self.filter(state=Task.State.WAITING), self.model.ORDER
        earlier = waiting.filter(**{"chat": OuterRef("chat"), f"{order}__lt": OuterRef(order)})
        heads = waiting.filter(~Exists(earlier), chat__isnull=False)
        return list(heads.select_related("chat").order_by(order))


class Task(models.Model):
    """A row with something to do."""

    ORDER = "pk"
    MOST_FAULTS = 3  # after which it is given up
    chat_id: int | None

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    faults = models.PositiveSmallIntegerField(default=0, help_text=_("Of ours, while it was worked on."))
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def count_fault(self) -> bool:
        """Note that this failed by a fault of ours, and return whether it has too often."""
        type(self)._default_manager.filter(pk=self.pk).update(faults=F("faults") + 1)
        return self.faults + 1 >= self.MOST_FAULTS


class TelegramUpdate(Task):
    """What Telegram says happened in a chat. The number is unique: what is delivered twice is handled once.

    It outlives its chat, as a mere number, so that what was forgotten is not handled again.
    """

    ORDER = "update_id"

    chat = models.ForeignKey(TelegramChat, null=True, on_delete=models.SET_NULL, related_name="+")
    update_id = models.BigIntegerField(unique=True)
    payload = models.JSONField(default=dict, help_text=_("As it was delivered; emptied once it is handled."))

    objects = TaskQuerySet["TelegramUpdate"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "update_id"], name="telegram_update_state")]

    def __str__(self) -> str:
        return str(self.update_id)


class TelegramPhoto(Task):
    """A photo in a chat that gets one answer."""

    ORDER = "message_id"

    chat = models.ForeignKey(TelegramChat, on_delete=models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(help_text=_("Of the message that holds the photo."))
    number = models.BigIntegerField(null=True, help_text=_("Of the chat; gone once the photo is answered."))
    upload = models.ForeignKey(Upload, null=True, on_delete=models.SET_NULL, related_name="telegram_photos")
    answer_id = models.BigIntegerField(null=True, help_text=_("Of our message under the photo."))
    told = models.BooleanField(default=False, help_text=_("That it takes long; the answer replaces that message."))
    shows = models.CharField(max_length=5, choices=TelegramChat.Shows.choices, default=TelegramChat.Shows.BOTH)
    dropped = models.JSONField(default=list, help_text=_("Hashtags that the chat does not want."))
    offered = models.JSONField(default=list, help_text=_("Hashtags of the caption, which may become a contribution."))

    objects = TaskQuerySet["TelegramPhoto"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chat", "message_id"], name="one_photo_of_a_message")]
        indexes = [models.Index(fields=["state", "message_id"], name="telegram_photo_state")]

    def __str__(self) -> str:
        return f"photo {self.pk}"


class TelegramMessage(Task):
    """What is to be sent. The state stays `waiting` until Telegram has it for certain."""

    chat = models.ForeignKey(TelegramChat, on_delete=models.CASCADE, related_name="+")
    number = models.BigIntegerField(null=True, help_text=_("Of the chat; gone once it is sent."))
    call: models.JSONField[dict[str, Any]] = models.JSONField(
        default=dict, help_text=_("Method and fields; emptied once it is sent.")
    )
    photo = models.ForeignKey(
        TelegramPhoto, null=True, on_delete=models.CASCADE, related_name="messages", help_text=_("That it is about.")
    )
    is_answer = models.BooleanField(default=False, help_text=_("It is the message under the photo."))
    after = models.BigIntegerField(
        null=True, help_text=_("Set once it is under way: the highest number that was known before.")
    )
    message_id = models.BigIntegerField(null=True)

    objects = TaskQuerySet["TelegramMessage"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state"], name="telegram_message_state"),
            models.Index(fields=["chat", "message_id"], name="telegram_message_id"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
