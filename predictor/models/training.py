"""Training runs and tunings."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import OperationalError, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from corpus.models import Post
from predictor.models.versions import ModelVersion

BEAT_SECONDS = 1.0  # between two notes of how far a run is

logger = logging.getLogger(__name__)


class TrainingRunQuerySet(models.QuerySet["TrainingRun"]):
    def open(self) -> Self:
        """Runs that wait or are running."""
        return self.filter(state__in=TrainingRun.OPEN)

    def ready(self) -> Self:
        """Waiting runs whose time has come; one further ahead than any run waits was put off by a clock run wild."""
        now = timezone.now()
        longest = max(timedelta(seconds=max(settings.LEARN_WAIT, settings.LEARN_PAUSE)), TrainingRun.AFTER_FAILURE)
        due = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + longest)
        return self.filter(due, state=TrainingRun.State.NEW)


class TrainingRun(models.Model):
    """One attempt to make a new version of one kind. The row is the truth: the queue carries its id alone."""

    ATTEMPTS = 3  # to carry it out, where its process is stopped from outside each time
    AFTER_FAILURE = timedelta(minutes=10)  # until contributions may start a run again

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

    OPEN = (State.NEW, State.WORKING)

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
    done = models.FloatField(
        default=0, help_text=_("How much is done, 0 to 1; embedding, learning and what follows count anew.")
    )
    log = models.TextField(blank=True, help_text=_("Each stage with the time at which it began."))
    beat = models.DateTimeField(null=True, blank=True, help_text=_("When its process was last heard of."))
    unwanted = models.BooleanField(default=False, help_text=_("Somebody asked that it ends."))
    batch = models.JSONField(
        default=dict, blank=True, help_text=_("What is new to it: posts, contributions, hashtags.")
    )
    message = models.TextField(blank=True)
    version = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    attempts = models.PositiveSmallIntegerField(default=0, help_text=_("How often a process has begun it."))
    not_before = models.DateTimeField(
        null=True, blank=True, help_text=_("When it begins, so that several contributions share a run.")
    )
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state__in=["new", "working"]), name="one_open_run_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.kind}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def begun(self) -> datetime:
        """When it started, or, while it waits, when it was asked for."""
        return self.started or self.created

    def claim(self) -> bool:
        """Take this run, if nobody else has it; one of many callers at once gets True."""
        now, waiting = timezone.now(), TrainingRun.objects.filter(pk=self.pk, state=self.State.NEW)
        taken = waiting.update(
            state=self.State.WORKING, started=now, beat=now, attempts=F("attempts") + 1, not_before=None
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    _noted = 0.0  # when it was last written how far the run is, on the clock that nobody sets

    def note(self, stage: str, done: float) -> bool:
        """Write down how far the run is, at most once a second within a stage; return whether it is still wanted.

        A database that cannot take the note does not stop the run.
        """
        if stage == self.stage and time.monotonic() - self._noted < BEAT_SECONDS:
            return True
        if stage != self.stage:
            self.log += log_line(stage)
        self.stage, self.done, self.beat = stage[:100], min(max(done, 0.0), 1.0), timezone.now()
        self._noted = time.monotonic()
        try:
            self.save(update_fields=["stage", "done", "beat", "log"])
            return not TrainingRun.objects.filter(pk=self.pk, unwanted=True).exists()
        except OperationalError as error:
            logger.warning("How far %s is could not be written down: %s", self, error)
            return True

    def set_out(self, facts: dict[str, Any]) -> None:
        """Write down what the run has before it."""
        self.batch = {**self.batch, **facts}
        self.save(update_fields=["batch"])

    def cancel(self) -> bool:
        """End this run: at once while it waits, else at its next step. False where it is over."""
        row = TrainingRun.objects.filter(pk=self.pk)
        waiting = row.filter(state=self.State.NEW)
        done = waiting.update(
            state=self.State.CANCELLED, message="Cancelled before it began.", finished=timezone.now()
        ) or row.filter(state=self.State.WORKING).update(unwanted=True)
        self.refresh_from_db()
        return bool(done)

    def give_back(self) -> None:
        """Let this run begin anew, its process being gone; or end it, where that is not wanted or has happened often.

        Somebody who started it by a command has seen it stop.
        """
        if self.unwanted:
            self.end(self.State.CANCELLED, "Cancelled.")
        elif self.trigger == self.Trigger.COMMAND:
            self.end(self.State.FAILED, "The process that trained was stopped.")
        elif self.attempts >= self.ATTEMPTS:
            self.end(
                self.State.FAILED,
                f"The process that trained was stopped {self.attempts} times, the last time at: {self.stage}. "
                "Look into the logs and at the machine's memory before you start it again.",
            )
        else:
            self.state, self.stage, self.done = self.State.NEW, "", 0.0
            self.log += log_line("Its process was stopped; it is taken up again")
            self.save(update_fields=["state", "stage", "done", "log"])

    def end(self, state: str, message: str, version: ModelVersion | None = None) -> None:
        """Close the run with its outcome in a sentence."""
        self.state, self.message, self.version, self.finished = state, message, version, timezone.now()
        self.save(update_fields=["state", "message", "version", "finished"])


def log_line(text: str) -> str:
    """Return a line of a run's log."""
    return f"{timezone.now():%Y-%m-%d %H:%M:%S}  {text}\n"


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
    # xgettext:no-python-format
    low = models.FloatField(help_text=_("Of the 95 % interval of the difference."))
    # xgettext:no-python-format
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
