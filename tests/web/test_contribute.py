"""The form on an upload's page, and the pages of contributions."""

import re
import shutil

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from corpus.models import Hashtag, Post
from predictor.contributions import contributing
from predictor.models import Contribution, Upload
from tests.contributions import MakeAnswered


def send(client: Client, upload: Upload, **fields: object) -> str:
    """Send the form, and return the page that follows."""
    answer = client.post(f"/uploads/{upload.pk}/contribute/", {"kept": ["sea"], **fields}, follow=True)
    return answer.content.decode()


def test_it_works(client: Client, upload: Upload) -> None:
    page = client.get(f"/uploads/{upload.pk}/").content.decode()
    assert page.count('name="kept"') == page.count('name="dropped"') == 5
    assert f'action="/uploads/{upload.pk}/contribute/#teach"' in page
    assert not re.search(r'name="(kept|dropped|may_be_shown)"[^>]* checked', page)
    page = send(client, upload, dropped=["boat"], added="#Dünen, Heide", may_be_shown="on")
    row = Contribution.objects.get()
    assert (row.kept, row.dropped, row.added, row.may_be_shown) == (["sea"], ["boat"], ["dünen", "heide"], True)
    assert "It waits for a moderator." in page and "#dünen" in page
    assert f'src="/contributions/{row.pk}/photo.jpg"' in page
    page = client.get(f"/uploads/{upload.pk}/").content.decode()
    assert 'name="kept"' not in page and f'href="/contributions/{row.pk}/"' in page


def test_a_trusted_account(client: Client, make_answered: MakeAnswered) -> None:
    tia = User.objects.create_user("tia")
    tia.groups.add(Group.objects.get(name="trusted"))
    client.force_login(tia)
    assert "part of the corpus" in send(client, make_answered(tia))
    assert Post.objects.get().taggings.get().origin == f"user:{tia.pk}"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kept": [], "added": ""}, "Tick or type at least one hashtag"),
        ({"added": "foul"}, "These hashtags are not taken here: #foul"),
        ({"added": " ".join(f"t{n}" for n in range(40))}, "These are 41 hashtags"),
        ({"added": "x" * 5000}, "That is too much text"),
        ({"added": "<script>"}, "&lt;script&gt;: A hashtag cannot hold"),
        ({"kept": ["\0"]}, "A hashtag cannot hold control characters"),
    ],
)
def test_refusals_keep_what_was_said(client: Client, upload: Upload, fields: dict[str, object], sentence: str) -> None:
    Hashtag.objects.create(key="foul", display="foul", status="banned")
    said = {"kept": ["sun"], "dropped": ["sea"], "added": "sky", "may_be_shown": "on", **fields}
    answer = client.post(f"/uploads/{upload.pk}/contribute/", said)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert 'name="dropped" value="sea" checked' in page and 'name="may_be_shown" checked' in page
    if "kept" not in fields:
        assert 'name="kept" value="sun" checked' in page
    if "added" not in fields:
        assert 'value="sky"' in page
    assert not Contribution.objects.exists()


def test_a_second_time(client: Client, upload: Upload) -> None:
    send(client, upload)
    assert "You have said already" not in client.get(f"/uploads/{upload.pk}/").content.decode()
    answer = client.post(f"/uploads/{upload.pk}/contribute/", {"kept": ["sun"]})
    assert answer.status_code == 422 and Contribution.objects.count() == 1


def test_too_many_in_a_minute(client: Client, upload: Upload, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 2
    place = f"/uploads/{upload.pk}/contribute/"
    codes = [client.post(place, {"kept": ["sea"]}).status_code for _ in range(3)]
    assert codes == [302, 422, 429]


def test_a_full_disk(client: Client, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    answer = client.post(f"/uploads/{upload.pk}/contribute/", {"kept": ["sea"]})
    assert answer.status_code == 507 and "no room" in answer.content.decode()


def test_withdrawal_and_receipt(client: Client, upload: Upload) -> None:
    send(client, upload, added="#heide")
    row = Contribution.objects.get()
    for _ in range(2):
        page = client.post(f"/contributions/{row.pk}/withdraw/", follow=True).content.decode()
        assert "Receipt" in page and "#sea #heide" in page and "No version had learned from it." in page
    assert client.get(f"/contributions/{row.pk}/photo.jpg").status_code == 404
    assert 'name="kept"' in client.get(f"/uploads/{upload.pk}/").content.decode()


def test_the_list(client: Client, upload: Upload, ann: User, make_answered: MakeAnswered) -> None:
    assert "None yet." in client.get("/contributions/").content.decode()
    send(client, upload)
    contributing.contribute(make_answered(ann), ann, ["boat"], [], [], False)
    page = client.get("/contributions/").content.decode()
    assert "#sea" in page and "#boat" not in page


def test_other_people_see_nothing(client: Client, upload: Upload, admin_client: Client) -> None:
    send(client, upload)
    row = Contribution.objects.get()
    for stranger in (Client(), admin_client):
        for method, address in (
            ("post", f"/uploads/{upload.pk}/contribute/"),
            ("get", f"/contributions/{row.pk}/"),
            ("get", f"/contributions/{row.pk}/photo.jpg"),
            ("post", f"/contributions/{row.pk}/withdraw/"),
        ):
            assert getattr(stranger, method)(address).status_code == 404, address
    row.refresh_from_db()
    assert row.state == "waiting"


def test_only_posts_change_something(client: Client, upload: Upload) -> None:
    send(client, upload)
    row = Contribution.objects.get()
    assert client.get(f"/uploads/{upload.pk}/contribute/").status_code == 405
    assert client.get(f"/contributions/{row.pk}/withdraw/").status_code == 405


def test_the_photo_has_the_headers_of_media(client: Client, upload: Upload) -> None:
    send(client, upload)
    answer = client.get(f"/contributions/{Contribution.objects.get().pk}/photo.jpg")
    assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'" and "private" in answer["Cache-Control"]


def test_proposals(client: Client, upload: Upload) -> None:
    Hashtag.objects.filter(key="sand").update(posts_number=5)
    Hashtag.objects.create(key="sadist", display="sadist", status="banned", posts_number=99)
    Hashtag.objects.create(key="sandra", display="sandra")  # its posts were withdrawn
    send(client, upload, added="sun")

    def proposed(text: str) -> list[str]:
        return [one["key"] for one in client.get("/hashtags/", {"q": text}).json()["hashtags"]]

    assert proposed("s") == ["sea", "sun", "sand"]
    assert proposed("#SA") == ["sand"] and proposed("sadist") == []
    for odd in ("", "#", "%", "_", "\0", "x" * 5000, "<"):
        assert proposed(odd) == []
    own = client.get("/hashtags/", {"q": "se"}).json()["hashtags"]
    assert own == [{"key": "sea", "display": "sea", "posts": 0, "own": True}]


def test_proposals_of_strangers_stay_theirs(client: Client, upload: Upload) -> None:
    send(client, upload, added="zirkus")
    assert Client().get("/hashtags/", {"q": "zir"}).json() == {"hashtags": []}


def test_the_lists_take_few_queries(
    client: Client, upload: Upload, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    send(client, upload)
    with django_assert_max_num_queries(3):
        client.get("/contributions/")
    with django_assert_max_num_queries(5):
        client.get("/hashtags/", {"q": "s"})
