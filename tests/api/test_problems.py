"""Refusals of whatever part of the site, as problem+json where a program asked."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from predictor.api import uploads
from tests.contributions import MakeAnswered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/api/v1/nowhere", "/api/v1/", "/api/v2/uploads", "/api/v1/uploads/7"])
def test_it_works(client: Client, address: str) -> None:
    assert_problem(client.get(address), 404)


def test_pages_have_pages(client: Client) -> None:
    assert "text/html" in client.get("/nowhere")["Content-Type"]


def test_a_method_that_is_not_taken(program: Client) -> None:
    answer = program.put("/api/v1/uploads")
    assert_problem(answer, 405)
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_a_body_that_is_too_large(program: Client) -> None:
    answer = program.post(
        "/api/v1/uploads", b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="99999999"
    )
    assert "20 MB" in assert_problem(answer, 413)["detail"]


def test_a_body_of_unknown_length(program: Client) -> None:
    answer = program.generic("POST", "/api/v1/uploads", b"", headers={"Transfer-Encoding": "chunked"})
    assert_problem(answer, 411)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"kept": [' + b"9" * 5000 + b"]}"])
def test_a_body_that_cannot_be_read(program: Client, ann: User, make_answered: MakeAnswered, body: bytes) -> None:
    upload = make_answered(ann)
    answer = program.post(f"/api/v1/uploads/{upload.pk}/contribution", body, content_type="application/json")
    assert_problem(answer, 400)


def test_a_text_that_is_too_large(program: Client, ann: User, make_answered: MakeAnswered) -> None:
    upload = make_answered(ann)
    body = b'{"added": ["' + b"x" * 2_000_000 + b'"]}'
    answer = program.post(f"/api/v1/uploads/{upload.pk}/contribution", body, content_type="application/json")
    assert_problem(answer, 413)


def test_a_broken_form(program: Client) -> None:
    answer = program.post("/api/v1/uploads", b"--x\r\ncut off", content_type="multipart/form-data; boundary=x")
    assert_problem(answer, 400)


def test_a_host_that_is_not_served(program: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    assert_problem(program.get("/api/v1/models", headers={"Host": "elsewhere.example"}), 400)


def test_a_database_that_does_not_answer(program: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def lock(request: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(uploads, "_mine", lock)
    answer = program.get("/api/v1/uploads")
    assert "locked" not in str(assert_problem(answer, 503))
    assert answer["Retry-After"] == "10"


def test_a_fault_of_the_site(program: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def break_down(request: object) -> None:
        raise ValueError("a secret")

    monkeypatch.setattr(uploads, "_mine", break_down)
    program.raise_request_exception = False
    for settings.DEBUG in (False, True):
        answer = program.get("/api/v1/uploads")
        assert "secret" not in str(assert_problem(answer, 500))


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()
    assert body["status"] == status and body["type"] == "about:blank" and body["title"]
    assert body["detail"].endswith(".")
    return body
