"""Photos that people sent in, and what was suggested for them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from corpus import images
from predictor.models.owned import OwnedQuerySet
from predictor.models.versions import ModelVersion


class UploadQuerySet(OwnedQuerySet["Upload"]):
    def waiting(self) -> Self:
        return self.filter(state__in=[Upload.State.NEW, Upload.State.WORKING])

    def claimable(self) -> Self:
        """Uploads that a worker may take: new ones, and those whose worker went silent or whose clock ran wild."""
        now = timezone.now()
        gone = Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * Upload.LEASE)
        return self.filter(Q(state=Upload.State.NEW) | Q(state=Upload.State.WORKING) & gone)

    def expired(self) -> Self:
        """Anonymous uploads that have been kept for as long as promised."""
        return self.filter(owner=None, created__lt=timezone.now() - timedelta(days=settings.UPLOAD_DAYS))

    def note_named(self) -> None:
        """Remember of answered uploads that their owner is shown which model suggests what: no vote is blind then."""
        self.filter(state=Upload.State.DONE, named=False).update(named=True)


class Upload(models.Model):
    """A photo that somebody sent in. The row is the truth: queues carry its id alone."""

    LEASE = timedelta(seconds=12)
    ATTEMPTS = 5

    class State(models.TextChoices):
        NEW = "new", _("waiting")
        WORKING = "working", _("working")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="uploads"
    )
    owner_token = models.CharField(max_length=64, blank=True, help_text=_("Of the browser session that sent it."))
    sent_name = models.CharField(
        max_length=255, blank=True, help_text=_("The file's name as sent; never used on disk.")
    )
    sha256 = models.CharField(max_length=64)
    original = models.CharField(max_length=200, blank=True, help_text=_("Path under media; gone once answered."))
    display = models.CharField(max_length=200, blank=True, help_text=_("Path of the copy that is shown."))
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW)
    reason = models.CharField(max_length=40, blank=True, help_text=_("Why it failed, as a code."))
    message = models.TextField(blank=True, help_text=_("Why it failed, as a sentence."))
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True, blank=True, help_text=_("Of the worker that has claimed it."))
    lease_until = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=200, blank=True, help_text=_("The versions that answered: als:1 w2v:2."))
    named = models.BooleanField(default=False, help_text=_("Its owner has seen which model suggests what."))
    timings = models.JSONField(default=dict, blank=True, help_text=_("Milliseconds of each step."))
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="upload_state_lease"),
            models.Index(fields=["sha256"], name="upload_sha256"),
            models.Index(fields=["owner_token"], name="upload_owner_token"),
            models.Index(fields=["created"], name="upload_created"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether the answer is still to come."""
        return self.state in (self.State.NEW, self.State.WORKING)

    @property
    def failure(self) -> str:
        """Why it failed, in the language of the reader; `message` is English."""
        if self.reason in images.REASONS:
            return images.ImageRefused(self.reason).sentence(gettext)
        return gettext(self.message) if self.message else ""

    @property
    def original_path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.original

    @property
    def display_path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.display

    @property
    def display_name(self) -> str:
        """The path under media that its copy gets."""
        return f"uploads/{self.pk.hex[:2]}/{self.pk}.jpg"

    @property
    def seconds(self) -> float | None:
        """From arrival to answer."""
        return (self.finished - self.created).total_seconds() if self.finished else None

    def claim(self) -> bool:
        """Take this upload for this worker, if nobody else has it; one of many callers at once gets True."""
        token = uuid.uuid4()
        taken = (
            Upload.objects.claimable()
            .filter(pk=self.pk)
            .update(
                state=self.State.WORKING,
                token=token,
                lease_until=timezone.now() + self.LEASE,
                attempts=F("attempts") + 1,
            )
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def finish(self, **fields: object) -> bool:
        """Write an outcome, unless another worker has taken the upload meanwhile. Returns whether it was written."""
        written = Upload.objects.filter(pk=self.pk, state=self.State.WORKING, token=self.token).update(
            token=None, lease_until=None, finished=timezone.now(), **fields
        )
        return bool(written)

    def note_named(self) -> None:
        """Remember that the owner is shown which model suggests what."""
        if self.state == self.State.DONE and not self.named:
            Upload.objects.filter(pk=self.pk).note_named()

    def retry(self) -> bool:
        """Put a failed upload back to the start. Returns whether there is still a photo to try again with."""
        return bool(
            Upload.objects.filter(pk=self.pk, state=self.State.FAILED)
            .exclude(original="")
            .update(state=self.State.NEW, attempts=0, reason="", message="", finished=None)
        )


class Suggestion(models.Model):
    """One ranked hashtag of one version for one upload."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="suggestions")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="suggestions")
    rank = models.PositiveSmallIntegerField(help_text=_("1 is the best."))
    tag = models.CharField(max_length=100)
    score = models.FloatField()
    prior = models.FloatField(help_text=_("Share of the training posts that carry the tag."))
    usual = models.FloatField(default=0, help_text=_("What the model usually gives it on photos that carry it."))
    evidence = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["version", "rank"]
        constraints = [models.UniqueConstraint(fields=["upload", "version", "rank"], name="one_suggestion_per_rank")]

    def __str__(self) -> str:
        return f"#{self.tag}"
