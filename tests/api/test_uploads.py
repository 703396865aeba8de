"""Photos by API: sent, answered, looked at, deleted, and each refusal."""

import shutil
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from corpus.models import Hashtag
from predictor.models import Suggestion, Upload
from predictor.people import muting
from predictor.people.visitors import Visitor
from tests.contributions import MakeAnswered
from tests.uploads import MakePhoto

UPLOADS = "/api/v1/uploads"


def test_it_works(
    program: Client,
    ann: User,
    photo: MakePhoto,
    enqueued: list[uuid.UUID],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = program.post(UPLOADS, {"photo": photo("My cat.jpg")})

    upload = Upload.objects.get()
    told = answer.json()
    assert (answer.status_code, answer["Location"], answer["Retry-After"]) == (202, f"{UPLOADS}/{upload.pk}", "1")
    assert (told["id"], told["state"], told["name"], told["width"]) == (str(upload.pk), "new", "My cat.jpg", 64)
    assert told["answer"] is None
    assert (upload.owner, upload.owner_token) == (ann, "")
    assert enqueued == [upload.pk]
    assert "sessionid" not in answer.cookies
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]


def test_an_answer(program: Client, ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    Hashtag.objects.filter(key="sand").update(display="Sand", status=Hashtag.Status.SPAM)
    told = program.get(f"{UPLOADS}/{upload.pk}").json()
    als, w2v = told["answer"]["rankings"]
    assert (als["kind"], w2v["kind"]) == ("als", "w2v")
    assert Upload.objects.get(pk=upload.pk).named  # no vote on it is blind any more
    assert [item["tag"] for item in als["hashtags"]] == ["sea", "sun", "beach"]
    assert {key: w2v["hashtags"][1][key] for key in ("tag", "display", "score", "tier", "status", "evidence")} == {
        "tag": "sand", "display": "Sand", "score": 0.5, "tier": "", "status": "spam", "evidence": [],
    }  # fmt: skip
    assert {item["tag"] for item in told["answer"]["blend"]} == {"sea", "sun", "beach", "sand", "boat"}
    five = told["answer"]["five"]
    assert [pick["tag"] for pick in five][0] == "sea" and "sand" not in {pick["tag"] for pick in five}
    assert all(pick["why"].endswith(".") for pick in five)


def test_evidence(program: Client, ann: User, answered: Upload) -> None:
    Upload.objects.update(owner=ann)
    als, w2v = program.get(f"{UPLOADS}/{answered.pk}").json()["answer"]["rankings"]
    assert als["hashtags"][0]["evidence"] == [
        {"kind": "post", "hashtags": ["Cat", "Kitten"], "similarity": 0.91, "share": 0.25}
    ]
    assert w2v["hashtags"][0]["evidence"][0]["kind"] == "hashtag"
    assert w2v["hashtags"][0]["evidence"][0]["hashtags"] == ["kitten"]


def test_how_an_answer_is_wanted(program: Client, ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    Suggestion.objects.exclude(tag="beach").update(usual=0.9)
    told = program.get(f"{UPLOADS}/{upload.pk}", {"top": 1, "specific": 1}).json()["answer"]
    assert [item["tag"] for item in told["rankings"][0]["hashtags"]] == ["beach"]
    assert [item["tag"] for item in told["blend"]] == ["beach"]


def test_muted_hashtags_are_not_suggested(program: Client, ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    muting.mute(Visitor(ann), "#sea")
    told = program.get(f"{UPLOADS}/{upload.pk}").json()["answer"]
    shown = [*told["blend"], *told["five"], *(item for ranking in told["rankings"] for item in ranking["hashtags"])]
    assert shown and "sea" not in {item["tag"] for item in shown}


def test_queries_do_not_grow(
    program: Client, ann: User, answered: Upload, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Upload.objects.update(owner=ann)
    with django_assert_max_num_queries(10):
        program.get(f"{UPLOADS}/{answered.pk}", {"top": 100})


def test_the_same_photo_again(
    program: Client, ann: User, make_answered: MakeAnswered, photo: MakePhoto, home: Any
) -> None:
    first = program.post(UPLOADS, {"photo": photo()}).json()
    again = program.post(UPLOADS, {"photo": photo()})
    assert (again.status_code, again.json()["id"]) == (202, first["id"])


def test_the_list(program: Client, ann: User, stranger: Client, photo: MakePhoto) -> None:
    for colour in ("red", "green", "blue"):
        program.post(UPLOADS, {"photo": photo(f"{colour}.jpg", colour)})
    told = program.get(UPLOADS, {"limit": 2}).json()
    assert (told["count"], [item["name"] for item in told["items"]]) == (3, ["blue.jpg", "green.jpg"])
    assert [item["name"] for item in program.get(UPLOADS, {"offset": 2}).json()["items"]] == ["red.jpg"]
    assert stranger.get(UPLOADS).json() == {"count": 0, "items": []}


def test_the_photo(program: Client, ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    answer = program.get(program.get(f"{UPLOADS}/{upload.pk}").json()["photo"])
    assert answer["Content-Type"] == "image/jpeg"
    assert b"".join(answer.streaming_content) == upload.display_path.read_bytes()  # type: ignore[attr-defined]
    upload.display_path.unlink()
    assert program.get(f"{UPLOADS}/{upload.pk}/photo").status_code == 404


def test_deleted(program: Client, ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    assert program.delete(f"{UPLOADS}/{upload.pk}").status_code == 204
    assert not Upload.objects.exists() and not upload.display_path.exists()
    assert program.get(f"{UPLOADS}/{upload.pk}").status_code == 404


@pytest.mark.parametrize(
    ("method", "address"), [("get", ""), ("get", "/photo"), ("delete", ""), ("post", "/contribution")]
)
def test_another_account_sees_nothing(
    stranger: Client, ann: User, make_answered: MakeAnswered, method: str, address: str
) -> None:
    upload = make_answered(ann)
    answer = getattr(stranger, method)(f"{UPLOADS}/{upload.pk}{address}", {}, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert Upload.objects.exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"Dear diary, today I saw a cat.", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", 415),
        (b"", 400),
    ],
)
def test_not_a_photo(program: Client, content: bytes, status: int) -> None:
    answer = program.post(UPLOADS, {"photo": SimpleUploadedFile("cat.jpg", content, "image/jpeg")})
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["detail"].endswith(".")
    assert not Upload.objects.exists()


def test_no_photo(program: Client) -> None:
    answer = program.post(UPLOADS, {"picture": "cat"})
    assert (answer.status_code, answer.json()["detail"][:16]) == (400, "No photo arrived")


def test_too_many_in_a_minute(program: Client, ann: User, photo: MakePhoto, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 2
    sent = [
        program.post(UPLOADS, {"photo": photo(colour=colour)}, REMOTE_ADDR=f"192.0.2.{place}")
        for place, colour in enumerate(("red", "green", "blue"))
    ]
    assert [answer.status_code for answer in sent] == [202, 202, 429]
    assert (sent[2]["Retry-After"], sent[2].json()["title"]) == ("60", "Too Many Requests")


def test_a_full_disk(program: Client, photo: MakePhoto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
    answer = program.post(UPLOADS, {"photo": photo()})
    assert (answer.status_code, answer["Retry-After"]) == (507, "600")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_long_queue(program: Client, ann: User, photo: MakePhoto, settings: Settings) -> None:
    settings.WAITING_LIMIT = 0
    Upload.objects.create(owner=ann, sha256="c" * 64)
    answer = program.post(UPLOADS, {"photo": photo()})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
