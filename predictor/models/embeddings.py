"""What backbones see in the photos of posts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from corpus.models import Post


class PostEmbedding(models.Model):
    """The embedding of a post by one backbone, float16 little-endian."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="embeddings")
    backbone = models.CharField(max_length=120, help_text=_("id@sha256 of the weights"))
    vector = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["backbone", "post"], name="embedding_once_per_backbone")]

    def __str__(self) -> str:
        return f"{self.backbone.split('@')[0]} of post {self.post_id}"
