"""The sweeper: lost uploads come back into the queue, queued ones are left alone, expired ones go."""

import os
import shutil
import time
import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import django_rq
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from corpus.models import Post, ScrapeRun, Source
from predictor import queue, receiving, sweeper
from predictor.learning import train_lock
from predictor.models import ActiveVersion, TrainingRun, Upload

pytestmark = pytest.mark.django_db


def old(state: str = "new", **fields: object) -> Upload:
    upload = Upload.objects.create(sha256="0" * 64, state=state, **fields)
    Upload.objects.filter(pk=upload.pk).update(created=timezone.now() - timedelta(seconds=5))
    return upload


@pytest.fixture(autouse=True)
def no_recount(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the commands that follow changes, each a process of its own, to `tests/corpus/test_following.py`."""
    monkeypatch.setattr("corpus.following.Follower.look", lambda self: False)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids that the queue holds."""
    ids: list[str] = []
    monkeypatch.setattr(django_rq, "get_queue", lambda name: SimpleNamespace(get_job_ids=lambda: ids))
    return ids


def test_it_works(queued: list[str], enqueued: list[uuid.UUID]) -> None:
    lost, known = old(), old()
    queued.append(str(known.pk))
    assert sweeper.recover() == 1
    assert enqueued == [lost.pk]


def test_others_are_left_alone(queued: list[str], enqueued: list[uuid.UUID]) -> None:
    Upload.objects.create(sha256="0" * 64)  # on its way into the queue
    old("done")
    old("failed")
    old("working", lease_until=timezone.now() + timedelta(seconds=5))
    assert sweeper.recover() == 0
    silent = old("working", lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeper.recover() == 1
    assert enqueued == [silent.pk]


def test_an_upload_that_a_clock_ahead_has_dated_does_not_wait_for_that_time(
    queued: list[str], enqueued: list[uuid.UUID]
) -> None:
    upload = old()
    Upload.objects.update(created=timezone.now() + timedelta(hours=1))
    assert sweeper.recover() == 1
    assert enqueued == [upload.pk]


def test_scrapes_that_are_due_are_enqueued(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: list[int] = []
    fake = SimpleNamespace(enqueue=lambda name, id, **options: jobs.append(id), get_job_ids=lambda: ["scrape-1"])
    monkeypatch.setattr(django_rq, "get_queue", lambda name: fake)
    source, now = Source.objects.create(name="instagram", kind="instaloader"), timezone.now()
    hour = timedelta(hours=1)
    rows: list[dict[str, Any]] = [
        {"account": "queued"},
        {"account": "new"},
        {"account": "due", "state": "waiting", "not_before": now - hour},
        {"account": "early", "state": "waiting", "not_before": now + hour},
        {"account": "busy", "state": "working", "lease_until": now + timedelta(minutes=1)},
        {"account": "busy", "section": "top"},
        {"account": "silent", "state": "working", "lease_until": now - hour},
        {"account": "paused", "state": "paused"},
        {"account": "over", "state": "done"},
    ]
    for pk, fields in enumerate(rows, start=1):
        ScrapeRun.objects.create(pk=pk, source=source, tag="sea", limit=1, **fields)
    ScrapeRun.objects.update(created=now - hour)
    ScrapeRun.objects.create(source=source, tag="sea", limit=1, account="on its way")
    assert sweeper.recover_scrapes() == 3
    accounts = ScrapeRun.objects.in_bulk(jobs)
    assert [accounts[pk].account for pk in jobs] == ["new", "due", "silent"]


def test_training_runs_that_are_due_are_enqueued(queued: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(queue, "_enqueue_run", asked.append)
    hour = timedelta(hours=1)
    lost = TrainingRun.objects.create(kind="als")
    TrainingRun.objects.update(created=timezone.now() + hour)  # the clock was put back since
    known = TrainingRun.objects.create(kind="w2v")
    assert sweeper.recover_runs() == 1, "the young one is on its way"
    TrainingRun.objects.filter(pk=known.pk).update(created=timezone.now() - hour)
    queued += [f"training-{known.pk}", f"training-{lost.pk}"]
    assert sweeper.recover_runs() == 0
    queued.clear()
    TrainingRun.objects.filter(pk=known.pk).update(not_before=timezone.now() + timedelta(seconds=20))
    with train_lock.exclusive("als"):
        assert sweeper.recover_runs() == 0, "one waits for contributions, the other for a command"
    assert sweeper.recover_runs() == 1 and asked == [lost.pk] * 2


def test_a_training_run_whose_process_is_gone_is_taken_up_again(
    queued: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(queue, "_enqueue_run", asked.append)
    run = TrainingRun.objects.create(kind="als", trigger="button")
    TrainingRun.objects.update(created=timezone.now() - timedelta(minutes=1))
    assert run.claim() and sweeper.recover_runs() == 1
    assert asked == [run.pk]


@pytest.mark.usefixtures("versions")
def test_pending_photos_without_a_place_are_put_into_order(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask() -> bool:
        asked.append("once")
        return True

    monkeypatch.setattr(queue, "enqueue_prioritising", ask)
    source = Source.objects.create(name="mine", kind="folder")
    fields: dict[str, Any] = {"source": source, "image": "x.jpg", "review_priority": 0.5}
    post = Post.objects.create(external_id="placed", **fields)
    Post.objects.create(source=source, external_id="tags alone")
    assert not sweeper.order_reviews()
    Post.objects.filter(pk=post.pk).update(review_priority=None)
    assert sweeper.order_reviews()
    ActiveVersion.objects.all().delete()
    assert not sweeper.order_reviews()
    assert asked == ["once"]


def test_without_redis_it_goes_on_and_still_cleans(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr(django_rq, "get_queue", gone)
    waiting, expired = old(), old("done")
    Upload.objects.filter(pk=expired.pk).update(created=timezone.now() - timedelta(days=8))
    rounds = iter([False, False, True])
    waits: list[float] = []
    sweeper.run(lambda: next(rounds), waits.append)
    assert list(Upload.objects.all()) == [waiting]
    assert waits == [sweeper.LOOK_SECONDS] * 2


def test_without_a_database_it_goes_on(monkeypatch: pytest.MonkeyPatch, queued: list[str]) -> None:
    def locked() -> int:
        raise OperationalError("database is locked")

    monkeypatch.setattr(sweeper, "clean", locked)
    rounds = iter([False, False, True])
    sweeper.run(lambda: next(rounds), lambda seconds: None)
    assert next(rounds, None) is None


def test_expired_uploads_go_with_their_files() -> None:
    keep = old("done", owner=User.objects.create(username="me"))
    gone = old("done", display="uploads/gone.jpg", original="uploads/gone.original")
    gone.display_path.parent.mkdir(parents=True)
    gone.display_path.write_bytes(b"x")
    gone.original_path.write_bytes(b"x")
    Upload.objects.update(created=timezone.now() - timedelta(days=settings.UPLOAD_DAYS, seconds=1))
    assert sweeper.clean() == 1
    assert list(Upload.objects.all()) == [keep]
    assert not gone.display_path.exists() and not gone.original_path.exists()


def test_leftovers_of_dead_requests_go() -> None:
    young = settings.FILE_UPLOAD_TEMP_DIR / "young.upload"
    dead = settings.FILE_UPLOAD_TEMP_DIR / "dead.upload"
    young.touch()
    dead.touch()
    os.utime(dead, (time.time() - 7200, time.time() - 7200))
    sweeper.clean()
    assert young.exists() and not dead.exists()


def test_a_file_that_goes_while_it_is_looked_at_is_no_error() -> None:
    (settings.FILE_UPLOAD_TEMP_DIR / "moved.upload").symlink_to("nowhere")  # listed, and gone when it is asked
    assert sweeper.clean() == 0
    shutil.rmtree(settings.FILE_UPLOAD_TEMP_DIR)
    assert sweeper.clean() == 0


def test_a_file_that_is_gone_already_is_no_error() -> None:
    receiving.discard(old("done", display="uploads/nothing.jpg"))
    assert not Upload.objects.exists()
