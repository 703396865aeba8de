"""What a browser session has goes along to the account that somebody makes or logs in to."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from predictor.models import owned_tables
from predictor.people.visitors import Visitor


def adopt(visitor: Visitor, user: User) -> None:
    """Give an account all that a visitor without one has; what it has already, such as a muted hashtag, counts once."""
    if visitor.user is not None or not visitor.token:
        return
    with transaction.atomic():
        for table in owned_tables():
            _give(table._default_manager.filter(owner=None, owner_token=visitor.token), user)


def _give(rows: QuerySet[Model], user: User) -> None:
    try:
        with transaction.atomic():
            rows.update(owner=user)
    except IntegrityError:
        for row in rows:
            _give_one(rows.filter(pk=row.pk), user)


def _give_one(row: QuerySet[Model], user: User) -> None:
    try:
        with transaction.atomic():
            row.update(owner=user)
    except IntegrityError:
        row.delete()
