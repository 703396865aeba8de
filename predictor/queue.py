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
RUN_TRAINING = "predictor.jobs.run_training"
PRIORITISE_POSTS = "predictor.jobs.prioritise_posts"
EVALUATE = "predictor.jobs.evaluate"
ALLOWED = {
    PREDICT: {ANSWER_UPLOAD},
    TRAIN: {RUN_TRAINING, PRIORITISE_POSTS, EVALUATE},
    **corpus_queue.ALLOWED,
}  # what the workers of each queue agree to run
QueueError = RedisError

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


def enqueue_prioritising() -> bool:
    """Ask for the curation queue to be put into order, unless that waits or runs already. Raises QueueError."""
    return _enqueue_once(PRIORITISE_POSTS, "prioritise")


def enqueue_evaluation() -> bool:
    """Ask for an evaluation on the dev split, unless one waits or runs already. Raises QueueError."""
    return _enqueue_once(EVALUATE, "evaluate")


def _enqueue_once(job: str, id: str) -> bool:
    """Put a job into the train queue; return False where it waits or runs there already. Raises QueueError."""
    queue = django_rq.get_queue(TRAIN)
    open_job = queue.fetch_job(id)
    if open_job is not None and open_job.get_status(refresh=False) in (JobStatus.QUEUED, JobStatus.STARTED):
        return False
    queue.enqueue(job, job_id=id, result_ttl=0, failure_ttl=24 * 3600)
    return True


def _try_enqueue(id: uuid.UUID) -> None:
    try:
        _enqueue(id)
    except QueueError as error:
        logger.warning("Upload %s waits for the sweeper: the queue cannot be reached (%s).", id, error)


def _enqueue(id: uuid.UUID) -> None:
    queue = django_rq.get_queue(PREDICT)
    queue.enqueue(ANSWER_UPLOAD, str(id), job_id=str(id), result_ttl=0, failure_ttl=24 * 3600)
