"""Trying a failed upload again."""

import uuid

from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from predictor.models import Upload
from tests.uploads import MakeUpload


def test_it_works(
    client: Client,
    my_upload: MakeUpload,
    enqueued: list[uuid.UUID],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    upload = my_upload(Upload.State.FAILED, message="It did not work.", original="uploads/x", attempts=6)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/uploads/{upload.pk}/retry/")
    assert answer["Location"] == f"/uploads/{upload.pk}/"
    upload.refresh_from_db()
    assert (upload.state, upload.message, upload.attempts) == ("new", "", 0)
    assert enqueued == [upload.pk]


def test_nothing_left_to_try_with(client: Client, my_upload: MakeUpload) -> None:
    upload = my_upload(Upload.State.FAILED)
    assert client.post(f"/uploads/{upload.pk}/retry/").status_code == 302
    upload.refresh_from_db()
    assert upload.state == "failed"


def test_an_answered_upload_stays_answered(client: Client, answered: Upload) -> None:
    client.post(f"/uploads/{answered.pk}/retry/")
    answered.refresh_from_db()
    assert answered.state == "done"


def test_too_often(client: Client, my_upload: MakeUpload, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    address = f"/uploads/{my_upload(Upload.State.FAILED).pk}/retry/"
    assert [client.post(address).status_code for _ in range(2)] == [302, 429]


def test_only_post(client: Client, my_upload: MakeUpload) -> None:
    assert client.get(f"/uploads/{my_upload().pk}/retry/").status_code == 405
