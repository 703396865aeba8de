"""The queue of scrapes, and the job that may run in it, by dotted path: web code enqueues without importing any job."""

import logging
from collections.abc import Iterable

import django_rq
from django.db import transaction
from redis.exceptions import RedisError

SCRAPE = "scrape"
RUN_SCRAPE = "corpus.jobs.run_scrape"
ALLOWED = {SCRAPE: {RUN_SCRAPE}}  # what the workers of the queue agree to run

logger = logging.getLogger(__name__)


def enqueue_scrape(id: int) -> None:
    """Ask for a scrape run to be carried out once its row is committed. Without Redis the sweeper asks again."""
    transaction.on_commit(lambda: _try_enqueue(id))


def enqueue_lost_scrapes(ids: Iterable[int]) -> int:
    """Enqueue those of the runs that the queue does not know, and return how many. Raises RedisError."""
    known = set(django_rq.get_queue(SCRAPE).get_job_ids())
    lost = [id for id in ids if _job_id(id) not in known]
    for id in lost:
        _enqueue(id)
    return len(lost)


def _try_enqueue(id: int) -> None:
    try:
        _enqueue(id)
    except RedisError as error:
        logger.warning("Scrape %s waits for the sweeper: the queue cannot be reached (%s).", id, error)


def _enqueue(id: int) -> None:
    queue = django_rq.get_queue(SCRAPE)
    queue.enqueue(RUN_SCRAPE, id, job_id=_job_id(id), result_ttl=0, failure_ttl=24 * 3600)


def _job_id(id: int) -> str:
    return f"scrape-{id}"
