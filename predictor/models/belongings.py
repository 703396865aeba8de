"""What a person keeps here beside photos: sets of hashtags, hashtags never to see again, and keys for programs."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from predictor.models.owned import Owned, OwnedQuerySet


class TagSet(Owned):
    """Hashtags that belong together, under a name."""

    name = models.CharField(max_length=60)
    tags = models.JSONField(default=list, help_text=_("As they are shown, without #, in order."))
    changed = models.DateTimeField(auto_now=True)

    objects: ClassVar[OwnedQuerySet[TagSet]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["owner_token"], name="tagset_owner_token")]

    def __str__(self) -> str:
        return self.name


class MutedTag(Owned):
    """A hashtag that a person never wants to be suggested again."""

    tag = models.CharField(max_length=100, help_text=_("Its key, without #."))

    objects: ClassVar[OwnedQuerySet[MutedTag]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["tag"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "tag"], condition=Q(owner__isnull=False), name="muted_once"),
            models.UniqueConstraint(
                fields=["owner_token", "tag"], condition=Q(owner__isnull=True), name="muted_once_without_account"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.tag}"


class ApiToken(models.Model):
    """A key with which a program acts for an account. Only its digest is kept, so it is shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60, help_text=_("What it is for."))
    start = models.CharField(max_length=12, help_text=_("How it begins, to tell it from others."))
    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the whole."))
    created = models.DateTimeField(auto_now_add=True)
    used = models.DateTimeField(null=True, blank=True, help_text=_("When it was used last, to the hour."))

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"
