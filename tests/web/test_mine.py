"""The pages of what belongs to a visitor: photos, sets, muted hashtags, tokens. Nobody else's is ever there."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from corpus.models import Hashtag
from predictor.ml.best_set import FIVE
from predictor.models import MutedTag, TagSet, Upload
from predictor.page_settings import PageSettings
from predictor.people import api_tokens, history, muting, tag_sets
from predictor.people.visitors import Visitor
from predictor.presenting import answer_context
from tests.contributions import MakeAnswered
from tests.uploads import MakeUpload

MARKUP = "<b>x</b>\u202e.jpg"


@pytest.fixture
def token(client: Client, db: None) -> str:
    """The secret of `client`'s browser session."""
    session = client.session
    session["owner"] = "t" * 32
    session.save()
    return "t" * 32


def page_of(client: Client, address: str, **sent: Any) -> str:
    answer = client.post(address, sent, follow=True) if sent else client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_it_works(client: Client, token: str, make_answered: MakeAnswered) -> None:
    upload = make_answered(owner_token=token, sent_name="<b>cat</b>.jpg")
    page = page_of(client, "/mine/")
    assert f'href="/uploads/{upload.pk}/"' in page and f'src="/uploads/{upload.pk}/thumbnail.jpg"' in page
    assert "&lt;b&gt;cat&lt;/b&gt;.jpg" in page
    day = timezone.localtime(upload.created + timedelta(days=7))
    assert f"deleted on {day.day} {day:%B}" in page
    for pick in answer_context(upload, PageSettings())["five"]:
        assert f"<bdi>#{pick.display}</bdi>" in page


def test_nothing_yet(client: Client, db: None) -> None:
    for address in ("/mine/", "/mine/sets/", "/mine/muted/", "/mine/data/"):
        assert "You have no account here, and need none" in page_of(client, address)
    assert "a browser that keeps no cookies" in page_of(client, "/mine/")
    assert not client.cookies.get("sessionid")


def test_a_long_history(client: Client, my_upload: MakeUpload) -> None:
    for number in range(26):
        my_upload(Upload.State.FAILED, sent_name=f"n{number}.jpg", message="Too dark.")
    first, last = page_of(client, "/mine/"), page_of(client, "/mine/?page=3")
    assert "n25.jpg" in first and "n0.jpg" not in first and "Page 1 of 3" in first and "Too dark." in first
    assert "n0.jpg" in last and "n25.jpg" not in last
    for odd in ("999", "x", "-1", "\0", "9" * 400):
        assert "Page" in page_of(client, f"/mine/?page={odd}")


def test_the_list_takes_few_queries(
    client: Client, token: str, make_answered: MakeAnswered, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for seed in range(3):
        make_answered(owner_token=token, seed=seed)
    with django_assert_max_num_queries(9):
        client.get("/mine/")


def test_thumbnails(client: Client, answered: Upload) -> None:
    answer = client.get(f"/uploads/{answered.pk}/thumbnail.jpg")
    assert answer["Content-Type"] == "image/jpeg" and len(answer.content) < 20_000
    assert "private" in answer["Cache-Control"] and answer["Content-Security-Policy"] == "default-src 'none'"
    assert Client().get(f"/uploads/{answered.pk}/thumbnail.jpg").status_code == 404
    Upload.objects.filter(pk=answered.pk).update(display="")
    assert client.get(f"/uploads/{answered.pk}/thumbnail.jpg").status_code == 404


def test_sets(client: Client, db: None) -> None:
    page = page_of(client, "/mine/sets/save/", name=" Beach \u202e<b>", tags="#Sea\n#SUN, sand #sea")
    row = TagSet.objects.get()
    assert (row.name, row.tags) == ("Beach <b>", ["Sea", "SUN", "sand"])
    assert "<bdi>Beach &lt;b&gt;</bdi>" in page and 'data-copy="#Sea #SUN #sand"' in page
    page_of(client, "/mine/sets/save/", name="Beach <b>", tags="Sea SUN sand")  # sent twice
    assert TagSet.objects.count() == 1
    assert "Sea\nSUN\nsand</textarea>" in page_of(client, f"/mine/sets/{row.pk}/")
    page_of(client, f"/mine/sets/{row.pk}/", name="Shore", tags="sand")
    row.refresh_from_db()
    assert (row.name, row.tags) == ("Shore", ["sand"])
    assert "is deleted" in page_of(client, f"/mine/sets/{row.pk}/delete/", go="1")
    assert client.post(f"/mine/sets/{row.pk}/delete/").status_code == 404  # in another tab


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Give the set a name"),
        ({"name": "\u202e"}, "Give the set a name"),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"name": "\0"}, "Null characters"),
        ({"tags": ""}, "Type at least one hashtag."),
        ({"tags": "#"}, "needs at least one letter"),
        ({"tags": "<script>"}, "&lt;script&gt;: A hashtag cannot hold"),
        ({"tags": " ".join(f"t{n}" for n in range(31))}, "These are 31 hashtags."),
        ({"tags": "x" * 4001}, "That is too much text."),
    ],
)
def test_sets_that_are_none(client: Client, db: None, fields: dict[str, str], sentence: str) -> None:
    answer = client.post("/mine/sets/save/", {"name": "mine", "tags": "sea", **fields})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    page_of(client, "/mine/sets/save/", name="mine", tags="sea")
    row = TagSet.objects.get()
    answer = client.post(f"/mine/sets/{row.pk}/", {"name": "mine", "tags": "sea", **fields})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    row.refresh_from_db()
    assert row.tags == ["sea"]


def test_too_many_sets(client: Client, token: str) -> None:
    TagSet.objects.bulk_create(TagSet(owner_token=token, name=str(n), tags=["sea"]) for n in range(tag_sets.MOST))
    answer = client.post("/mine/sets/save/", {"name": "one more", "tags": "sea"})
    assert answer.status_code == 422 and "You have 100 sets already." in answer.content.decode()


def test_a_set_from_the_page_of_a_photo(client: Client, my_upload: MakeUpload) -> None:
    address = f"/uploads/{my_upload().pk}/"
    answer = client.post("/mine/sets/save/", {"name": "mine", "tags": "sea", "next": address})
    assert answer["Location"] == address
    assert "is kept under" in page_of(client, address)


def test_muting(client: Client, token: str) -> None:
    assert "#sea is not suggested to you any more." in page_of(client, "/mine/muted/add/", tag="#Sea")
    page_of(client, "/mine/muted/add/", tag="sea")
    row = MutedTag.objects.get()
    assert muting.muted(Visitor(None, token)) == {"sea"} and muting.muted(Visitor(None, "other")) == set()
    assert "may be suggested to you again" in page_of(client, f"/mine/muted/{row.pk}/delete/", go="1")
    assert not MutedTag.objects.exists()


@pytest.mark.parametrize("tag", ["", "#", "a b", "\0", "x" * 5000, "<script>alert(1)</script>"])
def test_what_is_no_hashtag_is_not_muted(client: Client, db: None, tag: str) -> None:
    page = page_of(client, "/mine/muted/add/", tag=tag)
    assert 'class="said-once is-error"' in page and "<script>alert" not in page and not MutedTag.objects.exists()


def test_too_many_muted(client: Client, token: str) -> None:
    MutedTag.objects.bulk_create(MutedTag(owner_token=token, tag=f"t{n}") for n in range(muting.MOST))
    assert "You have muted 500 hashtags already." in page_of(client, "/mine/muted/add/", tag="sea")


def test_all_forms_of_a_hashtag_are_muted(client: Client, token: str) -> None:
    meant = Hashtag.objects.create(key="newyork", display="NewYork")
    Hashtag.objects.create(key="nyc", display="NYC", alias_of=meant)
    MutedTag.objects.create(owner_token=token, tag="newyork")
    assert muting.muted(Visitor(None, token)) == {"newyork", "nyc"}


def test_muted_hashtags_are_on_no_page(client: Client, token: str, make_answered: MakeAnswered) -> None:
    upload = make_answered(owner_token=token)
    looks = {"/mine/": "<bdi>#sea</bdi>", f"/uploads/{upload.pk}/": 'value="sea"'}
    assert all(look in page_of(client, address) for address, look in looks.items())
    MutedTag.objects.create(owner_token=token, tag="sea")
    assert not any(look in page_of(client, address) for address, look in looks.items())


def test_tokens(client: Client, django_user_model: type[User]) -> None:
    ann = django_user_model.objects.create_user("ann")
    assert client.get("/mine/tokens/")["Location"] == "/account/log-in/?next=/mine/tokens/"
    client.force_login(ann)
    page = page_of(client, "/mine/tokens/", name="<b>robot</b>")
    text = page.split('<code class="secret">')[1].split("<")[0]
    assert api_tokens.user_of(text) == ann and "&lt;b&gt;robot" in page
    assert text not in page_of(client, "/mine/tokens/")
    row = ann.api_tokens.get()
    other = Client()
    other.force_login(django_user_model.objects.create_user("bob"))
    other.post(f"/mine/tokens/{row.pk}/revoke/")
    assert api_tokens.user_of(text) == ann
    assert "The token is revoked" in page_of(client, f"/mine/tokens/{row.pk}/revoke/", go="1")
    assert api_tokens.user_of(text) is None
    assert client.post("/mine/tokens/", {"name": " "}).status_code == 422


def test_too_often_in_a_minute(client: Client, db: None, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 2
    codes = [client.post("/mine/muted/add/", {"tag": f"t{n}"}).status_code for n in range(3)]
    assert codes == [302, 302, 429]


def test_other_people_see_and_change_nothing(client: Client, token: str, make_answered: MakeAnswered) -> None:
    upload = make_answered(owner_token=token)
    kept = TagSet.objects.create(owner_token=token, name="mine", tags=["sea"])
    muted = MutedTag.objects.create(owner_token=token, tag="sea")
    stranger = Client()
    stranger.force_login(User.objects.create_superuser("root"))
    for method, address in (
        ("post", f"/uploads/{upload.pk}/delete/"),
        ("get", f"/mine/sets/{kept.pk}/"),
        ("post", f"/mine/sets/{kept.pk}/"),
        ("post", f"/mine/sets/{kept.pk}/delete/"),
        ("post", f"/mine/muted/{muted.pk}/delete/"),
    ):
        assert getattr(stranger, method)(address).status_code == 404, address
    for address in ("/mine/", "/mine/sets/", "/mine/muted/"):
        page = page_of(stranger, address)
        assert str(upload.pk) not in page and "<bdi>mine</bdi>" not in page and "<bdi>#sea</bdi>" not in page


def test_only_posts_change_something(client: Client, token: str) -> None:
    kept = TagSet.objects.create(owner_token=token, name="mine", tags=["sea"])
    addresses = [
        "muted/add/",
        "sets/save/",
        f"sets/{kept.pk}/delete/",
        "photos/delete/",
        "data/delete/",
        "data/export/",
    ]
    for address in addresses:
        assert client.get(f"/mine/{address}").status_code == 405, address


def test_numbers_that_no_database_takes(client: Client, db: None) -> None:
    for address in ("/mine/sets/{}/", "/mine/muted/{}/delete/", "/mine/sets/{}/delete/"):
        assert client.post(address.format("9" * 30)).status_code == 404


def test_the_way_there_is_on_every_page(client: Client, django_user_model: type[User]) -> None:
    for address in ("/", "/contributions/", "/no/such/page/"):
        page = client.get(address).content.decode()
        assert 'href="/mine/"' in page and 'href="/account/log-in/"' in page, address
    client.force_login(django_user_model.objects.create_user("ann"))
    page = page_of(client, "/")
    assert 'href="/mine/"' in page and 'href="/account/log-in/"' not in page


def test_the_five_of_the_list_are_those_of_the_page(token: str, make_answered: MakeAnswered) -> None:
    upload = make_answered(owner_token=token)
    shown = answer_context(upload, PageSettings())["five"]
    assert [pick.tag for pick in history.fives_of([upload])[upload.pk]] == [proposal.tag for proposal in shown]
    assert len(history.fives_of([upload])[upload.pk]) <= FIVE
