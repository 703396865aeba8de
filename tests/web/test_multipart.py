"""Files without a usable name are taken; a form without a file stays one."""

import pytest
from django.test import Client

from predictor.models import Upload
from tests.uploads import MakePhoto

pytestmark = pytest.mark.django_db


def send(client: Client, name: str, content: bytes) -> int:
    body = b'--cut\r\nContent-Disposition: form-data; name="photo"; filename="' + name.encode() + b'"\r\n'
    body += b"Content-Type: image/jpeg\r\n\r\n" + content + b"\r\n--cut--\r\n"
    return client.post("/", body, content_type="multipart/form-data; boundary=cut").status_code


@pytest.mark.parametrize("name", ["", ".", "..", "../", "....//"])
def test_it_works(client: Client, photo: MakePhoto, name: str) -> None:
    assert send(client, name, photo("x.jpg").read()) == 302
    assert Upload.objects.get().sent_name == "photo"


def test_a_name_stays_what_it_is(client: Client, photo: MakePhoto) -> None:
    assert send(client, "..x.jpg", photo("x.jpg").read()) == 302
    assert Upload.objects.get().sent_name == "..x.jpg"


def test_no_file_was_chosen(client: Client) -> None:
    assert send(client, "", b"") == 400
    assert not Upload.objects.exists()


def test_a_body_of_unsaid_length(client: Client) -> None:
    answer = client.generic("POST", "/", b"", headers={"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411
