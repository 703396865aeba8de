"""The pages that say no."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from predictor.models import Upload
from tests.uploads import MakeUpload


@pytest.mark.django_db
def test_it_works(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is nothing here for you" in answer.content.decode()
    assert answer.text.count("/no/such/page/") == 1  # in the link to log in and come back
    assert 'href="/"' in answer.content.decode()
    assert "its time was over" in answer.text and "You can send the photo again" in answer.text
    assert 'href="/account/log-in/?next=/no/such/page/"' in answer.text


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "405.html", "500.html"])
def test_they_need_no_context(name: str) -> None:
    page = render_to_string(name)
    assert f">{name[:3]}</p>" in page
    assert 'href="/"' in page and "tag4pic.css" in page


def test_a_wrong_host(client: Client) -> None:
    answer = client.get("/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert "did not understand" in answer.content.decode()


def test_an_error_of_ours(client: Client, my_upload: MakeUpload, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(upload: Upload, asked: int = 0) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("predictor.presenting.upload_context", broken)
    client.raise_request_exception = False
    answer = client.get(f"/uploads/{my_upload().pk}/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
def test_an_address_that_only_takes_forms(client: Client) -> None:
    answer = client.get("/mine/sets/save/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "There is no page at this address" in answer.text and 'href="/"' in answer.text
    assert not client.get("/mine/sets/save/", headers={"Accept": "application/json"}).text.startswith("<")
