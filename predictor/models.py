"""Tables of the predictor: uploads, suggestions, versions, training runs, tunings, evaluations, embeddings of posts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from corpus.models import Hashtag, Post
from predictor.ml import kinds


class PostEmbedding(models.Model):
    """The embedding of a post by one backbone, float16 little-endian."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="embeddings")
    backbone = models.CharField(max_length=120, help_text=_("id@sha256 of the weights"))
    vector = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["backbone", "post"], name="embedding_once_per_backbone")]

    def __str__(self) -> str:
        return f"{self.backbone.split('@')[0]} of post {self.post_id}"


class ModelVersion(models.Model):
    """One trained, immutable artefact of one kind. Its files live in `versions/<id>` of the home."""

    class State(models.TextChoices):
        READY = "ready", _("ready")
        REJECTED = "rejected", _("rejected by the gate")
        BROKEN = "broken", _("damaged")
        PRUNED = "pruned", _("pruned")

    kind = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    backbone = models.CharField(max_length=120, help_text=_("id@sha256 of the weights"))
    state = models.CharField(max_length=20, choices=State.choices, default=State.READY)
    reason = models.TextField(blank=True, help_text=_("Why it does not serve, in a sentence."))
    manifest_sha256 = models.CharField(max_length=64)
    watermark = models.BigIntegerField(default=0, help_text=_("The highest post id that it learned from."))
    posts = models.PositiveIntegerField(default=0)
    hashtags = models.PositiveIntegerField(default=0)
    parameters = models.JSONField(default=dict, blank=True)
    metrics = models.JSONField(default=dict, blank=True)
    seconds = models.FloatField(default=0, help_text=_("How long the training took."))
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind}:{self.pk}"

    @property
    def label(self) -> str:
        """The name of its kind, as people see it."""
        return kinds.get(self.kind).label

    @property
    def backbone_id(self) -> str:
        return self.backbone.split("@")[0]

    @property
    def folder(self) -> Path:
        return Path(settings.VERSIONS_ROOT) / str(self.pk)


class VersionHashtag(models.Model):
    """One hashtag that a version knows: its standing when the version was published, and what is near it there."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="known")
    tag = models.CharField(max_length=100)
    tier = models.CharField(max_length=10, choices=Hashtag.Tier.choices, blank=True)
    neighbours = models.JSONField(default=list, blank=True, help_text=_("Hashtag and cosine, nearest first."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "tag"], name="hashtag_once_per_version")]

    def __str__(self) -> str:
        return f"#{self.tag} of version {self.version_id}"


class ActiveVersion(models.Model):
    """The pointer: which version of a kind serves now."""

    kind = models.CharField(max_length=20, primary_key=True)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.kind} is {self.version_id}"


class TrainingRun(models.Model):
    """One attempt to make a new version of one kind."""

    class State(models.TextChoices):
        NEW = "new", _("waiting")
        WORKING = "working", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=20)
    full = models.BooleanField(default=False)
    activate = models.BooleanField(default=True)
    sources = models.JSONField(default=list, blank=True, help_text=_("Names of the sources; empty for all."))
    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW)
    stage = models.CharField(max_length=100, blank=True)
    message = models.TextField(blank=True)
    version = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state__in=["new", "working"]), name="one_open_run_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.kind}"

    def claim(self) -> bool:
        """Take this run, if nobody else has it; one of many callers at once gets True."""
        waiting = TrainingRun.objects.filter(pk=self.pk, state=self.State.NEW)
        taken = waiting.update(state=self.State.WORKING, started=timezone.now())
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def enter(self, stage: str) -> None:
        """Write down what the run is at."""
        if stage != self.stage:
            self.stage = stage
            self.save(update_fields=["stage"])

    def end(self, state: str, message: str, version: ModelVersion | None = None) -> None:
        """Close the run with its outcome in a sentence."""
        self.state, self.message, self.version, self.finished = state, message, version, timezone.now()
        self.save(update_fields=["state", "message", "version", "finished"])


class Tuning(models.Model):
    """Which settings were found best for a kind on the posts of some sources; the newest row counts."""

    kind = models.CharField(max_length=20)
    backbone = models.CharField(max_length=120, help_text=_("id@sha256 of the weights"))
    sources = models.JSONField(default=list, blank=True, help_text=_("Names of the sources; empty for all."))
    settings = models.JSONField(default=dict, blank=True, help_text=_("By name of the option; empty for the defaults."))
    message = models.TextField(help_text=_("What was found, in a sentence."))
    trials = models.PositiveIntegerField()
    posts = models.PositiveIntegerField(help_text=_("Posts that every trial learned from."))
    split = models.CharField(max_length=10, choices=Post.Split.choices, help_text=_("Where the photos are from."))
    photos = models.PositiveIntegerField(help_text=_("Photos that every trial was measured on."))
    default_score = models.FloatField(help_text=_("Mean of R@5 and R@10 with the defaults."))
    score = models.FloatField(help_text=_("The same with the best settings."))
    low = models.FloatField(help_text=_("Of the 95 % interval of the difference."))
    high = models.FloatField(help_text=_("Of the 95 % interval of the difference."))
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"tuning {self.pk} of {self.kind}"

    @classmethod
    def latest(cls, kind: str, backbone: str, sources: Iterable[str]) -> Tuning | None:
        """What was found last for this kind, backbone and set of sources; None where nothing was tuned."""
        return cls.objects.filter(kind=kind, backbone=backbone, sources=sorted(sources)).first()


class Evaluation(models.Model):
    """What one evaluation found; `docs/evaluating.md` says what is in a report."""

    KEPT = 50

    split = models.CharField(max_length=10, choices=Post.Split.choices)
    sources = models.JSONField(default=list, blank=True, help_text=_("Names of the sources; empty for all."))
    words = models.PositiveIntegerField(null=True, blank=True, help_text=_("How many limited truth and answers."))
    posts = models.PositiveIntegerField(default=0, help_text=_("Photos that were measured on."))
    versions = models.CharField(max_length=200, blank=True, help_text=_("Those that were measured: als:1 w2v:2."))
    message = models.TextField(blank=True, help_text=_("Why nothing was measured, as a sentence."))
    seconds = models.FloatField(default=0, help_text=_("How long it took."))
    recalls = models.JSONField(default=dict, blank=True, help_text=_("R@5 of each model and of the blend."))
    report = models.JSONField(default=dict, blank=True)
    plots = models.JSONField(default=list, blank=True, help_text=_("Name, SVG and what it shows, of each plot."))
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"evaluation {self.pk} on {self.split}"

    @classmethod
    def prune(cls) -> int:
        """Delete all but the newest; return how many went."""
        newest = list(cls.objects.values_list("pk", flat=True)[: cls.KEPT])
        return cls.objects.exclude(pk__in=newest).delete()[0]


class UploadQuerySet(models.QuerySet["Upload"]):
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
    def original_path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.original

    @property
    def display_path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.display

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
