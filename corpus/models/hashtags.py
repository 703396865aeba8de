"""Hashtags with their status, their aliases and their standing in the corpus, and the list of popular ones."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class HashtagQuerySet(models.QuerySet["Hashtag"]):
    def with_meaning(self) -> HashtagQuerySet:
        """Hashtags that stand for themselves, and not for another one."""
        return self.filter(alias_of=None)


class Hashtag(models.Model):
    """One tag. `key` is what counts (NFKC, casefold, no #); `display` is how it was first written.

    The columns from `posts_number` on are written by `corpus.statistics` after imports and bulk changes.
    """

    class Status(models.TextChoices):
        NORMAL = "normal", _("normal")
        GENERIC = "generic", _("generic")
        SPAM = "spam", _("spam")
        RESTRICTED = "restricted", _("restricted")
        BANNED = "banned", _("banned")

    class Tier(models.TextChoices):
        POPULAR = "popular", _("popular")
        COMMON = "common", _("common")
        SPECIFIC = "specific", _("specific")
        RARE = "rare", _("rare")

    key = models.CharField(max_length=100, unique=True)
    display = models.CharField(max_length=100)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.NORMAL, db_index=True)
    status_source = models.CharField(max_length=200, blank=True, help_text=_("Who says so: a page, a list, a person."))
    status_date = models.DateField(null=True, blank=True, help_text=_("When it was reported."))
    status_until = models.DateField(null=True, blank=True, help_text=_("A restriction counts until then."))
    alias_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="aliases")
    created = models.DateTimeField(auto_now_add=True)
    posts_number = models.PositiveIntegerField(
        _("posts"), default=0, db_index=True, help_text=_("Approved posts that carry it or one of its aliases.")
    )
    partners_number = models.PositiveIntegerField(
        _("appears with"), default=0, help_text=_("Different hashtags that stand beside it on approved posts.")
    )
    genericness = models.FloatField(
        null=True,
        blank=True,
        help_text=_("0 to 1: how evenly its company is spread over all hashtags. High for #love, low for #sushi."),
    )
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True, db_index=True)

    objects = HashtagQuerySet.as_manager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"#{self.display}"

    @property
    def report(self) -> str:
        """What is known of its status, in a phrase; a restriction is only ever reported, and never denied."""
        if self.status != self.Status.RESTRICTED:
            return str(self.get_status_display())
        when = f" on {self.status_date}" if self.status_date else ""
        expired = self.status_until is not None and self.status_until < timezone.localdate()
        return f"reported restricted{when}" + (f", the report expired on {self.status_until}" if expired else "")


class PopularHashtag(models.Model):
    """A hashtag that somebody listed as popular, watched for how well the corpus covers it, and a target of scrapes.

    It is named by its key alone, so that a list does not put words into the vocabulary.
    """

    WANTED = 500

    key = models.CharField(max_length=100, unique=True)
    listed_by = models.CharField(max_length=200, blank=True, help_text=_("The list that it stands on."))
    listed_on = models.DateField(null=True, blank=True)
    wanted = models.PositiveIntegerField(default=WANTED, help_text=_("Posts that the corpus should have of it."))
    last_scraped = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["key"]
        verbose_name = _("popular hashtag")

    def __str__(self) -> str:
        return f"#{self.key}"
