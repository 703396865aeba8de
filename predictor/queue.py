"""The queues, and the jobs that may run in them, by dotted path: web code enqueues without importing any job."""

import logging
import uuid
from collections.abc import Iterable

import django_rq
from django.db import transaction
from redis.exceptions import RedisError
from rq.job import JobStatus

from corpus import queue as corpus_queue

PREDICT = "predict"
TRAIN = "train"
ANSWER_UPLOAD = "predictor.jobs.answer_upload"
EXPLAIN_UPLOAD = "predictor.jobs.explain_upload"
RUN_TRAINING = "predictor.jobs.run_training"
PRIORITISE_POSTS = "predictor.jobs.prioritise_posts"
EVALUATE = "predictor.jobs.evaluate"
LEARN_DAILY = "predictor.jobs.learn_daily"
LEARN_WEEKLY = "predictor.jobs.learn_weekly"
ALLOWED = {
    PREDICT: {ANSWER_UPLOAD, EXPLAIN_UPLOAD},
    TRAIN: {RUN_TRAINING, PRIORITISE_POSTS, EVALUATE, LEARN_DAILY, LEARN_WEEKLY},
    **corpus_queue.ALLOWED,
}  # what the workers of each queue agree to run
TELEGRAM = "tag4pic:telegram"  # a list that is not empty when a webhook has stored something
QueueError = RedisError
LISTED = 50  # waiting jobs that are looked at
DAY = 24 * 3600  # seconds that a failed job is kept, to look at

logger = logging.getLogger(__name__)


def enqueue_upload(id: uuid.UUID) -> None:
    """Ask for an answer to an upload once its row is committed. Without Redis the sweeper asks again."""
    transaction.on_commit(lambda: _try_enqueue(id))


def enqueue_lost_uploads(ids: Iterable[uuid.UUID]) -> int:
    """Enqueue those of the waiting uploads that the queue does not know, and return how many. Raises QueueError."""
    queue = django_rq.get_queue(PREDICT)
    known = set(queue.get_job_ids())
    lost = [id for id in ids if str(id) not in known]
    for id in lost:
        _enqueue(id)
    return len(lost)


def enqueue_explanation(id: uuid.UUID) -> None:
    """Ask for the explanation of an upload, or for its next piece, behind the photos that wait already.

    Two such jobs do no harm. Without Redis the sweeper asks again.
    """
    transaction.on_commit(lambda: _try_enqueue_explanation(id))


def enqueue_prioritising() -> bool:
    """Ask for the curation queue to be put into order, unless that waits or runs already. Raises QueueError."""
    return _enqueue_once(PRIORITISE_POSTS, "prioritise")


def enqueue_evaluation() -> bool:
    """Ask for an evaluation on the dev split, unless one waits or runs already. Raises QueueError."""
    return _enqueue_once(EVALUATE, "evaluate")


def enqueue_run(id: int) -> None:
    """Ask for a training run once its row is committed. Without Redis the sweeper asks again."""
    transaction.on_commit(lambda: _try_enqueue_run(id))


def enqueue_lost_runs(ids: Iterable[int]) -> int:
    """Enqueue those of the training runs that the queue does not know; return how many. Raises QueueError."""
    known = set(django_rq.get_queue(TRAIN).get_job_ids())
    lost = [id for id in ids if _run_job(id) not in known]
    for id in lost:
        _enqueue_run(id)
    return len(lost)


def announce_update(id: int) -> None:
    """Tell the bot that an update is stored. Without Redis it sees so within a second."""
    try:
        connection = django_rq.get_connection(PREDICT)
        connection.lpush(TELEGRAM, id)
        connection.ltrim(TELEGRAM, 0, 0)  # one is enough to wake the bot
    except QueueError as error:
        logger.warning("Update %d waits for the bot's next look: the queue cannot be reached (%s).", id, error)


def wait_for_updates(seconds: int) -> bool:
    """Wait until an update is announced; return whether one was. Raises QueueError without Redis."""
    return django_rq.get_connection(PREDICT).brpop([TELEGRAM], seconds) is not None


def waiting_jobs() -> list[str]:
    """Return the jobs that wait in the train queue, by dotted path, the next one first. Raises QueueError."""
    return [job.func_name or job.id for job in django_rq.get_queue(TRAIN).get_jobs(0, LISTED)]


def _try_enqueue_explanation(id: uuid.UUID) -> None:
    try:
        enqueue_lost_explanation(id)
    except QueueError as error:
        logger.warning("The explanation of %s waits for the sweeper: the queue cannot be reached (%s).", id, error)


def enqueue_lost_explanation(id: uuid.UUID) -> None:
    """Put the explanation of an upload into the queue. Raises QueueError."""
    django_rq.get_queue(PREDICT).enqueue(EXPLAIN_UPLOAD, str(id), result_ttl=0, failure_ttl=DAY)


def _enqueue_once(job: str, id: str) -> bool:
    """Put a job into the train queue; return False where it waits or runs there already. Raises QueueError."""
    queue = django_rq.get_queue(TRAIN)
    open_job = queue.fetch_job(id)
    if open_job is not None and open_job.get_status(refresh=False) in (JobStatus.QUEUED, JobStatus.STARTED):
        return False
    queue.enqueue(job, job_id=id, result_ttl=0, failure_ttl=DAY)
    return True


def _try_enqueue_run(id: int) -> None:
    try:
        _enqueue_run(id)
    except QueueError as error:
        logger.warning("Training run %s waits for the sweeper: the queue cannot be reached (%s).", id, error)


def _enqueue_run(id: int) -> None:
    queue = django_rq.get_queue(TRAIN)
    queue.enqueue(RUN_TRAINING, id, job_id=_run_job(id), result_ttl=0, failure_ttl=DAY)


def _run_job(id: int) -> str:
    return f"training-{id}"


def _try_enqueue(id: uuid.UUID) -> None:
    try:
        _enqueue(id)
    except QueueError as error:
        logger.warning("Upload %s waits for the sweeper: the queue cannot be reached (%s).", id, error)


def _enqueue(id: uuid.UUID) -> None:
    queue = django_rq.get_queue(PREDICT)
    queue.enqueue(ANSWER_UPLOAD, str(id), job_id=str(id), result_ttl=0, failure_ttl=DAY)
