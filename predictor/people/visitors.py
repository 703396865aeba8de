"""Whose a photo, a contribution or a set of hashtags is: an account's, a browser session's, or both."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest

SESSION_KEY = "owner"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who uses the site, by page, program or chat."""

    user: User | None = None
    token: str = ""  # the secret that ties rows to a browser session or a chat; empty where there is none

    def owns(self) -> Q:
        """Return what holds for the rows that belong to this visitor, and for no others."""
        mine = Q(pk=None)
        if self.token:
            mine |= Q(owner_token=self.token)
        if self.user is not None:
            mine |= Q(owner=self.user)
        return mine


def of(request: HttpRequest) -> Visitor:
    """Return who sent a request."""
    user = request.user if isinstance(request.user, User) else None
    return Visitor(user, str(request.session.get(SESSION_KEY, "")))


def started(request: HttpRequest) -> Visitor:
    """Return who sent a request, with a session to keep their things by; it is begun where there was none."""
    request.session.setdefault(SESSION_KEY, uuid.uuid4().hex)
    return of(request)
