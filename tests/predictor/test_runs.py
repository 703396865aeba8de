"""Runs: asked for by a button, a schedule or a command, or due because of contributions; one at a time of each kind."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from corpus.models import Post, Source
from predictor import queue
from predictor.learning import runs
from predictor.models import Contribution, TrainingRun

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The ids of the runs that would have been put into the train queue."""
    jobs: list[object] = []
    monkeypatch.setattr(queue, "_enqueue_run", jobs.append)
    return jobs


def approve(count: int = 1, **fields: Any) -> None:
    """Store approved contributions with their posts."""
    source, _ = Source.objects.get_or_create(name="contributions", defaults={"kind": Source.Kind.CONTRIBUTION})
    fields = {"status": Post.Status.APPROVED, "split": Post.Split.TRAIN, "source": source} | fields
    posts = Post.objects.bulk_create(Post(external_id=uuid.uuid4().hex, **fields) for _ in range(count))
    Contribution.objects.bulk_create(Contribution(state="approved", added=["sea"], post=post) for post in posts)


def ended(state: str = "done", ago: timedelta = HOUR, **batch: int) -> TrainingRun:
    """Store a run that is over."""
    return TrainingRun.objects.create(kind="als", state=state, finished=timezone.now() - ago, batch=batch)


def planned() -> TrainingRun | None:
    runs.plan("als")
    return TrainingRun.objects.open().filter(kind="als").first()


def wait_of(run: TrainingRun | None) -> float:
    """Return the seconds from now until a run may begin."""
    assert run is not None and run.not_before is not None
    return (run.not_before - timezone.now()).total_seconds()


def test_it_works(asked: list[object], settings: Settings) -> None:
    settings.LEARN_WAIT = 600
    approve()
    run = planned()
    assert run is not None and asked == [], "the run waits for more contributions"
    assert (run.kind, run.state, run.trigger, run.full) == ("als", "new", "contributions", False)
    assert 590 < wait_of(run) <= 600


def test_no_contribution_no_run() -> None:
    Contribution.objects.create(added=["sea"])  # waits for a moderator
    assert planned() is None


def test_further_contributions_share_the_run(settings: Settings) -> None:
    settings.LEARN_WAIT, settings.LEARN_AFTER = 600, 10
    approve()
    first = planned()
    approve(8)
    assert planned() == first and wait_of(planned()) > 590
    approve()
    assert planned() == first and wait_of(planned()) <= 0, "the tenth ends the waiting"


def test_what_the_last_run_has_seen_starts_none() -> None:
    approve(3)
    ended(decisions=3, learnable=3)
    assert planned() is None
    approve()
    assert planned() is not None


def test_duplicates_start_none() -> None:
    approve()
    ended(decisions=1, learnable=1)
    approve(20, duplicate_of=Post.objects.get())
    assert runs.decisions() == 21 and planned() is None
    approve()
    assert planned() is not None


def test_a_run_of_some_sources_has_not_seen_contributions() -> None:
    approve()
    TrainingRun.objects.create(kind="als", state="done", sources=["mine"], batch={"decisions": 1})
    assert planned() is not None


def test_a_withdrawal_is_news() -> None:
    approve(2)
    ended(decisions=2, learnable=2)
    first = Contribution.objects.all()[0]
    Contribution.objects.filter(pk=first.pk).update(state="withdrawn", post_number=7)
    assert planned() is not None


def test_words_that_are_let_in_are_news() -> None:
    approve(2)
    ended(decisions=2, learnable=2)
    Contribution.objects.update(let_in=1)
    assert planned() is not None


def test_what_never_was_a_post_is_no_news() -> None:
    Contribution.objects.create(state="withdrawn")
    assert runs.decisions() == 0


@pytest.mark.parametrize(("state", "least"), [("done", 100), ("failed", 500), ("cancelled", 500)])
def test_runs_keep_a_distance(state: str, least: float, settings: Settings) -> None:
    settings.LEARN_PAUSE = 120
    ended(state, ago=timedelta(seconds=2))
    approve(50)
    assert wait_of(planned()) > least


def test_a_clock_that_was_ahead_puts_nothing_off(settings: Settings) -> None:
    settings.LEARN_PAUSE = settings.LEARN_WAIT = 60
    ended(ago=-HOUR)
    approve()
    assert wait_of(planned()) <= 60
    run = planned()
    TrainingRun.objects.update(not_before=timezone.now() + HOUR)  # set before the clock went back
    assert list(TrainingRun.objects.ready()) == [run]


def test_while_one_is_running_none_is_planned() -> None:
    assert TrainingRun.objects.create(kind="als").claim()
    approve(50)
    runs.plan("als")
    assert TrainingRun.objects.count() == 1


def test_a_button_starts_a_run_at_once(
    asked: list[object], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    somebody = User.objects.create(username="ann")
    with django_capture_on_commit_callbacks(execute=True):
        run = runs.ask("als", True, TrainingRun.Trigger.BUTTON, somebody)
    assert (run.full, run.trigger, run.asked_by, run.not_before) == (True, "button", somebody, None)
    assert asked == [run.pk]


def test_a_button_brings_a_waiting_run_forward() -> None:
    approve()
    waiting = planned()
    run = runs.ask("als", True, TrainingRun.Trigger.BUTTON)
    assert run == waiting and (run.full, run.not_before) == (True, None)
    assert not runs.ask("w2v", False, TrainingRun.Trigger.BUTTON).full
    assert runs.ask("als", False, TrainingRun.Trigger.BUTTON).full, "full it stays"


def test_one_at_a_time() -> None:
    run = runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    assert run.claim()
    with pytest.raises(runs.TrainingError, match="only one at a time"):
        runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    assert runs.ask("w2v", False, TrainingRun.Trigger.BUTTON).pk != run.pk


def test_cancelled_before_it_began() -> None:
    run = runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    assert runs.cancel(run)
    assert (run.state, run.message) == ("cancelled", "Cancelled before it began.")
    assert not run.claim() and not runs.cancel(run)


def test_cancelled_while_it_runs() -> None:
    run = runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    assert run.claim() and run.note("factorising", 0.5)
    assert runs.cancel(TrainingRun.objects.get())
    assert not run.note("calibrating", 0.0)


def test_how_far_it_is() -> None:
    run = runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    assert run.claim()
    for done in (0.0, 0.5, 0.9):
        run.note("factorising", done)
    stored = TrainingRun.objects.get()
    assert (stored.stage, stored.done) == ("factorising", 0.0), "at most once a second within a stage"
    run.note("calibrating", 7.0)
    stored = TrainingRun.objects.get()
    assert (stored.stage, stored.done) == ("calibrating", 1.0)
    assert [entry.split("  ")[1] for entry in stored.log.splitlines()] == ["factorising", "calibrating"]
    assert stored.beat is not None
