"""Who asks: a program shows its account's token in the Authorization header. Cookies count for nothing here."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from ninja.security import HttpBearer

from predictor.people import api_tokens
from predictor.people.visitors import Visitor


class Token(HttpBearer):
    """A token of the account page, as `Authorization: Bearer t4p_...`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        return api_tokens.user_of(token)


def visitor(request: HttpRequest) -> Visitor:
    """Return for whom a program asks."""
    return Visitor(user_of(request))


def user_of(request: HttpRequest) -> User:
    user = request.auth  # type: ignore[attr-defined]
    assert isinstance(user, User)  # the operation takes a token
    return user
