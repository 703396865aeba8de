"""What the start page offers besides its form: JSON for its script, samples, and the tray of what was sent lately."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from predictor import samples
from predictor.learning import golden
from predictor.models import Upload
from tests.uploads import MakePhoto, MakeUpload

pytestmark = pytest.mark.django_db
SCRIPT = {"accept": "application/json"}
NO_SAMPLES = pytest.mark.skipif(not golden.files(), reason="scikit-image's photos are not here")


def test_it_works(client: Client, photo: MakePhoto) -> None:
    answer = client.post("/", {"photo": photo()}, headers=SCRIPT)
    upload = Upload.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"id": str(upload.pk), "address": f"/uploads/{upload.pk}/"}
    assert client.get(answer.json()["address"]).status_code == 200


def test_refusals_for_the_script(client: Client, photo: MakePhoto, settings: Settings) -> None:
    tiny = client.post("/", {"photo": photo(size=(8, 8))}, headers=SCRIPT)
    assert (tiny.status_code, tiny["Content-Type"]) == (422, "application/problem+json")
    assert "too small" in tiny.json()["detail"]
    missing = client.post("/", {}, headers=SCRIPT)
    assert (missing.status_code, missing.json()["detail"]) == (
        400,
        "No photo arrived. Please choose one and send it again.",
    )
    settings.UPLOADS_PER_MINUTE = 1
    client.post("/", {"photo": photo()})
    often = client.post("/", {"photo": photo()}, headers=SCRIPT)
    assert (often.status_code, often["Retry-After"]) == (429, "60")
    assert "wait a minute" in often.json()["detail"]


def test_without_its_cookie_for_the_script(photo: MakePhoto) -> None:
    answer = Client(enforce_csrf_checks=True).post("/", {"photo": photo()}, headers=SCRIPT)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_the_tray(client: Client, my_upload: MakeUpload) -> None:
    first, second = my_upload(sent_name="<b>1</b>.jpg"), my_upload(Upload.State.FAILED, message="It is damaged.")
    old = my_upload()
    Upload.objects.filter(pk=old.pk).update(created=timezone.now() - timedelta(minutes=61))
    for address in ("/", "/tray/"):
        page = client.get(address).content.decode()
        assert page.index(f'data-upload="{first.pk}"') < page.index(f'data-upload="{second.pk}"')
        assert "<b>" not in page and "&lt;b&gt;1&lt;/b&gt;.jpg" in page
        assert "It is damaged." in page
        assert str(old.pk) not in page
        assert str(first.pk) not in Client().get(address).content.decode()


def test_the_tray_keeps_the_last_forty(client: Client, my_upload: MakeUpload) -> None:
    ids = [my_upload().pk for _ in range(42)]
    page = client.get("/tray/").content.decode()
    assert page.count("data-upload") == 40
    assert str(ids[1]) not in page and str(ids[2]) in page


def test_a_newcomer_costs_no_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert "data-whole hidden" in client.get("/").content.decode()


def test_the_tray_costs_the_same_for_one_and_many(
    client: Client, my_upload: MakeUpload, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        my_upload()
    with django_assert_num_queries(2):  # the session, and the rows
        client.get("/tray/")


@NO_SAMPLES
def test_samples(client: Client, enqueued: list[uuid.UUID]) -> None:
    page = client.get("/").content.decode()
    for sample in samples.SAMPLES:
        assert f'value="{sample.name}"' in page and sample.credit in page
        picture = client.get(f"/samples/{sample.name}.webp")
        assert picture["Content-Type"] == "image/webp" and len(picture.content) < 10_000
    answer = client.post("/samples/", {"sample": "cat"})
    upload = Upload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/uploads/{upload.pk}/")
    assert (upload.sent_name, upload.width, upload.height) == ("chelsea.png", 451, 300)
    assert upload.original_path.read_bytes() == golden.files()["cat"].read_bytes()
    assert client.get(answer["Location"]).status_code == 200
    assert client.post("/samples/", {"sample": "cat"})["Location"] == answer["Location"]


@NO_SAMPLES
def test_samples_count_as_photos(client: Client, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 2
    codes = [client.post("/samples/", {"sample": name}).status_code for name in ("cat", "coffee", "horse")]
    assert codes == [302, 302, 429]


@pytest.mark.parametrize("name", ["dog", "", "../cat", "<b>"])
def test_no_such_sample(client: Client, name: str) -> None:
    assert client.post("/samples/", {"sample": name}).status_code == 404
    assert client.get(f"/samples/{name}.webp").status_code == 404
    assert not Upload.objects.exists()


def test_the_answer_is_on_the_first_page(
    client: Client, my_upload: MakeUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of a photo that was just sent waits a moment, so that most need no second look."""
    upload = my_upload()
    monkeypatch.setattr("time.sleep", lambda seconds: Upload.objects.update(state=Upload.State.FAILED, message="Done."))
    page = client.get(f"/uploads/{upload.pk}/").content.decode()
    assert "Done." in page and "hx-get" not in page


def test_it_was_deleted_meanwhile(client: Client, my_upload: MakeUpload, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = my_upload()
    monkeypatch.setattr("time.sleep", lambda seconds: Upload.objects.all().delete())
    assert client.get(f"/uploads/{upload.pk}/").status_code == 404


def test_pages_are_compressed_and_pictures_are_not(client: Client, answered: Upload) -> None:
    accept = {"accept-encoding": "gzip"}
    assert client.get(f"/uploads/{answered.pk}/", headers=accept)["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get(f"/uploads/{answered.pk}/photo.jpg", headers=accept)
    assert "Content-Encoding" not in client.get(f"/uploads/{answered.pk}/")
