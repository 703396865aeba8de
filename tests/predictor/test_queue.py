"""The queue: jobs are named and carry ids alone, and a request never notices that Redis is away."""

import logging
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django_rq
import django_rq.settings
import pytest
from django.utils.module_loading import import_string
from pytest_django import DjangoCaptureOnCommitCallbacks
from rq.job import JobStatus

from predictor import queue

_enqueue = queue._enqueue  # the fixture `enqueued` puts another one in its place


class FakeQueue(SimpleNamespace):
    """Keeps what is enqueued."""

    def __init__(self) -> None:
        super().__init__(jobs=[])

    def enqueue(self, *args: Any, **options: Any) -> None:
        self.jobs.append((args, options))

    def get_job_ids(self) -> list[str]:
        return [options["job_id"] for _, options in self.jobs]


@pytest.fixture
def predict(monkeypatch: pytest.MonkeyPatch) -> FakeQueue:
    """A queue in memory, in place of `predict`."""
    made = FakeQueue()
    monkeypatch.setattr(queue, "_enqueue", _enqueue)
    monkeypatch.setattr(django_rq, "get_queue", {queue.PREDICT: made}.__getitem__)
    return made


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the queues look for Redis where there is none."""
    away = {**django_rq.settings.QUEUES[queue.PREDICT], "URL": f"unix://{tmp_path}/nowhere.sock"}
    monkeypatch.setitem(django_rq.settings.QUEUES, queue.PREDICT, away)
    monkeypatch.setattr(queue, "_enqueue", _enqueue)


def test_it_works(predict: FakeQueue) -> None:
    id = uuid.uuid4()
    _enqueue(id)
    ((args, options),) = predict.jobs
    assert args == ("predictor.jobs.answer_upload", str(id))
    assert (options["job_id"], options["result_ttl"]) == (str(id), 0)


@pytest.mark.parametrize("path", sorted(set.union(*queue.ALLOWED.values())))
def test_every_allowed_job_is_there(path: str) -> None:
    found: Callable[..., None] = import_string(path)
    assert found.__module__ == path.rpartition(".")[0]


@pytest.mark.django_db
def test_an_upload_is_enqueued_when_its_row_is_committed(
    predict: FakeQueue, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue.enqueue_upload(uuid.uuid4())
        assert predict.jobs == []
    assert len(predict.jobs) == 1


def test_lost_uploads_are_enqueued_and_queued_ones_are_not(predict: FakeQueue) -> None:
    queued, lost = uuid.uuid4(), uuid.uuid4()
    _enqueue(queued)
    assert queue.enqueue_lost_uploads([queued, lost]) == 1
    assert predict.get_job_ids() == [str(queued), str(lost)]
    assert queue.enqueue_lost_uploads([queued, lost]) == 0
    assert len(predict.jobs) == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("no_redis")
def test_without_redis_a_request_goes_on(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, caplog: pytest.LogCaptureFixture
) -> None:
    started = time.monotonic()
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        queue.enqueue_upload(uuid.uuid4())
    assert time.monotonic() - started < 2
    assert "waits for the sweeper" in caplog.text


@pytest.mark.usefixtures("no_redis")
def test_without_redis_the_sweeper_hears_of_it() -> None:
    with pytest.raises(queue.QueueError):
        queue.enqueue_lost_uploads([uuid.uuid4()])


@pytest.mark.parametrize(("status", "asked"), [(None, 1), ("failed", 1), ("queued", 0), ("started", 0)])
def test_the_curation_queue_is_ordered_by_one_job_at_a_time(
    status: str | None, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = FakeQueue()
    job = SimpleNamespace(get_status=lambda refresh: JobStatus(status))
    made.fetch_job = {"prioritise": job if status else None}.__getitem__
    monkeypatch.setattr(django_rq, "get_queue", {queue.TRAIN: made}.__getitem__)
    assert queue.enqueue_prioritising() == bool(asked)
    assert [args for args, _ in made.jobs] == [(queue.PRIORITISE_POSTS,)] * asked
    assert made.get_job_ids() == ["prioritise"] * asked
