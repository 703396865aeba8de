"""Going away: one photo, all photos, or everything; no row, no file and no session stays."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from corpus import curation
from corpus.models import Post
from predictor import receiving, sweeper
from predictor.models import Contribution, Copying, MutedTag, Suggestion, TagSet, Upload, Vote, owned_tables
from predictor.people import api_tokens, deleting
from predictor.people.visitors import Visitor
from tests.contributions import MakeAnswered
from tests.uploads import MakePhoto, MakeUpload

PASSWORD = "three blue boats"


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", password=PASSWORD)


def files(home: Path) -> list[Path]:
    return [file for file in (home / "media").rglob("*") if file.is_file()]


def fill(client: Client, upload: Upload) -> None:
    """Give a visitor one of everything."""
    client.post(f"/uploads/{upload.pk}/contribute/", {"kept": ["sea"], "added": "düne"})
    client.post("/mine/sets/save/", {"name": "mine", "tags": "sea"})
    client.post("/mine/muted/add/", {"tag": "sun"})
    left, right = (row.version for row in upload.suggestions.filter(rank=1))
    holder = {"owner": upload.owner} if upload.owner else {"owner_token": upload.owner_token}
    Vote.objects.create(upload=upload, left=left, right=right, verdict="both", **holder)


def test_it_works(client: Client, ann: User, make_answered: MakeAnswered, home: Path) -> None:
    client.post("/account/log-in/", {"username": "ann", "password": PASSWORD})
    elsewhere = Client()
    elsewhere.force_login(ann)
    upload = make_answered(ann)
    fill(client, upload)
    token = api_tokens.make(ann, "robot")[1]
    page = client.post("/mine/data/delete/", {"password": PASSWORD}).content.decode()
    assert "Everything is deleted" in page and "#sea" in page and "#düne" in page
    assert "No version had learned from it." in page and 'href="/account/log-in/"' in page
    assert not User.objects.exists() and not Upload.objects.exists() and not Suggestion.objects.exists()
    for table in set(owned_tables()) - {Vote}:
        assert not table._default_manager.exists(), table
    vote = Vote.objects.get()
    assert (vote.owner, vote.owner_token, vote.upload) == (None, "", None)
    assert files(home) == [] and api_tokens.user_of(token) is None
    assert not AccessLog.objects.exists()
    assert not any("_auth_user_id" in session.get_decoded() for session in Session.objects.all())
    assert elsewhere.get("/account/password/").status_code == 302
    assert client.get(f"/uploads/{upload.pk}/").status_code == 404


def test_without_an_account(client: Client, make_answered: MakeAnswered, home: Path) -> None:
    session = client.session
    session["owner"] = uuid.uuid4().hex
    session.save()
    fill(client, make_answered(owner_token=session["owner"]))
    for wrong in ("", "no", PASSWORD):
        answer = client.post("/mine/data/delete/", {"word": wrong})
        assert answer.status_code == 422 and "Nothing was deleted" in answer.content.decode()
    assert Upload.objects.exists() and TagSet.objects.exists()
    assert "Everything is deleted" in client.post("/mine/data/delete/", {"word": " Delete "}).content.decode()
    for table in set(owned_tables()) - {Vote}:
        assert not table._default_manager.exists(), table
    assert files(home) == [] and "owner" not in client.session


def test_only_what_is_ones_own(client: Client, ann: User, make_answered: MakeAnswered) -> None:
    bob = User.objects.create_user("bob", password=PASSWORD)
    kept = make_answered(bob)
    MutedTag.objects.create(owner=bob, tag="sea")
    MutedTag.objects.create(owner_token="x", tag="sea")
    client.force_login(ann)
    client.post("/mine/data/delete/", {"password": PASSWORD})
    assert list(User.objects.all()) == [bob] and list(Upload.objects.all()) == [kept]
    assert kept.display_path.is_file() and MutedTag.objects.count() == 2


def test_a_wrong_password_deletes_nothing_and_counts_as_tried(client: Client, ann: User) -> None:
    client.force_login(ann)
    answer = client.post("/mine/data/delete/", {"password": "wrong"})
    assert answer.status_code == 422 and "that was not your password" in answer.content.decode()
    assert User.objects.exists() and AccessAttempt.objects.get().failures_since_start == 1
    assert "wrong" not in AccessAttempt.objects.get().post_data


def test_an_approved_contribution_leaves_the_corpus(client: Client, ann: User, make_answered: MakeAnswered) -> None:
    """Its number stays, so that it is known which versions had learned from it; nothing else of it does."""
    ann.groups.add(Group.objects.get(name="trusted"))
    client.force_login(ann)
    fill(client, make_answered(ann))
    given = Contribution.objects.get()
    number = given.post_number
    LogEntry.objects.create(
        user=User.objects.create(username="mod"),
        content_type=ContentType.objects.get_for_model(Contribution),
        object_id=str(given.pk),
        object_repr=str(given),
        action_flag=CHANGE,
        change_message=f"Approved with {given}.",
    )
    assert number is not None and Post.objects.filter(pk=number).exists()
    client.post("/mine/data/delete/", {"password": PASSWORD})
    row = Contribution.objects.get()
    assert not Post.objects.exists() and row.state == "withdrawn" and row.post_number == number
    assert (row.owner, row.owner_token, row.tags, row.dropped, row.unseen) == (None, "", [], [], None)
    assert not LogEntry.objects.filter(Q(object_repr__contains="#") | Q(change_message__contains="#")).exists()


def test_the_last_superuser_stays(client: Client, db: None) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    client.force_login(root)
    answer = client.post("/mine/data/delete/", {"password": PASSWORD})
    assert answer.status_code == 422 and "the only account that can run the site" in answer.content.decode()
    second = User.objects.create_superuser("second", is_active=False)
    assert client.post("/mine/data/delete/", {"password": PASSWORD}).status_code == 422
    User.objects.filter(pk=second.pk).update(is_active=True)
    assert client.post("/mine/data/delete/", {"password": PASSWORD}).status_code == 200
    assert list(User.objects.all()) == [second]


def test_a_curator_who_decided_stays_without_a_name(client: Client, curator: User, posts: list[Post]) -> None:
    curation.set_status(Post.objects.all(), Post.Status.REJECTED, curator)
    decided = LogEntry.objects.count()
    curator.set_password(PASSWORD)
    curator.save()
    client.force_login(curator)
    assert client.post("/mine/data/delete/", {"password": PASSWORD}).status_code == 200
    curator.refresh_from_db()
    assert curator.username == f"deleted-{curator.pk}" and not curator.has_usable_password()
    assert not (curator.is_active or curator.is_staff or curator.groups.exists())
    assert LogEntry.objects.count() == decided


def test_the_admin_deletes_files_too(admin_client: Client, ann: User, make_answered: MakeAnswered, home: Path) -> None:
    make_answered(ann)
    MutedTag.objects.create(owner=ann, tag="sea")
    address = f"/admin/auth/user/{ann.pk}/delete/"
    assert "ann, with 1 photos and all else of theirs" in admin_client.get(address).content.decode()
    assert admin_client.post(address, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=ann.pk).exists() and files(home) == [] and not MutedTag.objects.exists()


def test_the_admin_keeps_the_last_superuser(admin_client: Client, admin_user: User) -> None:
    assert admin_client.post(f"/admin/auth/user/{admin_user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=admin_user.pk).exists()


def test_one_photo(client: Client, answered: Upload, home: Path) -> None:
    Copying.objects.create(upload=answered, tags=["sea"])
    page = client.get(f"/uploads/{answered.pk}/").content.decode()
    assert f'action="/uploads/{answered.pk}/delete/"' in page and "Kept until" in page
    answer = client.post(f"/uploads/{answered.pk}/delete/", follow=True)
    assert "The photo is deleted" in answer.content.decode()
    assert not Upload.objects.exists() and not Suggestion.objects.exists() and files(home) == []
    assert Copying.objects.get().upload is None
    assert client.post(f"/uploads/{answered.pk}/delete/").status_code == 404  # in another tab
    assert client.get(f"/uploads/{answered.pk}/").status_code == 404


def test_one_photo_of_an_account(client: Client, ann: User, make_answered: MakeAnswered) -> None:
    client.force_login(ann)
    upload = make_answered(ann)
    assert "Kept until you delete it" in client.get(f"/uploads/{upload.pk}/").content.decode()
    assert client.post(f"/uploads/{upload.pk}/delete/", {"next": "/"})["Location"] == "/"


def test_all_photos(client: Client, my_upload: MakeUpload, photo: MakePhoto, home: Path) -> None:
    client.post("/", {"photo": photo()})
    for _ in range(3):
        my_upload(Upload.State.FAILED)
    assert "4 photos go at once" in client.get("/mine/").content.decode()
    assert "All your photos are deleted" in client.post("/mine/photos/delete/", follow=True).content.decode()
    assert not Upload.objects.exists() and files(home) == []


def test_a_photo_that_was_answered_meanwhile(my_upload: MakeUpload, home: Path) -> None:
    """What the caller knows of a row may be old: the copy that a worker has just made goes too."""
    upload = my_upload(Upload.State.WORKING)
    place = home / "media" / upload.display_name
    place.parent.mkdir(parents=True)
    place.write_bytes(b"copy")
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.DONE, display=upload.display_name)
    receiving.discard(upload)
    receiving.discard(upload)
    assert files(home) == []


def test_what_broke_off_is_finished_the_second_time(
    ann: User, make_answered: MakeAnswered, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    make_answered(ann)

    def broken(user: User) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(deleting, "_delete_account", broken)
        with pytest.raises(RuntimeError):
            deleting.delete_everything(Visitor(ann))
    deleting.delete_everything(Visitor(ann))
    assert not User.objects.exists() and files(home) == []


def test_what_nobody_can_come_back_to_is_forgotten(ann: User, answered: Upload) -> None:
    long_ago = timezone.now() - timedelta(days=2 * 365 + 1)
    left, right = (row.version for row in answered.suggestions.filter(rank=1))
    vote = Vote.objects.create(owner_token="lost", left=left, right=right, verdict="both")
    Vote.objects.update(created=long_ago)
    for holder in ({"owner": ann}, {"owner_token": "lost"}):
        TagSet.objects.create(name="old", tags=["sea"], **holder)
        MutedTag.objects.create(tag="sea", **holder)
    for table in (TagSet, MutedTag):
        table.objects.update(created=long_ago)
    MutedTag.objects.create(owner_token="lost", tag="sun")
    sweeper.clean()
    vote.refresh_from_db()
    assert vote.owner_token == "" and TagSet.objects.get().owner == ann
    assert [str(row) for row in MutedTag.objects.order_by("pk")] == ["#sea", "#sun"]
