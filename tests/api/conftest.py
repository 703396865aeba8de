"""Programs that use the API: one of ann's, and one of somebody else's."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from predictor.people import api_tokens


@pytest.fixture
def program(ann: User) -> Client:
    """A program that shows a token of ann's."""
    return program_of(ann)


@pytest.fixture
def stranger(db: None) -> Client:
    """A program that shows somebody else's token."""
    return program_of(User.objects.create_user("eve"))


def program_of(user: User) -> Client:
    return Client(headers={"Authorization": f"Bearer {api_tokens.make(user, 'test')[1]}"})
