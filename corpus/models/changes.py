"""Bulk changes: what curators did to many rows at once, with the old values that undo it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BulkChange(models.Model):
    """One decision over many posts or hashtags. `before` holds what `corpus.curation.undo` needs."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="bulk_changes"
    )
    what = models.CharField(max_length=300, help_text=_("What was done, in a sentence."))
    rows = models.PositiveIntegerField(help_text=_("How many rows it changed."))
    before = models.JSONField(help_text=_("The old values."))
    created = models.DateTimeField(auto_now_add=True)
    undone = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.what
