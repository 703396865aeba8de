"""The sweeper: lost uploads come back into the queue, queued ones are left alone, expired ones go."""

import os
import time
import uuid
from datetime import timedelta
from types import SimpleNamespace

import django_rq
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from predictor import queue, receiving, sweeper
from predictor.models import Upload

pytestmark = pytest.mark.django_db


def old(state: str = "new", **fields: object) -> Upload:
    upload = Upload.objects.create(sha256="0" * 64, state=state, **fields)
    Upload.objects.filter(pk=upload.pk).update(created=timezone.now() - timedelta(seconds=5))
    return upload


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


def test_without_redis_it_goes_on_and_still_cleans(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr(django_rq, "get_queue", gone)
    waiting, expired = old(), old("done")
    Upload.objects.filter(pk=expired.pk).update(created=timezone.now() - timedelta(days=8))
    rounds = iter([False, False, True])
    sweeper.run(lambda: next(rounds), lambda seconds: None)
    assert list(Upload.objects.all()) == [waiting]


def test_a_request_does_not_notice_that_redis_is_gone(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    def gone(id: uuid.UUID) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr(queue, "_enqueue", gone)
    queue._try_enqueue(uuid.uuid4())


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


def test_a_file_that_is_gone_already_is_no_error() -> None:
    receiving.discard(old("done", display="uploads/nothing.jpg"))
    assert not Upload.objects.exists()
