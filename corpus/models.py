"""Tables of the corpus: sources, hashtags, posts, and which post carries which hashtag from where."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Hashtag(models.Model):
    """One tag. `key` is what counts (NFKC, casefold, no #); `display` is how it was first written."""

    class Status(models.TextChoices):
        NORMAL = "normal", _("normal")
        GENERIC = "generic", _("generic")
        SPAM = "spam", _("spam")
        RESTRICTED = "restricted", _("restricted")
        BANNED = "banned", _("banned")

    key = models.CharField(max_length=100, unique=True)
    display = models.CharField(max_length=100)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NORMAL, db_index=True)
    alias_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="aliases")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"#{self.display}"


class PostQuerySet(models.QuerySet["Post"]):
    def approved(self) -> PostQuerySet:
        """Posts that training and evaluation may use: passed by a curator, and not a duplicate of another."""
        return self.filter(status=Post.Status.APPROVED, duplicate_of=None)

    def with_photo(self) -> PostQuerySet:
        return self.exclude(image="")


class Post(models.Model):
    """A photo of the corpus with its hashtags. A post without a photo has an empty `image`."""

    class Split(models.TextChoices):
        TRAIN = "train", _("train")
        DEV = "dev", _("dev")
        TEST = "test", _("test")

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="posts")
    external_id = models.CharField(max_length=255, help_text=_("The post's own id in its source."))
    image = models.CharField(max_length=200, blank=True, help_text=_("Path under the media folder."))
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    average_hash = models.CharField(max_length=16, blank=True, help_text=_("64 bits in hex; empty for flat pictures."))
    difference_hash = models.CharField(max_length=16, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    split = models.CharField(max_length=5, choices=Split.choices, default=Split.TRAIN)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="duplicates"
    )
    review_priority = models.FloatField(null=True, blank=True, db_index=True)
    created = models.DateTimeField(auto_now_add=True)
    hashtags = models.ManyToManyField(Hashtag, through="Tagging", related_name="posts")

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="post_once_per_source")]
        indexes = [models.Index(fields=["status", "split"], name="post_status_split")]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.external_id}"

    @property
    def image_path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.image


class Tagging(models.Model):
    """One hashtag on one post, with its place in the list and the origin of this very occurrence."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="taggings")
    hashtag = models.ForeignKey(Hashtag, on_delete=models.PROTECT, related_name="taggings")
    position = models.PositiveSmallIntegerField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="taggings")
    origin = models.CharField(max_length=100, help_text=_("Who or what gave it: user:7, import:12, w2v:3."))

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["post", "hashtag"], name="hashtag_once_per_post")]

    def __str__(self) -> str:
        return f"{self.hashtag_id} on {self.post_id}"


class ImportRun(models.Model):
    """One run of an import, with what it counted."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    started = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-started"]

    def __str__(self) -> str:
        return f"import {self.pk} of {self.source_id}"

    @property
    def origin(self) -> str:
        """The text that marks what this run brought in."""
        return f"import:{self.pk}"
