"""Posts of the corpus, and which post carries which hashtag from where."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from corpus.models.hashtags import Hashtag
from corpus.models.sources import ImportRun, Source

WAITING = models.Q(status="pending", duplicate_of=None)  # for a curator
APART = models.Q(duplicate_of=None, looks_like__isnull=False)  # looks like another one, and stays in use all the same


class PostQuerySet(models.QuerySet["Post"]):
    def approved(self) -> PostQuerySet:
        """Posts that training and evaluation may use: passed by a curator, and not a duplicate of another."""
        return self.filter(status=Post.Status.APPROVED, duplicate_of=None)

    def pending(self) -> PostQuerySet:
        """Posts that wait for a curator, those first on which a decision helps most."""
        return self.filter(WAITING).order_by(models.F("review_priority").desc(nulls_last=True), "id")

    def with_photo(self) -> PostQuerySet:
        return self.exclude(image="")

    def set_aside(self) -> PostQuerySet:
        """Posts that count as duplicates of another one."""
        return self.exclude(duplicate_of=None)

    def kept_apart(self) -> PostQuerySet:
        """Posts that look like another one and are no duplicates of it."""
        return self.filter(APART)

    def tagged(self, hashtag: int) -> PostQuerySet:
        """Posts that carry the hashtag with this id or one of its aliases."""
        meant = Hashtag.objects.filter(models.Q(pk=hashtag) | models.Q(alias_of=hashtag))
        return self.filter(pk__in=Tagging.objects.filter(hashtag__in=meant).values("post"))

    def with_hashtags(self) -> PostQuerySet:
        """Fetch the hashtags of all of them by one query, for pages that show them."""
        return self.prefetch_related(models.Prefetch("taggings", Tagging.objects.select_related("hashtag")))


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

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="posts", db_index=False)
    external_id = models.CharField(max_length=255, help_text=_("The post's own id in its source."))
    import_run = models.ForeignKey(ImportRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="posts")
    image = models.CharField(max_length=200, blank=True, help_text=_("Path under the media folder."))
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    average_hash = models.CharField(max_length=16, blank=True, help_text=_("64 bits in hex; empty for flat pictures."))
    difference_hash = models.CharField(max_length=16, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    caption = models.TextField(blank=True, help_text=_("As its author wrote it."))
    taken = models.DateTimeField(null=True, blank=True, help_text=_("When it was posted, as its source says."))
    split = models.CharField(max_length=5, choices=Split.choices, default=Split.TRAIN)
    split_given = models.BooleanField(default=False, help_text=_("Its source says so; else it was drawn here."))
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    looks_like = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="lookalikes",
        help_text=_("The first post with the same picture, as found; whether it is a duplicate is decided apart."),
    )
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="duplicates"
    )
    review_priority = models.FloatField(null=True, blank=True, db_index=True)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    hashtags = models.ManyToManyField(Hashtag, through="Tagging", related_name="posts")

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="post_once_per_source")]
        indexes = [models.Index(fields=["status", "split"], name="post_status_split")]

    def __str__(self) -> str:
        return self.external_id

    @property
    def image_path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.image

    @property
    def thumbnail_path(self) -> Path:
        """The small copy without metadata that curators see; made by the import."""
        return Path(settings.MEDIA_ROOT) / "thumbnails" / self.sha256[:2] / f"{self.sha256}.jpg"


class Tagging(models.Model):
    """One hashtag on one post, with its place in the list and the origin of this very occurrence."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="taggings", db_index=False)
    hashtag = models.ForeignKey(Hashtag, on_delete=models.PROTECT, related_name="taggings")
    position = models.PositiveSmallIntegerField()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="taggings", db_index=False)
    origin = models.CharField(max_length=100, help_text=_("Who or what gave it: user:7, import:12, w2v:3."))

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["post", "hashtag"], name="hashtag_once_per_post")]

    def __str__(self) -> str:
        return f"{self.hashtag_id} on {self.post_id}"
