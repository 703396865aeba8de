"""The sweeper: lost uploads come back into the queue, queued ones are left alone, expired ones go."""

import os
import shutil
import time
import uuid
from datetime import timedelta
from types import SimpleNamespace

import django_rq
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from predictor import receiving, sweeper
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
