"""The photo of an upload, as it is served."""

from pathlib import Path

from django.test import Client

from predictor.models import Upload
from tests.uploads import MakeUpload


def test_it_works(client: Client, answered: Upload) -> None:
    answer = client.get(f"/uploads/{answered.pk}/photo.jpg")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == answered.display_path.read_bytes()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert answer["Cache-Control"] == "private, max-age=86400"


def test_the_original_is_never_served(client: Client, my_upload: MakeUpload, home: Path) -> None:
    (home / "media" / "secret.original").write_bytes(b"with GPS")
    upload = my_upload(original="secret.original")
    assert client.get(f"/uploads/{upload.pk}/photo.jpg").status_code == 404


def test_the_copy_is_gone(client: Client, my_upload: MakeUpload) -> None:
    upload = my_upload(Upload.State.DONE, display="uploads/gone.jpg")
    assert client.get(f"/uploads/{upload.pk}/photo.jpg").status_code == 404
