"""Waiting for an answer inside a request: as long as was asked, and never too many at once."""

import threading
import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from predictor import waiting
from predictor.models import Upload
from tests.api.conftest import program_of
from tests.predictor.conftest import file_database as file_database

State = Upload.State


@pytest.fixture
def waiting_upload(file_database: None, home: Path) -> Upload:
    """A photo of ann's that nobody answers yet, in a database that other threads see."""
    return Upload.objects.create(owner=User.objects.create_user("ann"), sha256="c" * 64)


def test_it_works(waiting_upload: Upload) -> None:
    program = program_of(User.objects.get())
    later = threading.Timer(0.1, _answer, [waiting_upload.pk])
    later.start()
    told = program.get(f"/api/v1/uploads/{waiting_upload.pk}?wait=30")
    later.join()
    assert told.json()["state"] == "done"
    assert "Retry-After" not in told


def test_no_answer_in_time(waiting_upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting.until_answered(waiting_upload, 0.05)
    assert waiting_upload.state == State.NEW
    assert not connection.in_atomic_block
    told = program_of(User.objects.get()).get(f"/api/v1/uploads/{waiting_upload.pk}?wait=0")
    assert (told.json()["state"], told["Retry-After"]) == ("new", "1")


def test_where_all_places_are_taken_nobody_waits(waiting_upload: Upload) -> None:
    taken = [waiting._places.acquire(blocking=False) for _ in range(waiting.AT_ONCE)]
    try:
        assert all(taken)
        told = program_of(User.objects.get()).get(f"/api/v1/uploads/{waiting_upload.pk}?wait=30")
        assert told.json()["state"] == "new"
    finally:
        for _ in taken:
            waiting._places.release()


def test_a_photo_that_is_deleted_meanwhile(waiting_upload: Upload) -> None:
    program = program_of(User.objects.get())
    later = threading.Timer(0.1, _delete, [waiting_upload.pk])
    later.start()
    told = program.get(f"/api/v1/uploads/{waiting_upload.pk}?wait=30")
    later.join()
    assert told.status_code == 404
    assert waiting._places.acquire(blocking=False)  # the place is free again
    waiting._places.release()


@pytest.mark.django_db
@pytest.mark.parametrize("wait", ["-1", "31", "1.5", "soon", "9" * 5000])
def test_not_a_time_to_wait(program: Client, wait: str) -> None:
    told = program.get(f"/api/v1/uploads/{uuid.uuid4()}", {"wait": wait})
    assert told.status_code == 422
    assert told.json()["errors"][0]["where"] == "query wait"


def _answer(id: uuid.UUID) -> None:
    Upload.objects.filter(pk=id).update(state=State.DONE)
    connection.close()


def _delete(id: uuid.UUID) -> None:
    Upload.objects.filter(pk=id).delete()
    connection.close()
