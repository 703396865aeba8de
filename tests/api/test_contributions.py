"""Contributions by API: given, listed, withdrawn, and each refusal."""

import shutil
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from predictor.contributions import contributing
from predictor.models import Contribution
from tests.contributions import Give, MakeAnswered

CONTRIBUTIONS = "/api/v1/contributions"


def give_by(program: Client, upload: uuid.UUID, **opinion: Any) -> Any:
    return program.post(f"/api/v1/uploads/{upload}/contribution", opinion, content_type="application/json")


def test_it_works(program: Client, ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    answer = give_by(program, upload.pk, kept=["sea"], dropped=["sun"], added=["#Harbour"], may_be_shown=True)
    row = Contribution.objects.get()
    told = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"{CONTRIBUTIONS}/{row.pk}")
    assert (told["kept"], told["dropped"], told["added"]) == (["sea"], ["sun"], ["harbour"])
    assert (told["state"], told["upload"], told["receipt"]) == ("waiting", str(upload.pk), None)
    assert (row.owner, row.may_be_shown) == (ann, True)
    assert program.get(answer["Location"]).json() == told


def test_the_list(program: Client, stranger: Client, ann: User, give: Give) -> None:
    give(ann)
    newest = give(ann)
    told = program.get(CONTRIBUTIONS, {"limit": 1}).json()
    assert (told["count"], [item["id"] for item in told["items"]]) == (2, [str(newest.pk)])
    assert stranger.get(CONTRIBUTIONS).json()["count"] == 0


def test_withdrawn(program: Client, ann: User, give: Give, moderator: User) -> None:
    row = contributing.approve(give(ann), moderator)
    for _ in range(2):  # the second time changes nothing
        told = program.delete(f"{CONTRIBUTIONS}/{row.pk}").json()
        assert told["state"] == "withdrawn"
        assert told["receipt"] == {"hashtags": ["sea"], "learned": [], "serving": [], "free_since": None}
    row.refresh_from_db()
    assert row.post is None


@pytest.mark.parametrize("method", ["get", "delete"])
def test_another_account_sees_nothing(stranger: Client, ann: User, give: Give, method: str) -> None:
    row = give(ann)
    assert getattr(stranger, method)(f"{CONTRIBUTIONS}/{row.pk}").status_code == 404
    row.refresh_from_db()
    assert row.state == Contribution.State.WAITING


@pytest.mark.parametrize(
    ("opinion", "sentence"),
    [
        ({}, "at least one hashtag"),
        ({"added": ["two words"]}, "two words"),
        ({"added": ["\0"]}, ""),
        ({"added": [f"tag{number}" for number in range(31)]}, "at most 30"),
        ({"added": "harbour"}, "body"),
        ({"kept": [1]}, "body"),
        ({"kept": ["sea"], "may_be_shown": 1}, "may_be_shown"),
        ({"kept": ["sea"] * 201}, "200"),
    ],
)
def test_not_an_opinion(
    program: Client, ann: User, make_answered: MakeAnswered, opinion: dict[str, Any], sentence: str
) -> None:
    answer = give_by(program, make_answered(ann).pk, **opinion)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert sentence in answer.json()["detail"]
    assert not Contribution.objects.exists()


def test_a_second_one_on_the_same_photo(program: Client, ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    give_by(program, upload.pk, kept=["sea"])
    answer = give_by(program, upload.pk, kept=["sun"])
    assert (answer.status_code, Contribution.objects.count()) == (422, 1)
    assert "Withdraw that first" in answer.json()["detail"]


def test_too_many_in_a_minute(program: Client, ann: User, make_answered: MakeAnswered, settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    codes = [give_by(program, make_answered(ann, seed).pk, kept=["sea"]).status_code for seed in (1, 2)]
    assert codes == [201, 429]


def test_a_full_disk(program: Client, ann: User, make_answered: MakeAnswered, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = make_answered(ann)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
    assert give_by(program, upload.pk, kept=["sea"]).status_code == 507
