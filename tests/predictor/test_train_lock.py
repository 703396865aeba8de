"""The lock of a training, and what becomes of runs and files whose process is gone."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from predictor.learning import runs, train_lock
from predictor.models import ModelVersion, TrainingRun

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
HOLD = """
import fcntl, sys, time
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_lock, "PATIENCE_SECONDS", 0.0)


@contextmanager
def another_process(kind: str = "als") -> Iterator["subprocess.Popen[str]"]:
    """Let another process hold the lock of a kind."""
    file = settings.HOME / "run" / f"train-{kind}.lock"
    file.parent.mkdir(exist_ok=True)
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(file)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def working(**fields: object) -> TrainingRun:
    run = TrainingRun.objects.create(**{"kind": "als", "trigger": TrainingRun.Trigger.BUTTON, **fields})
    assert run.claim()
    return run


def test_it_works() -> None:
    assert train_lock.is_free("als")
    with train_lock.exclusive("als"):
        assert not train_lock.is_free("als") and train_lock.is_free("w2v")
        with pytest.raises(runs.TrainingError, match="right now"), train_lock.exclusive("als"):
            pass
    assert train_lock.is_free("als")


def test_a_look_at_the_lock_turns_nobody_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_lock, "PATIENCE_SECONDS", 5.0)
    (settings.HOME / "run").mkdir()
    with (settings.HOME / "run" / "train-als.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        monkeypatch.setattr("time.sleep", lambda seconds: fcntl.flock(lock, fcntl.LOCK_UN))
        with train_lock.exclusive("als"):
            pass


def test_a_run_whose_process_lives_is_left_alone() -> None:
    run = working()
    with another_process():
        assert train_lock.recover() == 0
        TrainingRun.objects.update(beat=timezone.now() - HOUR, started=timezone.now() + HOUR)
        assert train_lock.recover() == 0, "whatever the clock says"
    run.refresh_from_db()
    assert run.state == "working"


def test_a_run_whose_process_is_killed_begins_anew() -> None:
    run = working()
    run.note("factorising", 0.5)
    with another_process() as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert train_lock.recover() == 1
    run.refresh_from_db()
    assert (run.state, run.stage, run.done, run.attempts) == ("new", "", 0.0, 1)
    assert "taken up again" in run.log
    assert run.claim() and run.attempts == 2
    assert train_lock.recover() == 1


def test_a_run_that_kills_its_process_each_time_gives_up() -> None:
    run = working()
    for _ in range(TrainingRun.ATTEMPTS - 1):
        assert train_lock.recover() == 1
        run.refresh_from_db()
        assert run.claim()
        run.note("factorising", 0.5)
    train_lock.recover()
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.message.startswith("The process that trained was stopped 3 times, the last time at: factorising.")


def test_a_run_that_nobody_wants_any_more_ends() -> None:
    run = working()
    run.cancel()
    train_lock.recover()
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_command_is_not_taken_up_again() -> None:
    run = working(trigger=TrainingRun.Trigger.COMMAND)
    with train_lock.exclusive("als"):
        run.refresh_from_db()
        assert (run.state, run.message) == ("failed", "The process that trained was stopped.")


def test_leftovers_go_once_nothing_is_trained() -> None:
    version = ModelVersion.objects.create(kind="als", backbone="toy@0")
    mine, root = version.folder, Path(settings.VERSIONS_ROOT)
    draft, lost, stranger = root / ".tmp-1", root / str(version.pk + 1), root / "notes"
    for folder in (mine, draft, lost, stranger):
        folder.mkdir()
        (folder / "file").touch()
    with another_process("w2v"):
        train_lock.recover()
        assert draft.exists(), "it may be what the other process writes"
    train_lock.recover()
    assert not draft.exists() and not lost.exists()
    assert mine.exists() and stranger.exists()


def test_versions_of_another_database_stay() -> None:
    (settings.VERSIONS_ROOT / "7").mkdir()
    train_lock.recover()
    assert (settings.VERSIONS_ROOT / "7").exists()
