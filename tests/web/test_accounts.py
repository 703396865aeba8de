"""Join, log in, log out: an account is optional, and what a browser has goes along."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from predictor.models import Contribution, MutedTag, TagSet, Upload
from predictor.people.account_forms import JoinForm
from tests.contributions import MakeAnswered
from tests.uploads import MakePhoto

PASSWORD = "three blue boats"
HOSTILE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "\0"]


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", password=PASSWORD)


def join(client: Client, **fields: str) -> tuple[int, str]:
    sent = {"username": "eva", "password1": PASSWORD, "password2": PASSWORD, **fields}
    answer = client.post("/account/join/", sent, follow=True)
    return answer.status_code, answer.content.decode()


def log_in(client: Client, name: str = "ann", password: str = PASSWORD, **fields: str) -> str:
    """Log in, and return where that leads."""
    answer = client.post("/account/log-in/", {"username": name, "password": password, **fields})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


@pytest.mark.django_db
def test_it_works(client: Client) -> None:
    assert "a lost password cannot be sent to you" in client.get("/account/join/").content.decode()
    status, page = join(client)
    assert status == 200 and "<bdi>eva</bdi>" in page and "Welcome." in page
    page = client.post("/account/log-out/", follow=True).content.decode()
    assert "You are logged out." in page and 'href="/account/log-in/"' in page
    assert log_in(client, "eva") == "/mine/"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"username": "ANN"}, "This name is taken."),
        ({"username": "<script>alert(1)</script>"}, "A name holds letters, digits"),
        ({"username": "\u202eevil"}, "A name holds letters, digits"),
        ({"username": ""}, "This field is required."),
        ({"username": "x" * 61}, "at most 60 characters"),
        ({"password2": "another"}, "didn’t match"),
        ({"password1": "eva", "password2": "eva"}, "too short"),
        ({"password1": "password", "password2": "password"}, "too common"),
    ],
)
def test_names_and_passwords_that_are_none(client: Client, ann: User, fields: dict[str, str], sentence: str) -> None:
    status, page = join(client, **fields)
    assert status == 422 and sentence in page and "<script>alert" not in page
    assert list(User.objects.all()) == [ann]


def test_names_of_every_script(client: Client, db: None) -> None:
    assert "<bdi>שלום</bdi>" in join(client, username="שלום")[1]


def test_what_a_browser_has_goes_along(
    client: Client, photo: MakePhoto, make_answered: MakeAnswered, ann: User
) -> None:
    for already in (MutedTag(tag="sea"), TagSet(name="old", tags=["sun"])):
        already.owner = ann
        already.save()
    address = client.post("/", {"photo": photo()})["Location"]
    upload = make_answered(owner_token=client.session["owner"])
    client.post(f"/uploads/{upload.pk}/contribute/", {"kept": ["sea"]})
    for tag in ("sea", "sun"):
        client.post("/mine/muted/add/", {"tag": tag})
    client.post("/mine/sets/save/", {"name": "new", "tags": "sea"})
    log_in(client)
    assert Upload.objects.filter(owner=ann).count() == 2 and not Upload.objects.expired().exists()
    assert Contribution.objects.get().owner == ann
    assert sorted(MutedTag.objects.filter(owner=ann).values_list("tag", flat=True)) == ["sea", "sun"]
    assert not MutedTag.objects.filter(owner=None).exists()
    assert [row.name for row in TagSet.objects.filter(owner=ann)] == ["new", "old"]
    elsewhere = Client()
    log_in(elsewhere)
    assert elsewhere.get(address).status_code == 200


def test_joining_takes_it_along_too(client: Client, photo: MakePhoto, db: None) -> None:
    client.post("/", {"photo": photo()})
    join(client)
    assert Upload.objects.get().owner == User.objects.get()


def test_so_does_the_admin(client: Client, photo: MakePhoto, admin_user: User) -> None:
    client.post("/", {"photo": photo()})
    answer = client.post("/admin/login/?next=/admin/", {"username": "admin", "password": "password"})
    assert answer["Location"] == "/admin/" and Upload.objects.get().owner == admin_user


def test_what_one_account_has_does_not_go_to_another(client: Client, photo: MakePhoto, ann: User) -> None:
    bob = User.objects.create_user("bob", password=PASSWORD)
    log_in(client)
    address = client.post("/", {"photo": photo()})["Location"]
    log_in(client, "bob")
    assert client.get(address).status_code == 404 and Upload.objects.get().owner == ann
    assert not Upload.objects.filter(owner=bob).exists()


def test_after_logging_out_nothing_is_left_in_the_browser(client: Client, photo: MakePhoto, ann: User) -> None:
    address = client.post("/", {"photo": photo()})["Location"]
    log_in(client)
    client.post("/account/log-out/")
    assert client.get(address).status_code == 404
    assert client.get("/account/log-out/").status_code == 405


def test_the_session_changes_its_key(client: Client, photo: MakePhoto, ann: User) -> None:
    client.post("/", {"photo": photo()})
    before = client.session.session_key
    log_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("target", HOSTILE)
def test_no_way_leads_to_another_site(client: Client, ann: User, target: str) -> None:
    assert log_in(client, next=target) == "/mine/"
    assert client.get("/account/log-in/", {"next": target})["Location"] == "/mine/"
    assert client.post("/mine/muted/add/", {"tag": "sea", "next": target})["Location"] == "/mine/muted/"


def test_back_to_where_one_came_from(client: Client, ann: User) -> None:
    page = client.get("/account/log-in/?next=/mine/sets/").content.decode()
    assert '<input type="hidden" name="next" value="/mine/sets/">' in page
    assert log_in(client, next="/mine/sets/") == "/mine/sets/"


@pytest.mark.parametrize("target", ["abc", "?x", "upload"])
def test_an_odd_way_back_breaks_nothing(client: Client, ann: User, target: str) -> None:
    assert log_in(client, next=target) == target
    assert client.post("/mine/muted/add/", {"tag": "sea", "next": target}).status_code == 302


def test_joining_twice_at_once(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    save = JoinForm.save

    def save_second(form: JoinForm) -> User:
        User.objects.create_user("eva")  # by the other request, after both have looked
        return save(form)

    monkeypatch.setattr(JoinForm, "save", save_second)
    status, page = join(client)
    assert status == 422 and "This name is taken." in page


def test_the_admin_and_a_new_password_keep_the_pace_too(client: Client, ann: User, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    client.force_login(ann)
    wrong = {"username": "ann", "password": "wrong"}
    answers = [client.post(address, wrong) for address in ("/admin/login/", "/admin/login/", "/account/password/")]
    assert [answer.status_code for answer in answers][1:] == [429, 429]


def test_behind_a_proxy_the_address_counts(client: Client, ann: User, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    client.post(
        "/account/log-in/", {"username": "ann", "password": "wrong"}, headers={"X-Forwarded-For": "198.51.100.7"}
    )
    assert AccessAttempt.objects.get().ip_address == "198.51.100.7"


def test_a_wrong_login_does_not_say_whether_there_is_such_a_name(client: Client, ann: User) -> None:
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    tries = [("ann", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD)]
    pages = []
    for name, password in tries:
        answer = client.post("/account/log-in/", {"username": name, "password": password})
        assert answer.status_code == 422
        page = answer.content.decode().replace(f'value="{name}"', "")
        pages.append(page[page.index("<form") :].split("csrfmiddlewaretoken")[1][100:])
    assert pages[0] == pages[1] == pages[2] and "There is no account with this name and password." in pages[0]


def test_too_many_wrong_passwords(client: Client, ann: User, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    sent = {"username": "ann", "password": "wrong"}
    pages = [client.post("/account/log-in/", sent) for _ in range(4)]
    assert [page.status_code for page in pages] == [422, 422, 429, 429]
    assert "too many wrong passwords" in pages[-1].content.decode()
    assert client.post("/account/log-in/", {**sent, "password": PASSWORD}).status_code == 429


def test_too_many_in_a_minute(client: Client, ann: User, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 2
    answers = [client.post("/account/log-in/", {"username": f"n{n}", "password": "wrong"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [422, 422, 429]


def test_another_password(client: Client, ann: User) -> None:
    elsewhere = Client()
    for one in (client, elsewhere):
        log_in(one)
    fields = {"old_password": PASSWORD, "new_password1": "four red kites", "new_password2": "four red kites"}
    wrong = client.post("/account/password/", {**fields, "old_password": "wrong"})
    assert wrong.status_code == 422
    assert "Your password is changed." in client.post("/account/password/", fields, follow=True).content.decode()
    assert client.get("/account/password/").status_code == 200
    assert elsewhere.get("/account/password/")["Location"].startswith("/account/log-in/")
    assert log_in(Client(), password="four red kites") == "/mine/"


def test_a_form_without_its_cookie(ann: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/account/log-in/", {"username": "ann", "password": PASSWORD})
    assert answer.status_code == 403 and "Allow cookies" in answer.content.decode()
