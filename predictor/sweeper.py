"""The sweeper: puts back into the queue what was lost, and deletes what was only kept for a time.

It is a process of its own and needs Redis for the first task alone; without Redis it goes on with the second.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import Q
from django.utils import timezone

from corpus.models import ScrapeRun
from corpus.queue import enqueue_lost_scrapes
from corpus.recounting import recounter
from predictor import queue, receiving
from predictor.contributions import contributed_photos
from predictor.learning import reviewing, spreading, train_lock
from predictor.models import ActiveVersion, Explanation, TrainingRun, Upload
from predictor.people import forgetting
from predictor.telegram import cleaning

LOOK_SECONDS = 1.0  # between two looks for lost jobs
CLEAN_SECONDS = 600.0  # between two clean-ups
CORPUS_SECONDS = 60.0  # between two looks for what is new in the corpus
GRACE = timedelta(seconds=1)  # what is this young is still on its way into the queue
LEFTOVER_SECONDS = 3600  # a file this old that nothing names belongs to a request that died

logger = logging.getLogger(__name__)


def run(stopped: Callable[[], bool], wait: Callable[[float], object] = time.sleep) -> None:
    """Sweep until `stopped` says so."""
    tasks: dict[Callable[[], object], float] = {
        clean: CLEAN_SECONDS,
        recover: 0.0,
        recover_explanations: 0.0,
        recover_scrapes: 0.0,
        spreading.Planner().look: 0.0,
        recover_runs: 0.0,
        spreading.extender().look: 0.0,
        order_reviews: CORPUS_SECONDS,
        recounter().look: CORPUS_SECONDS,
    }
    due = dict.fromkeys(tasks, 0.0)
    while not stopped():
        close_old_connections()
        for task, pause in tasks.items():
            if time.monotonic() >= due[task] and _done(task):
                due[task] = time.monotonic() + pause
        wait(LOOK_SECONDS)


def _is_young() -> Q:
    """What is still on its way into the queue; a row that a clock ahead has dated is not."""
    now = timezone.now()
    return Q(created__range=(now - GRACE, now))


def _done(task: Callable[[], object]) -> bool:
    try:
        task()
    except queue.QueueError as error:
        logger.warning("Redis cannot be reached; lost jobs wait: %s", error)
    except DatabaseError as error:
        logger.warning("The database cannot be reached: %s", error)
    else:
        return True
    return False


def recover() -> int:
    """Enqueue the waiting uploads that no queue and no worker has; return how many. Raises QueueError without Redis."""
    lost = list(
        Upload.objects.claimable()
        .exclude(_is_young())
        .order_by("created")
        .values_list("pk", flat=True)[: settings.WAITING_LIMIT]
    )
    found = queue.enqueue_lost_uploads(lost) if lost else 0
    if found:
        logger.info("Put %d lost uploads back into the queue.", found)
    return found


def recover_explanations() -> int:
    """Enqueue the explanations that were asked for and that nobody makes; return how many. Raises QueueError."""
    lost = list(Explanation.objects.lost().order_by("created").values_list("upload", flat=True)[:100])
    for id in lost:
        queue.enqueue_lost_explanation(id)
    Explanation.objects.filter(upload__in=lost).update(changed=timezone.now())
    return len(lost)


def recover_scrapes() -> int:
    """Enqueue the scrapes that are due and that no queue and no worker has; return how many. Raises QueueError."""
    ready = ScrapeRun.objects.ready().exclude(_is_young())
    due = list(ready.order_by("pk").values_list("pk", flat=True)[: settings.WAITING_LIMIT])
    found = enqueue_lost_scrapes(due) if due else 0
    if found:
        logger.info("Put %d scrapes into the queue.", found)
    return found


def recover_runs() -> int:
    """Take up the training runs whose process is gone, and enqueue those that are due and that no queue and no worker
    has; return how many were enqueued. Raises QueueError without Redis.
    """
    train_lock.recover()
    due = TrainingRun.objects.ready().exclude(_is_young()).order_by("pk")
    lost = [run.pk for run in due if train_lock.is_free(run.kind)]
    found = queue.enqueue_lost_runs(lost) if lost else 0
    if found:
        logger.info("Put %d training runs into the queue.", found)
    return found


def order_reviews() -> bool:
    """Ask for pending photos to be put into order where some have no place yet. Raises QueueError without Redis."""
    ready = ActiveVersion.objects.exists() and reviewing.waiting().exists()
    return ready and queue.enqueue_prioritising()


def clean() -> int:
    """Delete expired uploads with their files, and what lost sessions and requests that died have left; return how many
    uploads went.
    """
    expired = list(Upload.objects.expired()[:1000])
    for upload in expired:
        receiving.discard(upload)
    forgetting.forget()
    cleaning.clean()
    Explanation.objects.given_up().delete()
    oldest = time.time() - LEFTOVER_SECONDS
    for file in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*"):
        with suppress(FileNotFoundError):  # its request has just moved it to its place
            if file.stat().st_mtime < oldest:
                file.unlink()
    contributed_photos.clean(oldest)
    return len(expired)
