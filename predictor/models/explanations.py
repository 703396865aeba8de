"""What the models were asked about a photo after they had answered it: where they look, and what else speaks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from predictor.models.uploads import Upload


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    def open(self) -> Self:
        return self.filter(done=None)

    def given_up(self) -> Self:
        """Open ones that nobody takes up any more."""
        return self.open().filter(created__lte=timezone.now() - Explanation.GIVEN_UP)

    def lost(self) -> Self:
        """Open ones that were asked for lately, and that nobody has touched for a while."""
        now = timezone.now()
        return self.open().filter(changed__lt=now - Explanation.SILENCE, created__gt=now - Explanation.GIVEN_UP)


class Explanation(models.Model):
    """The explanation of one upload, which the worker makes piece by piece when somebody asks for it."""

    UNIT = 10_000  # stored probabilities are whole numbers of this
    LEASE = timedelta(seconds=10)
    SILENCE = timedelta(seconds=15)
    GIVEN_UP = timedelta(minutes=10)

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="explanation")
    asked = models.CharField(max_length=200, blank=True, help_text=_("The versions that were asked: als:1 w2v:2."))
    seen = models.JSONField(
        default=dict,
        blank=True,
        help_text=_("By kind: hashtags, and their probabilities in 1/10,000: of the whole photo, then by patch."),
    )
    evidence = models.JSONField(default=dict, blank=True, help_text=_("By kind and hashtag."))
    message = models.TextField(blank=True, help_text=_("Why there is none, in a sentence."))
    lease_until = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    done = models.DateTimeField(null=True, blank=True)

    objects = ExplanationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"explanation of {self.upload_id}"

    def probabilities(self, kind: str, tag: str) -> list[float] | None:
        """Of a hashtag: on the whole photo, then with each patch covered; None where the version does not know it."""
        seen = self.seen.get(kind, {"tags": []})
        if tag not in seen["tags"]:
            return None
        place = seen["tags"].index(tag)
        return [row[place] / self.UNIT for row in seen["probabilities"]]

    def claim(self) -> bool:
        """Take it for this worker, if nobody else has it just now; one of many callers at once gets True."""
        now = timezone.now()
        free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * self.LEASE)
        there = Explanation.objects.open().filter(free, pk=self.pk)
        return bool(there.update(lease_until=now + self.LEASE, changed=now))

    def leave(self, done: bool) -> None:
        """Write what there is by now. One that was deleted meanwhile, with its upload, stays so."""
        now = timezone.now()
        Explanation.objects.filter(pk=self.pk).update(
            asked=self.asked,
            seen=self.seen,
            evidence=self.evidence,
            message=self.message,
            lease_until=None,
            changed=now,
            done=now if done else None,
        )
