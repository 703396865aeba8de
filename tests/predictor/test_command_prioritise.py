"""The command `prioritise`: what it says, how it ends."""

import pytest
from django.core.management import CommandError

from corpus.models import Post
from predictor.models import ModelVersion
from tests.predictor.conftest import run_command, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def pending(db: None) -> None:
    store(3)
    Post.objects.update(status="pending")


def test_it_works(pending: None, serving: dict[str, ModelVersion]) -> None:
    assert run_command("prioritise")[0] == "Put 3 pending photos into order.\n"
    assert not Post.objects.filter(review_priority=None).exists()
    assert run_command("prioritise")[0] == "Put 0 pending photos into order.\n"


def test_without_a_version(pending: None, toy_backbone: None) -> None:
    with pytest.raises(CommandError, match="There is no trained version yet. Run `manage.py train`"):
        run_command("prioritise")
