"""What evaluations found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from corpus.models import Post


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
