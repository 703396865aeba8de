"""The command `tune`: its arguments, what it says, how it ends."""

import pytest
from django.core.management import CommandError

from corpus.models import Source
from predictor import tuning
from predictor.management.commands import tune
from predictor.models import Tuning
from predictor.tuning import ground
from predictor.tuning.outcome import Outcome
from predictor.tuning.search import Limits
from tests.predictor.conftest import run_command, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]
FOUND = {"alpha": 31.24159, "factors": 180}


@pytest.fixture
def tuned(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Let tuning be over at once, and return what was asked for."""
    asked: list[tuple[object, ...]] = []

    def at_once(kind: str, sources: list[str], limits: Limits, progress: object) -> Outcome:
        asked.append((kind, sources, limits))
        row = Tuning(kind=kind, trials=7, posts=1234, split="train", photos=56, settings=FOUND, message="Better.")
        return Outcome(row, stopped=False)

    monkeypatch.setattr(tuning, "tune", at_once)
    return asked


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "LEAST_DEV", 30)
    store(60)
    store(40, split="dev")
    out, _ = run_command("tune", "als", "--trials", "2")
    assert out.startswith("Tried 2 settings of als on 60 posts, measured on 40 photos of the dev split. ")
    assert "so they stay" in out or "The defaults stay" in out
    assert Tuning.objects.get().trials == 2


def test_tune_with_nothing_said(tuned: list[tuple[object, ...]]) -> None:
    out, _ = run_command("tune")
    assert tuned == [(kind, [], Limits(tune.TRIALS, None)) for kind in ("als", "w2v")]
    assert out.splitlines()[0] == (
        "Tried 7 settings of als on 1,234 posts, measured on 56 photos held out of them. Better. "
        "They are: alpha 31.24, factors 180."
    )


def test_tune_with_every_option(tuned: list[tuple[object, ...]]) -> None:
    Source.objects.create(name="mine", kind=Source.Kind.FOLDER)
    run_command("tune", "w2v", "w2v", "--trials", "9", "--minutes", "3", "--source", "mine")
    assert tuned == [("w2v", ["mine"], Limits(9, 3))]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("bert",), "Unknown kind: bert; known are als, w2v"),
        (("--source", "nobody"), "no source called 'nobody'"),
        (("--trials", "0"), "'0' is not a whole number above 0"),
        (("--minutes", "soon"), "'soon' is not a whole number above 0"),
    ],
)
def test_tune_refuses_what_is_not_there(
    tuned: list[tuple[object, ...]], arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run_command("tune", *arguments)
    assert tuned == []


def test_tune_fails_with_a_sentence() -> None:
    store(2)
    with pytest.raises(CommandError, match="Tuning needs at least 20 photo posts"):
        run_command("tune", "als")


def test_tune_that_was_stopped_says_so_and_does_not_begin_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def stopped(kind: str, *_: object) -> Outcome:
        asked.append(kind)
        return Outcome(Tuning(kind=kind, trials=3, posts=9, split="dev", photos=5, message="Better."), stopped=True)

    monkeypatch.setattr(tuning, "tune", stopped)
    with pytest.raises(CommandError, match="goes on from there") as ended:
        run_command("tune")
    assert (asked, ended.value.returncode) == (["als"], 130)


def test_tune_forgets() -> None:
    for kind in ("als", "w2v"):
        numbers = dict.fromkeys(["trials", "posts", "photos", "default_score", "score", "low", "high"], 1)
        Tuning.objects.create(kind=kind, backbone="toy@0", settings=FOUND, **numbers)
    out, _ = run_command("tune", "als", "--forget")
    assert out == "Forgot what was tuned for als; training uses the defaults again.\n"
    assert Tuning.objects.get().kind == "w2v"
