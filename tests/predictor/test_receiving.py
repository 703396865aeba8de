"""Receiving a photo: its file and its row are there together, or neither is."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import OperationalError
from django.http import HttpRequest
from django.test import RequestFactory
from PIL import Image

from predictor import receiving
from predictor.models import Upload
from predictor.people import visitors

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    request = rf.post("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    return request


@pytest.fixture
def photo() -> Iterator[TemporaryUploadedFile]:
    """A photo as Django leaves it in the folder for incoming files."""
    file = TemporaryUploadedFile("../../cat\x00\u202e.jpg", "image/jpeg", 0, None)
    Image.new("RGB", (64, 48), "teal").save(file, "JPEG")
    yield file
    file.close()


def files_of(home: Path) -> list[Path]:
    return [file for file in (home / "media").rglob("*") if file.is_file()]


def test_it_works(photo: TemporaryUploadedFile, request_: HttpRequest, home: Path) -> None:
    upload = receiving.receive(photo, visitors.started(request_))
    assert Upload.objects.get() == upload
    assert files_of(home) == [upload.original_path]
    assert upload.sha256 == hashlib.sha256(upload.original_path.read_bytes()).hexdigest()
    assert (upload.width, upload.height, upload.state) == (64, 48, "new")
    assert upload.original_path.name == f"{upload.pk}.original"
    assert upload.original_path.stat().st_mode & 0o777 == 0o600
    assert upload.sent_name.isprintable()
    assert upload.owner_token == request_.session["owner"]


def test_without_a_row_no_file_stays(
    photo: TemporaryUploadedFile, request_: HttpRequest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(Upload, "save", locked)
    with pytest.raises(OperationalError):
        receiving.receive(photo, visitors.started(request_))
    assert files_of(home) == []


def test_without_a_file_there_is_no_row(
    photo: TemporaryUploadedFile, request_: HttpRequest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        receiving.receive(photo, visitors.started(request_))
    assert not Upload.objects.exists()
    photo.close()
    assert files_of(home) == []
