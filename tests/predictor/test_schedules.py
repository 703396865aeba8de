"""Schedules: registered anew at each start, enqueued as JSON for the list of allowed jobs, and what they ask for."""

from datetime import timedelta
from types import SimpleNamespace

import django_rq
import pytest
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from predictor import queue
from predictor.learning import batches, runs, schedules
from predictor.models import TrainingRun
from tests.predictor.conftest import serve, store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def enqueued_paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were put into the train queue."""
    paths: list[str] = []
    fake = SimpleNamespace(connection=Redis(), enqueue=lambda path, **options: paths.append(path))
    monkeypatch.setattr(django_rq, "get_queue", {queue.TRAIN: fake}.__getitem__)
    monkeypatch.setattr(queue, "_enqueue_run", lambda id: None)
    return paths


def test_it_works(enqueued_paths: list[str]) -> None:
    made = schedules.scheduler()
    assert [job.func_name for job in made.get_jobs()] == [queue.LEARN_DAILY, queue.LEARN_WEEKLY]
    assert all(job.next_enqueue_time and job.next_enqueue_time > timezone.now() for job in made.get_jobs())
    assert made.enqueue_jobs() == []
    made.get_jobs()[0].next_enqueue_time = timezone.now()
    made.enqueue_jobs()
    assert enqueued_paths == [queue.LEARN_DAILY]
    assert {job.func_name for job in made.get_jobs()} <= queue.ALLOWED[queue.TRAIN]


def test_off(settings: Settings) -> None:
    settings.LEARN_DAILY = ""
    assert [job.func_name for job in schedules.scheduler().get_jobs()] == [queue.LEARN_WEEKLY]


def test_what_was_missed_is_made_up_for(enqueued_paths: list[str]) -> None:
    run = TrainingRun.objects.create(kind="als", full=True, trigger="schedule", state="done")
    TrainingRun.objects.filter(pk=run.pk).update(created=timezone.now() - timedelta(days=8))
    schedules.scheduler().enqueue_jobs()
    assert enqueued_paths == [queue.LEARN_WEEKLY]


@pytest.mark.usefixtures("toy_backbone")
def test_daily_where_there_is_news() -> None:
    store(30)
    assert [run.kind for run in schedules.ask_for_due_runs(full=False)] == ["als", "w2v"]
    for run in TrainingRun.objects.all():
        run.set_out(batches.corpus())
        run.end("done", "It serves now.")
    assert schedules.ask_for_due_runs(full=False) == []
    store(1, name="other")
    asked = schedules.ask_for_due_runs(full=False)
    assert [(run.full, run.trigger) for run in asked] == [(False, "schedule")] * 2


@pytest.mark.usefixtures("toy_backbone")
def test_weekly_always_but_for_a_starter_as_it_came() -> None:
    store(90, kind="starter", name="starter")
    serve("als")
    assert [run.kind for run in schedules.ask_for_due_runs(full=True)] == ["w2v"]
    TrainingRun.objects.create(kind="als", state="done", batch=batches.corpus())
    assert "als" in [run.kind for run in schedules.ask_for_due_runs(full=True)]


def test_a_kind_that_is_being_trained_is_left_alone() -> None:
    store(30)
    assert runs.ask("als", False, TrainingRun.Trigger.BUTTON).claim()
    assert [run.kind for run in schedules.ask_for_due_runs(full=False)] == ["w2v"]
