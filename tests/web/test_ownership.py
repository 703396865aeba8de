"""Whose upload it is: nobody else sees that it exists."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from predictor.models import Upload
from tests.uploads import MakePhoto

VIEWS = [("get", ""), ("get", "state/"), ("get", "photo.jpg"), ("post", "retry/")]


@pytest.mark.parametrize(("method", "view"), VIEWS)
def test_it_works(client: Client, answered: Upload, method: str, view: str) -> None:
    address = f"/uploads/{answered.pk}/{view}"
    assert getattr(client, method)(address).status_code in (200, 302)
    assert getattr(Client(), method)(address).status_code == 404


@pytest.mark.parametrize(("method", "view"), VIEWS)
def test_another_session_and_another_account(
    answered: Upload, photo: MakePhoto, admin_client: Client, method: str, view: str
) -> None:
    address = f"/uploads/{answered.pk}/{view}"
    stranger = Client()
    stranger.post("/", {"photo": photo(colour="red")})
    assert getattr(stranger, method)(address).status_code == 404
    assert getattr(admin_client, method)(address).status_code == 404


def test_a_login_carries_the_uploads_over(client: Client, photo: MakePhoto, django_user_model: type[User]) -> None:
    anonymous = client.post("/", {"photo": photo()})["Location"]
    client.force_login(django_user_model.objects.create_user("ann"))
    assert client.get(anonymous).status_code == 200
    assert client.post("/", {"photo": photo()})["Location"] == anonymous


def test_an_account_sees_its_uploads_in_another_browser(
    client: Client, photo: MakePhoto, django_user_model: type[User]
) -> None:
    ann = django_user_model.objects.create_user("ann")
    client.force_login(ann)
    address = client.post("/", {"photo": photo()})["Location"]
    elsewhere = Client()
    elsewhere.force_login(ann)
    assert elsewhere.get(address).status_code == 200
    assert Client().get(address).status_code == 404
