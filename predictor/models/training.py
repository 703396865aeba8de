"""Training runs and tunings."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from corpus.models import Post
from predictor.models.versions import ModelVersion


class TrainingRun(models.Model):
    """One attempt to make a new version of one kind."""

    class State(models.TextChoices):
        NEW = "new", _("waiting")
        WORKING = "working", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Trigger(models.TextChoices):
        COMMAND = "command", _("command")
        BUTTON = "button", _("button")
        CONTRIBUTIONS = "contributions", _("contributions")
        SCHEDULE = "schedule", _("schedule")

    kind = models.CharField(max_length=20)
    full = models.BooleanField(default=False)
    activate = models.BooleanField(default=True)
    sources = models.JSONField(default=list, blank=True, help_text=_("Names of the sources; empty for all."))
    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW)
    trigger = models.CharField(max_length=20, choices=Trigger.choices, default=Trigger.COMMAND)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    stage = models.CharField(max_length=100, blank=True)
    done = models.FloatField(default=0, help_text=_("How much of the stage is done, 0 to 1."))
    log = models.TextField(blank=True, help_text=_("Each stage with the time at which it began."))
    beat = models.DateTimeField(null=True, blank=True, help_text=_("When its process was last heard of."))
    unwanted = models.BooleanField(default=False, help_text=_("Somebody asked that it ends."))
    batch = models.JSONField(
        default=dict, blank=True, help_text=_("What is new to it: posts, contributions, hashtags.")
    )
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
