"""Two people who decide on contributions at once. SQLite lets one write at a time; PostgreSQL does not."""

import pytest
from django.contrib.auth.models import User
from django.db import connection

from predictor.contributions import contributing
from predictor.models import Contribution
from tests.contributions import Give
from tests.corpus.test_at_once import ROUNDS, both
from tests.predictor.test_contribute import tags_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="DATABASE_URL names no PostgreSQL"),
]


def held_by(giver: User, give: Give, *words: str) -> tuple[Contribution, Contribution]:
    """Return two approved contributions that hold these words back."""
    return give(giver, *words), give(giver, *words)


def test_two_moderators_let_the_same_words_in(moderator: User, give: Give) -> None:
    for number in range(ROUNDS):
        words = [f"x{number}", f"y{number}"]
        rows = held_by(moderator, give, *words)
        assert all(row.held == words for row in rows)
        both(*(lambda row=row: contributing.approve(row, moderator) for row in rows))
        for row in rows:
            row.refresh_from_db()
            assert row.held == [] and tags_of(row) == ["sea", *words]


def test_a_word_comes_in_while_what_holds_it_is_withdrawn(moderator: User, give: Give) -> None:
    for number in range(ROUNDS):
        first, second = held_by(moderator, give, f"x{number}")
        both(lambda: contributing.approve(first, moderator), lambda: contributing.withdraw(second))  # noqa: B023
        second.refresh_from_db()
        assert (second.state, second.held, second.post) == ("withdrawn", [], None)
