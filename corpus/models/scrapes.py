"""Scrapes of Instagram by hashtag: each run's state on its row, and where each post stood in the results."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from corpus.models.posts import Post
from corpus.models.sources import ImportRun, Source


class ScrapeRunQuerySet(models.QuerySet["ScrapeRun"]):
    def claimable(self) -> Self:
        """Runs that a worker may take now: new ones, those whose pause is over, those whose worker went silent."""
        now, state = timezone.now(), ScrapeRun.State
        due = Q(not_before=None) | Q(not_before__lte=now)
        gone = Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * ScrapeRun.LEASE)
        return self.filter(Q(state__in=[state.NEW, state.WAITING]) & due | Q(state=state.WORKING) & gone)

    def ready(self) -> Self:
        """Runs that a worker may take now and whose account is not at work elsewhere."""
        now = timezone.now()
        alive = Q(lease_until__gte=now, lease_until__lte=now + 2 * ScrapeRun.LEASE)
        busy = ScrapeRun.objects.filter(alive, account=OuterRef("account"), state=ScrapeRun.State.WORKING)
        return self.claimable().exclude(Exists(busy))

    def open(self) -> Self:
        """Runs that are not over."""
        return self.filter(state__in=ScrapeRun.OPEN)

    def told_to_wait(self, account: str) -> ScrapeRun | None:
        """Return the run whose account was told to wait longest, if that is not over; the run itself may be."""
        return self.filter(account=account, rests_until__gt=timezone.now()).order_by("-rests_until").first()

    def beginning(self, account: str) -> dict[str, Any]:
        """Return how a run of an account stands when it begins or goes on: it waits where the account was told to."""
        told, state = ScrapeRun.objects.told_to_wait(account), ScrapeRun.State
        if told is None:
            return {"state": state.NEW, "reason": "", "message": ""}
        until = f"{timezone.localtime(told.rests_until):%Y-%m-%d %H:%M %Z}"
        message = f"Its account was told to wait. It goes on at {until}."
        return {"state": state.WAITING, "reason": told.reason, "message": message, "not_before": told.rests_until}

    def stop_account(self, account: str, reason: str, message: str) -> int:
        """Pause all runs of an account that has met something which only a person can clear away."""
        state = ScrapeRun.State
        waiting = self.filter(account=account, state__in=[state.NEW, state.WAITING])
        return waiting.update(state=state.PAUSED, reason=reason, message=message, not_before=None)

    def postpone_account(self, account: str, until: datetime, reason: str, message: str) -> int:
        """Let all runs of an account wait at least as long as the one that was told to."""
        state = ScrapeRun.State
        waiting = self.filter(account=account, state__in=[state.NEW, state.WAITING])
        sooner = waiting.filter(Q(not_before=None) | Q(not_before__lt=until))
        return sooner.update(state=state.WAITING, reason=reason, message=message, not_before=until)


class ScrapeRun(models.Model):
    """The scrape of one hashtag's recent or top posts. The row is the truth: the queue carries its id alone."""

    LEASE = timedelta(minutes=2)
    ACCOUNT_WAITS = ("rate_limited", "pacing")  # reasons for which all runs of an account wait
    ACCOUNT_STOPS = ("login_required", "feedback_required", "checkpoint_required", "no_session")  # or are paused

    class Section(models.TextChoices):
        RECENT = "recent", _("recent posts")
        TOP = "top", _("top posts")

    class State(models.TextChoices):
        NEW = "new", _("waiting for a worker")
        WORKING = "working", _("running")
        WAITING = "waiting", _("waiting until it may go on")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("stopped by a failure")

    OPEN = (State.NEW, State.WORKING, State.WAITING, State.PAUSED)

    class Wish(models.TextChoices):
        NONE = "", _("none")
        PAUSE = "pause", _("pause")
        CANCEL = "cancel", _("cancel")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="scrapes")
    import_run = models.OneToOneField(
        ImportRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="scrape"
    )
    tag = models.CharField(max_length=100, help_text=_("The hashtag that is searched for, without #."))
    section = models.CharField(max_length=10, choices=Section.choices, default=Section.RECENT)
    limit = models.PositiveIntegerField(help_text=_("Posts to read at most."))
    account = models.CharField(max_length=100, blank=True, help_text=_("The imported session; empty for none."))
    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW, db_index=True)
    wish = models.CharField(
        max_length=10, choices=Wish.choices, blank=True, help_text=_("Heeded before the next post.")
    )
    reason = models.CharField(max_length=40, blank=True, help_text=_("Why it waits or failed, as a code."))
    message = models.TextField(blank=True, help_text=_("How it stands, in a sentence."))
    log = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0, help_text=_("Posts that were read so far."))
    frozen = models.JSONField(null=True, blank=True, help_text=_("Instaloader's iterator, frozen where it stands."))
    not_before = models.DateTimeField(null=True, blank=True, help_text=_("When it goes on."))
    rests_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Until when its account was told to wait, whatever becomes of the run.")
    )
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text=_("Waits in a row without a post between them."))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = ScrapeRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="working"), name="one_scrape_per_account"),
            models.UniqueConstraint(
                fields=["source", "tag", "section", "account"],
                condition=Q(state__in=["new", "working", "waiting", "paused"]),
                name="one_open_scrape",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.tag}, {self.get_section_display()}"

    @property
    def stops_account(self) -> bool:
        """Whether it failed from something that every run of its account would meet."""
        return self.state == self.State.FAILED and self.reason in (*self.ACCOUNT_STOPS, *self.ACCOUNT_WAITS)

    def claim(self) -> bool:
        """Take this run, if nobody else has it and its account is free; one of many callers at once gets True."""
        token, now = uuid.uuid4(), timezone.now()
        claimable = ScrapeRun.objects.claimable().filter(pk=self.pk)
        try:
            with transaction.atomic():
                taken = claimable.update(
                    state=self.State.WORKING, token=token, lease_until=now + self.LEASE, not_before=None
                )
        except IntegrityError:  # another run of this account is working
            return False
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def write(self, **fields: object) -> bool:
        """Write what the worker knows, unless another one has taken the run meanwhile; prolongs the lease."""
        mine = ScrapeRun.objects.filter(pk=self.pk, state=self.State.WORKING, token=self.token)
        written = mine.update(**{"lease_until": timezone.now() + self.LEASE, **fields})
        if written:
            self.refresh_from_db()
        return bool(written)

    def pause(self) -> bool:
        """Stop this run for now: at once where no worker has it, else before its next post. False where it is over."""
        row, state = ScrapeRun.objects.filter(pk=self.pk), self.State
        done = row.filter(state__in=[state.NEW, state.WAITING]).update(
            state=state.PAUSED, message="Paused."
        ) or row.filter(state=state.WORKING, wish="").update(wish=self.Wish.PAUSE)
        self.refresh_from_db()
        return bool(done)

    def resume(self) -> bool:
        """Let a paused or failed run go on from where it stands, or take a pause back that was not heeded yet.

        It waits where its account was told to. False where it is over, or its hashtag has another run that is open.
        """
        row, state = ScrapeRun.objects.filter(pk=self.pk), self.State
        begins = ScrapeRun.objects.beginning(self.account)
        try:
            with transaction.atomic():
                done = row.filter(state__in=[state.PAUSED, state.FAILED]).update(
                    **begins, wish="", attempts=0, finished=None
                ) or row.filter(state=state.WORKING, wish=self.Wish.PAUSE).update(wish="")
        except IntegrityError:  # it had failed, and was ordered anew
            done = 0
        self.refresh_from_db()
        return bool(done)

    def cancel(self) -> bool:
        """End this run: at once where no worker has it, else before its next post. False where it is over."""
        row, state = ScrapeRun.objects.filter(pk=self.pk), self.State
        done = row.filter(state__in=[state.NEW, state.WAITING, state.PAUSED]).update(
            state=state.CANCELLED,
            message="Cancelled; what it had stored stays.",
            not_before=None,
            frozen=None,
            finished=timezone.now(),
        ) or row.filter(state=state.WORKING).update(wish=self.Wish.CANCEL)
        self.refresh_from_db()
        return bool(done)


class Sighting(models.Model):
    """A post that a scrape came by: where it stood in the results, and when."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    run = models.ForeignKey(ScrapeRun, on_delete=models.CASCADE, related_name="sightings")
    position = models.PositiveIntegerField(help_text=_("1 is the first."))
    seen = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["post", "run"], name="post_once_per_scrape")]

    def __str__(self) -> str:
        return f"{self.post_id} at {self.position}"
