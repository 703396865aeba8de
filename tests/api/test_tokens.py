"""Tokens: what they allow, how they are kept, and how they end."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from predictor.models import ApiToken
from predictor.people import api_tokens
from predictor.people.api_tokens import TokenError


def test_it_works(ann: User) -> None:
    row, text = api_tokens.make(ann, " my phone\0 ")
    assert (row.name, row.start, row.used) == ("my phone", text[:8], None)
    assert text.startswith("t4p_") and len(text) > 40
    assert text not in str(ApiToken.objects.values().get())
    assert api_tokens.user_of(text) == ann


def test_use_is_noted_once_an_hour(ann: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    row, text = api_tokens.make(ann, "busy")
    api_tokens.user_of(text)
    row.refresh_from_db()
    assert row.used is not None and (row.used.minute, row.used.second) == (0, 0)
    with django_assert_num_queries(1):
        api_tokens.user_of(text)


def test_revoked(ann: User) -> None:
    row, text = api_tokens.make(ann, "old")
    assert not api_tokens.revoke(User.objects.create_user("eve"), row.pk)
    assert api_tokens.revoke(ann, row.pk)
    assert api_tokens.user_of(text) is None
    assert not api_tokens.revoke(ann, row.pk)


def test_of_an_account_that_was_switched_off(ann: User) -> None:
    text = api_tokens.make(ann, "late")[1]
    User.objects.update(is_active=False)
    assert api_tokens.user_of(text) is None


def test_without_a_name(ann: User) -> None:
    with pytest.raises(TokenError, match="what the token is for"):
        api_tokens.make(ann, " \n")


def test_too_many(ann: User) -> None:
    for number in range(api_tokens.MOST):
        api_tokens.make(ann, str(number))
    with pytest.raises(TokenError, match="revoke one"):
        api_tokens.make(ann, "one more")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer t4p_wrong", "Basic YW5uOmFubg==", "Bearer t4p_\u00e9", "t4p_x"]
)
def test_no_request_passes_without(client: Client, ann: User, header: str) -> None:
    client.force_login(ann)  # a cookie counts for nothing
    answer = client.get("/api/v1/uploads", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert "http://testserver/mine/tokens/" in answer.json()["detail"]
