"""A copy of everything: all that is stored of a person, with the photos, and nothing of anybody else."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from predictor import copying
from predictor.models import Contribution, ModelVersion, MutedTag, TagSet, Upload, Vote, owned_tables
from predictor.people import api_tokens, exporting
from predictor.people.visitors import Visitor
from tests.contributions import MakeAnswered

PASSWORD = "three blue boats"
Files = dict[str, Any]


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann", password=PASSWORD)


@pytest.fixture
def fill(make_answered: MakeAnswered) -> Callable[[User], Upload]:
    """Return a giver of one of everything."""

    def make(person: User) -> Upload:
        upload = make_answered(person, sent_name="día \u202e<b>.jpg", owner_token=f"secret of {person}")
        for row in (MutedTag(tag=f"{person}mutes"), TagSet(name=f"{person}'s", tags=["été"])):
            row.owner = person
            row.save()
        left, right = (row.version for row in upload.suggestions.filter(rank=1))
        Vote.objects.create(owner=person, upload=upload, left=left, right=right, verdict="both")
        api_tokens.make(person, f"{person}'s robot")
        copying.note(upload, "#sea")
        return upload

    return make


def export(client: Client) -> Files:
    """Ask for the zip file, and return what is in it."""
    answer = client.post("/mine/data/export/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="tag4pic-{timezone.localdate()}.zip"'
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert archive.testzip() is None
    return {
        name: json.loads(archive.read(name)) if name.endswith(".json") else archive.read(name)
        for name in archive.namelist()
    }


def test_it_works(client: Client, ann: User, fill: Callable[[User], Upload]) -> None:
    upload = fill(ann)
    client.post("/account/log-in/", {"username": "ann", "password": PASSWORD})
    client.post(f"/uploads/{upload.pk}/contribute/", {"kept": ["sea"], "added": "düne"})
    files = export(client)
    assert files["account.json"]["username"] == "ann"
    (photo,) = files["uploads.json"]
    assert photo["sent_name"] == "día \u202e<b>.jpg" and photo["copied"] == ["sea"]
    assert photo["suggestions"][0] == {
        "version": f"als:{ModelVersion.objects.get(kind='als').pk}",
        "rank": 1,
        "tag": "sea",
        "score": 1.0,
    }
    assert files[f"media/{photo['display']}"] == upload.display_path.read_bytes()
    (given,) = files["contributions.json"]
    assert (given["kept"], given["added"]) == (["sea"], ["düne"])
    assert files[f"media/{given['image']}"] == Contribution.objects.get().image_path.read_bytes()
    assert files["tag-sets.json"][0]["tags"] == ["été"] and files["muted-tags.json"][0]["tag"] == "annmutes"
    assert files["votes.json"][0]["verdict"] == "both" and files["tokens.json"][0]["name"] == "ann's robot"
    assert files["log-ins.json"][0]["ip_address"] == "127.0.0.1"


def test_no_table_is_forgotten(client: Client, ann: User) -> None:
    client.force_login(ann)
    names = {name for name in export(client) if name.endswith(".json")}
    lists = {f"{str(table._meta.verbose_name_plural).replace(' ', '-')}.json" for table in owned_tables()}
    assert lists | {"account.json", "tokens.json", "log-ins.json", "failed-log-ins.json"} == names
    assert {Upload, Contribution, Vote, TagSet, MutedTag} <= set(owned_tables())


def test_in_russian_the_files_are_called_the_same(client: Client, answered: Upload) -> None:
    client.cookies["django_language"] = "ru"
    files = export(client)
    assert [row["id"] for row in files["uploads.json"]] == [str(answered.pk)] and "tag-sets.json" in files
    assert "Здесь всё" in files["README.txt"].decode()


def test_nothing_of_others_and_no_secrets(client: Client, ann: User, fill: Callable[[User], Upload]) -> None:
    bob = User.objects.create_user("bob")
    fill(ann), fill(bob)
    client.force_login(ann)
    said = json.dumps({name: str(content) for name, content in export(client).items()})
    assert "bob" not in said and "secret of" not in said and ann.password not in said
    assert ann.api_tokens.get().digest not in said


def test_without_an_account(client: Client, answered: Upload) -> None:
    files = export(client)
    assert [row["id"] for row in files["uploads.json"]] == [str(answered.pk)]
    assert "account.json" not in files and files["votes.json"] == []


def test_a_stranger_gets_an_empty_one(answered: Upload) -> None:
    files = export(Client())
    assert files["uploads.json"] == [] and not any(name.startswith("media/") for name in files)


def test_a_photo_that_is_gone(client: Client, answered: Upload) -> None:
    answered.display_path.unlink()
    assert [row["id"] for row in export(client)["uploads.json"]] == [str(answered.pk)]


def test_a_full_disk(client: Client, answered: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    answer = client.post("/mine/data/export/")
    assert answer.status_code == 507 and "no room" in answer.content.decode()


def test_too_often_in_a_minute(client: Client, db: None, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    assert [client.post("/mine/data/export/").status_code for _ in range(2)] == [200, 429]


def test_many_photos_take_little_memory(ann: User, make_answered: MakeAnswered, home: Path) -> None:
    """The archive grows on disk: what is in memory at once does not grow with it."""
    import tracemalloc

    upload = make_answered(ann)
    upload.display_path.write_bytes(b"x" * 30_000_000)
    with (home / "copy.zip").open("w+b") as file:
        tracemalloc.start()
        exporting.write(Visitor(ann), file)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000 < 30_000_000 < (home / "copy.zip").stat().st_size
