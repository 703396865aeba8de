"""Where posts come from, and the runs that brought them in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SourceQuerySet(models.QuerySet["Source"]):
    def lock(self) -> None:
        """Let one batch of posts be stored at a time, until the transaction ends. SQLite needs no more than that."""
        list(self.select_for_update(no_key=True).order_by("pk").values_list("pk"))


class Source(models.Model):
    """Where posts come from."""

    class Kind(models.TextChoices):
        STARTER = "starter", _("starter")
        FOLDER = "folder", _("folder")
        HARRISON = "harrison", _("HARRISON")
        INSTALOADER = "instaloader", _("Instaloader")
        CONTRIBUTION = "contribution", _("contribution")

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    may_be_shown = models.BooleanField(default=False, help_text=_("Its pictures may be shown to visitors as evidence."))
    created = models.DateTimeField(auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def under_way(self) -> ImportRunQuerySet:
        """Imports whose process was heard of lately; the others that have no end are broken off."""
        return self.filter(state=ImportRun.State.WORKING, updated__gte=ImportRun.silent_since())


class ImportRun(models.Model):
    """One run of an import, with what it counted. Posts name the run that brought them in."""

    SILENCE = timedelta(minutes=2)  # without a word from its process, after which a run counts as broken off

    class State(models.TextChoices):
        WORKING = "working", _("running")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=20, choices=State.choices, default=State.WORKING)
    message = models.TextField(blank=True, help_text=_("How it ended, in a sentence."))
    total = models.PositiveIntegerField(null=True, blank=True, help_text=_("Posts that the source says it has."))
    counts = models.JSONField(default=dict, blank=True)
    refusals = models.JSONField(default=list, blank=True, help_text=_("The first refusals, word for word."))
    cancel_wanted = models.BooleanField(default=False)
    started = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @classmethod
    def silent_since(cls) -> datetime:
        """When the processes were last heard of that are given up by now."""
        return timezone.now() - cls.SILENCE

    @property
    def origin(self) -> str:
        """The text that marks what this run brought in."""
        return f"import:{self.pk}"

    @property
    def is_broken_off(self) -> bool:
        """Whether its process went silent without an end: killed, or the machine stopped."""
        return self.state == self.State.WORKING and self.updated < self.silent_since()

    @property
    def done_share(self) -> float | None:
        """The part of the source that was read, 0 to 1; None where the source does not say how long it is."""
        if self.state == self.State.DONE:
            return 1.0
        return min(1.0, self.counts.get("read", 0) / self.total) if self.total else None

    def begin(self) -> None:
        """Say that a process is at work on it, at its start and where a scrape goes on."""
        self.state, self.message, self.finished = self.State.WORKING, "", None
        self.save(update_fields=["state", "message", "finished", "updated"])

    def report(self, counts: dict[str, Any], refusals: list[str]) -> None:
        """Write down what was counted so far."""
        self.counts, self.refusals = counts, refusals
        self.save(update_fields=["counts", "refusals", "updated"])

    def is_unwanted(self) -> bool:
        """Look up whether somebody has cancelled it."""
        return ImportRun.objects.filter(pk=self.pk, cancel_wanted=True).exists()

    def end(self, state: str, message: str) -> None:
        """Close the run with its outcome in a sentence."""
        self.state, self.message, self.finished = state, message, timezone.now()
        self.save(update_fields=["state", "message", "finished", "updated"])
