"""The page that takes a photo: what it takes, and each thing that it refuses."""

import errno
import shutil
import struct
import uuid
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from predictor import receiving
from predictor.models import ModelVersion, Upload
from tests.uploads import MakePhoto, MakeUpload

pytestmark = pytest.mark.django_db


def test_it_works(
    client: Client,
    photo: MakePhoto,
    enqueued: list[uuid.UUID],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent = photo("My cat.jpg", size=(64, 48))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/", {"photo": sent})

    upload = Upload.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/uploads/{upload.pk}/"
    assert (upload.state, upload.sent_name, upload.width, upload.height) == ("new", "My cat.jpg", 64, 48)
    sent.seek(0)
    assert upload.original_path.read_bytes() == sent.read()
    assert upload.original_path.stat().st_mode & 0o777 == 0o600
    assert enqueued == [upload.pk]
    assert client.get(answer["Location"]).status_code == 200


def test_the_page_says_what_it_takes_and_how_long_it_keeps_it(client: Client, settings: Settings) -> None:
    settings.UPLOAD_DAYS = 3
    page = client.get("/").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert 'type="file"' in page and 'name="photo"' in page and 'accept="image/jpeg,' in page
    assert "deleted after 3 days" in page


def test_no_inline_script_or_style(client: Client, answered: Upload) -> None:
    for address in ("/", f"/uploads/{answered.pk}/", "/nowhere/"):
        page = client.get(address).content.decode()
        assert " style=" not in page and "<style" not in page and " onclick=" not in page
        assert "<script>" not in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "No photo arrived"),
        ({"photo": "just text"}, "No photo arrived"),
        ({"other": SimpleUploadedFile("cat.jpg", b"\xff\xd8\xff")}, "No photo arrived"),
        ({"photo": SimpleUploadedFile("cat.jpg", b"")}, "The file is empty"),
    ],
)
def test_nothing_to_take(client: Client, fields: dict[str, Any], sentence: str) -> None:
    answer = client.post("/", fields)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Upload.objects.exists()


def test_a_body_that_is_no_form(client: Client) -> None:
    answer = client.post("/", b"\xff\xd8\xff\xe0 not a form", content_type="image/jpeg")
    assert answer.status_code == 400
    assert "No photo arrived" in answer.content.decode()


def test_a_broken_form(client: Client) -> None:
    answer = client.post("/", b"--x\r\ncut off", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"Dear diary, today I saw a cat.", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", 415),
        (b"II*\0" + bytes(200), 415),
        (b"\xff\xd8\xff\xe0" + bytes(20), 422),
    ],
)
def test_not_a_photo(client: Client, home: Path, content: bytes, status: int) -> None:
    answer = client.post("/", {"photo": SimpleUploadedFile("cat.jpg", content, "image/jpeg")})
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert not Upload.objects.exists()
    assert not [file for file in home.rglob("*") if file.is_file()]


def test_too_many_pixels(client: Client) -> None:
    answer = client.post("/", {"photo": SimpleUploadedFile("flood.png", png_header(20_000, 20_000), "image/png")})
    assert answer.status_code == 422
    assert "million pixels" in answer.content.decode()


def test_too_small_a_picture(client: Client, photo: MakePhoto) -> None:
    answer = client.post("/", {"photo": photo(size=(8, 8))})
    assert answer.status_code == 422
    assert "too small" in answer.content.decode()


def test_a_body_that_says_it_is_too_large_is_not_read(client: Client) -> None:
    answer = client.post("/", b"short", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413
    assert "larger than 20 MB" in answer.content.decode()


def test_a_photo_that_turns_out_too_large(client: Client, photo: MakePhoto, settings: Settings, home: Path) -> None:
    settings.MAX_UPLOAD_BYTES = 100
    answer = client.post("/", {"photo": photo()})
    assert answer.status_code == 413
    assert "larger than 20 MB" in answer.content.decode()
    assert not [file for file in home.rglob("*") if file.is_file()]


def test_too_large_with_csrf_checks(photo: MakePhoto, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 100
    client = Client(enforce_csrf_checks=True)
    client.get("/")
    answer = client.post("/", {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "photo": photo()})
    assert answer.status_code == 413


def test_a_form_without_its_cookie(photo: MakePhoto) -> None:
    answer = Client(enforce_csrf_checks=True).post("/", {"photo": photo()})
    assert answer.status_code == 403
    assert "Allow cookies" in answer.content.decode()


def test_the_31st_photo_in_a_minute(client: Client, photo: MakePhoto, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 30
    codes = [client.post("/", {"photo": photo()}).status_code for _ in range(31)]
    assert codes == [302] * 30 + [429]
    answer = client.post("/", {"photo": photo()})
    assert answer["Retry-After"] == "60"
    assert "wait a minute" in answer.content.decode()
    assert client.post("/", {"photo": photo()}, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_deep_queue(client: Client, photo: MakePhoto, my_upload: MakeUpload, settings: Settings) -> None:
    settings.WAITING_LIMIT = 0
    my_upload(Upload.State.NEW)
    answer = client.post("/", {"photo": photo()})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "waiting already" in answer.content.decode()


def test_little_free_disk(client: Client, photo: MakePhoto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1))
    answer = client.post("/", {"photo": photo()})
    assert answer.status_code == 507
    assert "no room" in answer.content.decode()


def test_the_disk_fills_up_while_the_photo_arrives(
    client: Client, photo: MakePhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    assert client.post("/", {"photo": photo()}).status_code == 507


def test_the_disk_fills_up_afterwards(client: Client, photo: MakePhoto, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(receiving, "_move_into_place", full)
    assert client.post("/", {"photo": photo()}).status_code == 507
    assert not Upload.objects.exists()


def test_the_same_photo_again_is_answered_from_store(
    client: Client, photo: MakePhoto, versions: dict[str, ModelVersion]
) -> None:
    first = client.post("/", {"photo": photo()})["Location"]
    assert client.post("/", {"photo": photo("other name.jpg")})["Location"] == first  # still on its way
    names = " ".join(sorted(str(version) for version in versions.values()))
    Upload.objects.update(state=Upload.State.DONE, answered_by=names)
    assert client.post("/", {"photo": photo()})["Location"] == first
    assert client.post("/", {"photo": photo(colour="red")})["Location"] != first
    assert Client().post("/", {"photo": photo()})["Location"] != first
    assert Upload.objects.count() == 3


def test_the_same_photo_after_a_new_version_is_asked_again(
    client: Client, photo: MakePhoto, versions: dict[str, ModelVersion]
) -> None:
    first = client.post("/", {"photo": photo()})["Location"]
    Upload.objects.update(state=Upload.State.DONE, answered_by="als:0 w2v:0")
    assert client.post("/", {"photo": photo()})["Location"] != first


def test_a_name_full_of_markup(client: Client, photo: MakePhoto) -> None:
    name = "<img src=x onerror=alert(1)>\u202egpj.exe\x00.jpg"
    page = client.get(client.post("/", {"photo": photo(name)})["Location"]).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "\u202e" not in page


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims to have many pixels and has none."""
    size = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + size + struct.pack(">I", zlib.crc32(size))
