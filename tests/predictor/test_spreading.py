"""What the sweeper lets follow from decisions over contributions: runs, and what the served index is to take in."""

import pytest
from django.contrib.auth.models import User

from predictor.contributions import contributing
from predictor.learning import runs
from predictor.learning.spreading import Planner, extender
from predictor.ml import kinds
from predictor.models import TrainingRun
from tests.contributions import Give

pytestmark = pytest.mark.django_db


def planned() -> list[str]:
    return sorted(TrainingRun.objects.open().values_list("kind", flat=True))


def test_it_works(ann: User, moderator: User, give: Give) -> None:
    planner = Planner()
    row = give(ann)
    planner.look()
    assert planned() == []
    contributing.approve(row, moderator)
    assert planner.look() and planned() == list(kinds.IDS)
    assert not planner.look()


def test_what_died_before_the_last_look_is_planned(trusted: list[User], give: Give) -> None:
    give(trusted[0])
    assert Planner().look() and planned() == list(kinds.IDS)


def test_what_was_decided_during_a_run_is_planned_after_it(trusted: list[User], give: Give) -> None:
    run = TrainingRun.objects.create(kind="als", batch={"decisions": runs.decisions()})
    assert run.claim()
    give(trusted[0])
    planner = Planner()
    planner.look()
    assert planned() == ["als", "w2v"]
    run.end(TrainingRun.State.DONE, "It serves now.")
    assert planner.look() and TrainingRun.objects.get(state="new", kind="als")


def test_what_was_decided_during_a_run_that_fails_is_planned_after_it(trusted: list[User], give: Give) -> None:
    give(trusted[0])
    planner = Planner()
    planner.look()
    for run in TrainingRun.objects.all():
        assert run.claim()
    give(trusted[0])
    planner.look()
    for run in TrainingRun.objects.all():
        run.end(TrainingRun.State.FAILED, "The disk is full.")
    assert planner.look() and planned() == list(kinds.IDS)
    assert not planner.look()


def test_a_run_that_failed_is_not_tried_over_and_over(trusted: list[User], give: Give) -> None:
    give(trusted[0])
    planner = Planner()
    planner.look()
    for run in TrainingRun.objects.all():
        run.end(TrainingRun.State.FAILED, "The disk is full.")
    assert not planner.look() and planned() == []


def test_each_decision_is_seen_by_a_number_that_grows(trusted: list[User], moderator: User, give: Give) -> None:
    follower = extender()
    assert follower.state() is None
    row = give(trusted[0], "dünen")
    seen = [(runs.decisions(), follower.state())]
    contributing.approve(row, moderator)  # lets the word in
    seen.append((runs.decisions(), follower.state()))
    contributing.withdraw(row)
    seen.append((runs.decisions(), follower.state()))
    numbers, states = zip(*seen, strict=True)
    assert list(numbers) == sorted(set(numbers)) and len(set(states)) == 3
