"""Which training runs there are: asked for by a person, a schedule or a command, or due because of contributions.

Web code calls this, so nothing here loads a model; `predictor/learning/training.py` carries a run out.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from predictor import queue
from predictor.models import Contribution, TrainingRun

logger = logging.getLogger(__name__)


class TrainingError(Exception):
    """A run that could not be started or ended without a version; the text is a sentence for a person."""


def ask(kind: str, full: bool, trigger: str, by: User | None = None) -> TrainingRun:
    """Ask for a run that begins as soon as a worker is free; one that waits is brought forward instead.

    Raises TrainingError while this kind is being trained.
    """
    waiting = TrainingRun.objects.filter(kind=kind, state=TrainingRun.State.NEW)
    wish = {"trigger": trigger, "asked_by": by, "not_before": None} | ({"full": True} if full else {})
    with transaction.atomic():
        if not waiting.update(**wish):
            _create(kind=kind, full=full, trigger=trigger, asked_by=by)
        run = TrainingRun.objects.open().get(kind=kind)
        queue.enqueue_run(run.pk)
    return run


def cancel(run: TrainingRun, by: User | None = None) -> bool:
    """End a run: at once while it waits, else at its next step. False where it is over."""
    done = run.cancel()
    if done:
        logger.info("%s was cancelled by %s.", run, by or "nobody who is known")
    return done


def open_run(kind: str, full: bool, activate: bool, sources: list[str]) -> TrainingRun:
    """Return a run for a command that carries it out itself; it takes the place of one that waits.

    Raises TrainingError while this kind is being trained.
    """
    with transaction.atomic():
        for waiting in TrainingRun.objects.filter(kind=kind, state=TrainingRun.State.NEW):
            waiting.end(TrainingRun.State.CANCELLED, "The command train took its place.")
        return _create(kind=kind, full=full, activate=activate, sources=sources)


def plan(kind: str) -> bool:
    """See to it that a run is open where contributions were decided over since the last one began.

    It waits LEARN_WAIT seconds after the first contribution for more, or begins with the LEARN_AFTER-th; not before
    the run before it has been over for LEARN_PAUSE seconds. Return False while one is running: ask again after it.
    """
    heeded = _heeded(kind)
    fresh = decisions() - heeded.get("decisions", 0)
    if fresh <= 0 or all(heeded.get(name, 0) == number for name, number in learnable().items()):
        return True  # nothing, or duplicates alone, which no model learns from
    now, enough = timezone.now(), fresh >= settings.LEARN_AFTER
    begin = max(_rested(kind, now), now if enough else now + timedelta(seconds=settings.LEARN_WAIT))
    mine = TrainingRun.objects.filter(kind=kind)
    if mine.open().exists():
        if enough:
            mine.filter(state=TrainingRun.State.NEW, not_before__gt=begin).update(not_before=begin)
        return not mine.filter(state=TrainingRun.State.WORKING).exists()
    with suppress(TrainingError):  # somebody else has just done the same
        _create(kind=kind, trigger=TrainingRun.Trigger.CONTRIBUTIONS, not_before=begin)
    return True


def decisions() -> int:
    """Return how often contributions were approved or withdrawn so far, or words of theirs let in: a number that only
    grows, whatever clocks do.

    Who withdraws an approved one leaves the approved, so a withdrawal counts twice.
    """
    return Contribution.objects.approved().count() + _undone()


def learnable() -> dict[str, int]:
    """Return what differs where a decision gave the models something to learn, or took something from them."""
    return {"learnable": Contribution.objects.learnable().count(), "undone": _undone()}


def _undone() -> int:
    """Return the part of the decisions that changes what is known already: withdrawals, and words let in."""
    let_in = Contribution.objects.filter(let_in__gt=0).aggregate(words=Sum("let_in", default=0))["words"]
    return int(2 * Contribution.objects.gone().count() + let_in)


def _heeded(kind: str) -> dict[str, int]:
    """Return the numbers of decisions that the last run over all sources that came to an end has seen."""
    last = TrainingRun.objects.filter(kind=kind, state=TrainingRun.State.DONE, sources=[]).first()
    return last.batch if last else {}


def _rested(kind: str, now: datetime) -> datetime:
    """Return from when on a kind may be trained again because of contributions."""
    over = TrainingRun.objects.filter(kind=kind, finished__isnull=False).order_by("-id").first()
    if over is None or over.finished is None:
        return now
    succeeded = over.state == TrainingRun.State.DONE
    pause = timedelta(seconds=settings.LEARN_PAUSE) if succeeded else over.AFTER_FAILURE
    return min(over.finished, now) + pause  # a clock that was ahead puts off nothing


def _create(**fields: object) -> TrainingRun:
    """Store a run. Raises TrainingError while another one of its kind is open."""
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(**fields)
    except IntegrityError as error:
        sentence = _("Another training of %(kind)s is open already; only one at a time can run.")
        raise TrainingError(sentence % {"kind": fields["kind"]}) from error
