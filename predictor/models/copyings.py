"""Hashtags that people copied from the answer to their photo."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from predictor.models.uploads import Upload


class Copying(models.Model):
    """All that was copied from the answer to one photo. It names nobody, and stays when the photo goes."""

    upload = models.OneToOneField(Upload, null=True, blank=True, on_delete=models.SET_NULL, related_name="copying")
    tags = models.JSONField(default=list, help_text=_("Suggested hashtags that were copied, in order."))
    acceptance = models.JSONField(
        default=dict, help_text=_("By version: how many were shown, and the ranks of those copied.")
    )
    created = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return " ".join(f"#{tag}" for tag in self.tags)
