"""The command `train`: its arguments, what it says, how it ends."""

import pytest
from django.core.management import CommandError

from corpus.models import Source
from predictor.learning import runs, training
from predictor.models import ModelVersion, TrainingRun
from tests.predictor.conftest import run_command, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[TrainingRun]:
    """Let training be over at once, and return the runs that were asked for."""
    runs: list[TrainingRun] = []

    def carry_out(run: TrainingRun, progress: object) -> ModelVersion:
        runs.append(run)
        version = ModelVersion.objects.create(kind=run.kind, backbone="toy@0", posts=1234, hashtags=56, seconds=7.4)
        run.end(TrainingRun.State.DONE, "It serves now.", version)
        return version

    monkeypatch.setattr(training, "carry_out", carry_out)
    return runs


def test_it_works(trained: list[TrainingRun]) -> None:
    out, _ = run_command("train")
    assert [run.kind for run in trained] == ["als", "w2v"]
    assert {(run.full, run.activate, tuple(run.sources)) for run in trained} == {(False, True, ())}
    assert out.splitlines()[0] == (
        f"Trained als:{trained[0].version_id} on 1,234 posts with 56 hashtags in 7 s; "
        "its quality was not measured, as there are no dev posts. It serves now."
    )


def test_train_with_every_option(trained: list[TrainingRun]) -> None:
    for name in ("mine", "theirs"):
        Source.objects.create(name=name, kind=Source.Kind.FOLDER)
    run_command("train", "w2v", "w2v", "--full", "--no-activate", "--source", "mine", "theirs")
    (only,) = trained
    assert (only.kind, only.full, only.activate, only.sources) == ("w2v", True, False, ["mine", "theirs"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("bert",), "Unknown kind: bert; known are als, w2v"), (("--source", "nobody"), "no source called 'nobody'")],
)
def test_train_refuses_what_is_not_there(trained: list[TrainingRun], arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run_command("train", *arguments)
    assert trained == []


def test_train_fails_with_a_sentence() -> None:
    store(2)
    with pytest.raises(CommandError, match="at least 5 posts with pictures"):
        run_command("train", "als")
    assert TrainingRun.objects.get().state == "failed"


def test_train_takes_the_place_of_a_run_that_waits(trained: list[TrainingRun]) -> None:
    waiting = runs.open_run("als", False, True, [])
    run_command("train", "als")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.message) == ("cancelled", "The command train took its place.")
    assert [run.kind for run in trained] == ["als"]


def test_train_closes_what_a_dead_process_left(trained: list[TrainingRun]) -> None:
    dead = runs.open_run("als", False, True, [])
    assert dead.claim()
    run_command("train", "als")
    dead.refresh_from_db()
    assert (dead.state, dead.message) == ("failed", "The process that trained was stopped.")


def test_train_tells_the_figures() -> None:
    store(60)
    store(20, split="dev")
    out, _ = run_command("train", "als")
    assert "R@5 on dev 100.0 % (popularity " in out
