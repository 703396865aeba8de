"""How long a run still takes: as long as the last ones like it took, for as many posts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictor.learning.remaining import seconds_left
from predictor.models import TrainingRun

pytestmark = pytest.mark.django_db


def took(seconds: float, posts: int = 100, **fields: object) -> None:
    """Store a run that is over."""
    start = timezone.now() - timedelta(days=1)
    fields = {"kind": "als", "state": "done", "batch": {"corpus": posts}, **fields}
    TrainingRun.objects.create(started=start, finished=start + timedelta(seconds=seconds), **fields)


def running(posts: int = 100, ago: float = 0.0) -> TrainingRun:
    started = timezone.now() - timedelta(seconds=ago)
    return TrainingRun.objects.create(kind="als", state="working", started=started, batch={"corpus": posts})


def test_it_works() -> None:
    for seconds in (90, 100, 900):
        took(seconds)
    assert seconds_left(running(ago=40)) == pytest.approx(60, abs=5)


def test_twice_the_posts_take_twice_as_long() -> None:
    took(100)
    assert seconds_left(running(posts=200)) == pytest.approx(200, abs=5)


def test_others_say_nothing() -> None:
    took(100, kind="w2v")
    took(100, full=True)
    took(100, state="failed")
    took(-3600)  # the clock was put back meanwhile
    assert seconds_left(running()) is None


def test_an_overdue_one() -> None:
    took(100)
    assert seconds_left(running(ago=500)) == 0


def test_one_that_waits() -> None:
    took(100)
    assert seconds_left(TrainingRun.objects.create(kind="als")) == pytest.approx(100)
