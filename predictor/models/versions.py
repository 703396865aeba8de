"""Versions of the models: what was trained, what it knows of hashtags, and which one serves."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from corpus.models import Hashtag
from predictor.ml import kinds


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
    gate = models.JSONField(default=dict, blank=True, help_text=_("What the gate compared, and its verdict."))
    golden = models.JSONField(default=dict, blank=True, help_text=_("Its first ten for each of the golden photos."))
    libraries = models.JSONField(default=dict, blank=True, help_text=_("Versions of the libraries that trained it."))
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
    x = models.FloatField(null=True, blank=True, help_text=_("Its place on the map of hashtags, 0 to 1."))
    y = models.FloatField(null=True, blank=True)

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


class Activation(models.Model):
    """One change of the pointer: from when on a version served, and why."""

    kind = models.CharField(max_length=20)
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="activations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(max_length=200, blank=True, help_text=_("Trained, rolled back, or the one before broke."))
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version} from {self.created:%Y-%m-%d %H:%M}"
