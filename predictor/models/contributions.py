"""Hashtags that people gave to their photos, for the models to learn from."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpus.models import Post
from predictor.models.owned import OwnedQuerySet
from predictor.models.uploads import Upload


class ContributionQuerySet(OwnedQuerySet["Contribution"]):
    def waiting(self) -> Self:
        return self.filter(state=Contribution.State.WAITING)

    def approved(self) -> Self:
        return self.filter(state=Contribution.State.APPROVED)

    def open(self) -> Self:
        """Contributions that are in the corpus, or may come into it."""
        return self.filter(state__in=Contribution.OPEN)

    def gone(self) -> Self:
        """Contributions that were posts of the corpus, and are not any more: withdrawn, or rejected afterwards."""
        closed = [Contribution.State.REJECTED, Contribution.State.WITHDRAWN]
        return self.filter(state__in=closed).exclude(post_number=None)

    def learnable(self) -> Self:
        """Contributions whose posts training may learn from: no duplicates, and what no curator has set aside."""
        usable = {"post__status": Post.Status.APPROVED, "post__duplicate_of": None, "post__split": Post.Split.TRAIN}
        return self.approved().filter(**usable)

    def to_admit(self) -> Self:
        """Contributions that training could learn from and has not taken up yet, in the order of their decision."""
        return self.learnable().filter(admitted=None).order_by("decided", "pk")

    def holding(self) -> Self:
        """Open contributions with words that wait until they enter the vocabulary."""
        return self.open().exclude(held=[])


class Contribution(models.Model):
    """What one person says about one of their photos. Approved, it is a post of the corpus.

    The photo's copy is its own, so that it outlives the upload; `post_number` outlives the post, so that it is known
    which versions learned from a contribution that was withdrawn.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN = (State.WAITING, State.APPROVED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions"
    )
    owner_token = models.CharField(max_length=64, blank=True, help_text=_("Of the browser session that sent it."))
    upload = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions")
    image = models.CharField(max_length=200, blank=True, help_text=_("Path of its copy of the photo under media."))
    kept = models.JSONField(default=list, blank=True, help_text=_("Suggested hashtags that were ticked."))
    dropped = models.JSONField(default=list, blank=True, help_text=_("Suggested hashtags that were dropped."))
    added = models.JSONField(default=list, blank=True, help_text=_("Hashtags that were typed."))
    held = models.JSONField(default=list, blank=True, help_text=_("Words that wait until they enter the vocabulary."))
    let_in = models.PositiveSmallIntegerField(default=0, help_text=_("How many of them came in after its approval."))
    may_be_shown = models.BooleanField(default=False, help_text=_("Its picture may be shown to others."))
    answered_by = models.CharField(max_length=200, blank=True, help_text=_("The versions that had answered."))
    acceptance = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("By version: how many were shown, and the ranks of those kept and dropped."),
    )
    unseen = models.JSONField(
        null=True,
        blank=True,
        help_text=_("Typed hashtags that none of the versions knew; empty where nobody can tell."),
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    message = models.TextField(blank=True, help_text=_("Why it was decided so, in a sentence."))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions")
    post_number = models.BigIntegerField(null=True, blank=True)
    admitted = models.DateTimeField(null=True, blank=True, help_text=_("When training took it up."))
    created = models.DateTimeField(auto_now_add=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["upload"], condition=Q(state__in=["waiting", "approved"]), name="one_open_contribution"
            )
        ]
        indexes = [
            models.Index(fields=["state", "created"], name="contribution_state_created"),
            models.Index(fields=["owner_token"], name="contribution_owner_token"),
            models.Index(fields=["state", "post_number", "let_in"], name="contribution_decisions"),
            models.Index(fields=["state", "decided"], name="contribution_to_admit", condition=Q(admitted=None)),
        ]

    def __str__(self) -> str:
        return " ".join(f"#{tag}" for tag in self.tags) or str(self.pk)

    @property
    def tags(self) -> list[str]:
        """The keys of the hashtags that the photo is to carry: kept first, then added."""
        return list(dict.fromkeys([*self.kept, *self.added]))

    @property
    def origin(self) -> str:
        """Who gave these hashtags, as taggings remember it."""
        return f"user:{self.owner_id}" if self.owner_id else f"contribution:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def image_path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.image
