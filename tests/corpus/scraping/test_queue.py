"""The queue of scrapes: jobs are named and carry ids alone, and a job does nothing with a run that is not to be had."""

import logging
from pathlib import Path
from types import SimpleNamespace

import django_rq
import django_rq.settings
import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks
from redis.exceptions import RedisError

from corpus import jobs, queue
from corpus.models import Post, ScrapeRun
from corpus.scraping import runs
from tests.corpus.scraping.conftest import Scrape

pytestmark = pytest.mark.django_db


@pytest.fixture
def enqueued_jobs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, str]]:
    """The jobs of a queue in memory."""
    found: list[tuple[str, int, str]] = []
    fake = SimpleNamespace(
        enqueue=lambda name, id, job_id, **options: found.append((name, id, job_id)),
        get_job_ids=lambda: [job_id for _, _, job_id in found],
    )
    monkeypatch.setattr(django_rq, "get_queue", {queue.SCRAPE: fake}.__getitem__)
    return found


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    away = {**django_rq.settings.QUEUES[queue.SCRAPE], "URL": f"unix://{tmp_path}/nowhere.sock"}
    monkeypatch.setitem(django_rq.settings.QUEUES, queue.SCRAPE, away)


def test_it_works(
    enqueued_jobs: list[tuple[str, int, str]], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue.enqueue_scrape(7)
        assert enqueued_jobs == []
    assert enqueued_jobs == [("corpus.jobs.run_scrape", 7, "scrape-7")]
    assert queue.enqueue_lost_scrapes([7, 8]) == 1
    assert enqueued_jobs[1:] == [("corpus.jobs.run_scrape", 8, "scrape-8")]


@pytest.mark.usefixtures("no_redis")
def test_without_redis(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        queue.enqueue_scrape(7)
    assert "waits for the sweeper" in caplog.text
    with pytest.raises(RedisError):
        queue.enqueue_lost_scrapes([7])


def test_the_job_carries_a_run_out_once(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "die_with_parent", lambda: None)
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    run = runs.order("sea", "recent", 3, "ann")
    for _ in range(2):
        jobs.run_scrape(run.pk)
    jobs.run_scrape(run.pk + 1)
    run.refresh_from_db()
    assert (run.state, Post.objects.count(), ScrapeRun.objects.count()) == ("done", 3, 1)
    assert run.import_run is not None and run.import_run.counts["read"] == 3
