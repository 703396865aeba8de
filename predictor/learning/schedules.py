"""Schedules: when the models learn without being asked. They live in RQ's own scheduler, and are registered anew at
each start: Redis may have forgotten them.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import django_rq
from django.conf import settings
from django.utils import timezone
from redis import Redis
from rq.cron import CronJob, CronScheduler
from rq.job import Job

from predictor import queue
from predictor.learning import runs
from predictor.ml import kinds
from predictor.models import TrainingRun


class PlainCronJob(CronJob):
    """A job that RQ's scheduler enqueues as this site enqueues all: by its dotted path, as JSON."""

    def enqueue(self, connection: Redis) -> Job:
        return django_rq.get_queue(self.queue_name).enqueue(self.func_name, result_ttl=0, failure_ttl=queue.DAY)


def scheduler() -> CronScheduler:
    """Return RQ's scheduler with all that is scheduled. What was missed while the site was down is due at once."""
    made = CronScheduler(django_rq.get_queue(queue.TRAIN).connection, logging_level="WARNING")
    jobs = made.get_jobs()
    for path, cron, full in (
        (queue.LEARN_DAILY, settings.LEARN_DAILY, False),
        (queue.LEARN_WEEKLY, settings.LEARN_WEEKLY, True),
    ):
        if cron:
            jobs.append(PlainCronJob(queue.TRAIN, func_name=path, cron=cron))
            if last := _last(full):
                jobs[-1].set_enqueue_time(min(last, timezone.now()))
    return made


def ask_for_due_runs(full: bool) -> list[TrainingRun]:
    """Ask for a run of each kind that is not being trained anyway: incremental where there is something new to learn,
    full unless what serves is the starter as it came.
    """
    from predictor.learning import batches, versions

    asked, serving = [], versions.active()
    for kind in kinds.IDS:
        trained = TrainingRun.objects.filter(kind=kind, state=TrainingRun.State.DONE).exists()
        if full and trained or batches.has_news(kind, serving.get(kind)):
            with suppress(runs.TrainingError):
                asked.append(runs.ask(kind, full, TrainingRun.Trigger.SCHEDULE))
    return asked


def _last(full: bool) -> datetime | None:
    """Return when a run was last asked for by a schedule."""
    last = TrainingRun.objects.filter(trigger=TrainingRun.Trigger.SCHEDULE, full=full).first()
    return last.created if last else None
