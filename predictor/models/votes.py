"""What people say of an answer: which of two unnamed columns is better, and which hashtags are good, bad or missing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from predictor.models.owned import Owned, OwnedQuerySet
from predictor.models.uploads import Upload
from predictor.models.versions import ModelVersion


class Vote(Owned):
    """One person's verdict on one upload. `left` and `right` are as they were shown, in an order of chance."""

    class Verdict(models.TextChoices):
        LEFT = "left", _("the left one")
        RIGHT = "right", _("the right one")
        BOTH = "both", _("both are good")
        NEITHER = "neither", _("neither is good")

    upload = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.SET_NULL, related_name="votes")
    left = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    blind = models.BooleanField(default=False, help_text=_("Whose columns they were had not been shown before."))

    objects: ClassVar[OwnedQuerySet[Vote]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(fields=["upload"], name="one_vote_per_upload"),
            models.CheckConstraint(condition=~Q(left=F("right")), name="vote_on_two_versions"),
        ]

    def __str__(self) -> str:
        return f"{self.left} or {self.right}: {self.verdict}"

    @property
    def winner(self) -> ModelVersion | None:
        """The version that was found better, if one was."""
        return {self.Verdict.LEFT: self.left, self.Verdict.RIGHT: self.right}.get(self.Verdict(self.verdict))


class Judgement(Owned):
    """Which hashtags of an answer are good, bad or missing, said without giving the photo: nothing learns from it."""

    upload = models.OneToOneField(Upload, null=True, blank=True, on_delete=models.SET_NULL, related_name="judgement")
    good = models.JSONField(default=list, help_text=_("Suggested hashtags that fit."))
    bad = models.JSONField(default=list, help_text=_("Suggested hashtags that do not."))
    missing = models.JSONField(default=list, help_text=_("Hashtags that were typed."))
    acceptance = models.JSONField(
        default=dict, help_text=_("By version: how many were shown, and the ranks of those kept and dropped.")
    )
    unseen = models.JSONField(
        null=True, help_text=_("Typed hashtags that none of the versions knew; empty where nobody can tell.")
    )

    objects: ClassVar[OwnedQuerySet[Judgement]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return " ".join(f"#{tag}" for tag in [*self.good, *self.missing]) or str(self.pk)
