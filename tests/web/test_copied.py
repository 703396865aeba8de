"""The address that a page tells what was copied from it."""

import pytest
from django.test import Client

from predictor.models import Copying, Upload
from tests.uploads import MakeUpload


def place(upload: Upload) -> str:
    return f"/uploads/{upload.pk}/copied/"


def test_it_works(client: Client, answered: Upload) -> None:
    assert f'data-tell="{place(answered)}"' in client.get(f"/uploads/{answered.pk}/").content.decode()
    answer = client.post(place(answered), {"text": "#als1 #w2v2"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert Copying.objects.get().tags == ["als1", "w2v2"]


@pytest.mark.parametrize("fields", [{}, {"text": ""}, {"text": "#other"}, {"text": "\0"}, {"text": "#als1 " * 9999}])
def test_what_says_nothing_is_refused(client: Client, answered: Upload, fields: dict[str, str]) -> None:
    answer = client.post(place(answered), fields)
    assert answer.status_code == 422 and answer.content.decode().endswith(".")
    assert not Copying.objects.exists()


def test_a_photo_without_an_answer(client: Client, my_upload: MakeUpload) -> None:
    upload = my_upload()
    assert "data-tell" not in client.get(f"/uploads/{upload.pk}/").content.decode()
    assert client.post(place(upload), {"text": "#als1"}).status_code == 422


def test_others_may_not(answered: Upload) -> None:
    assert Client().post(place(answered), {"text": "#als1"}).status_code == 404
    assert not Copying.objects.exists()


def test_only_from_our_own_page(client: Client, answered: Upload) -> None:
    assert client.get(place(answered)).status_code == 405
    client.handler.enforce_csrf_checks = True
    assert client.post(place(answered), {"text": "#als1"}).status_code == 403
    assert not Copying.objects.exists()
