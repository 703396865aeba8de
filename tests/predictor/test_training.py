"""Training: from posts to a version that serves, and every way in which that can end otherwise."""

import fcntl

import pytest
from django.conf import settings as site
from django.db import transaction
from pytest_django import Settings

from corpus.models import Hashtag
from predictor import jobs
from predictor.learning import runs, snapshots, train_lock, training, versions
from predictor.ml.contract import ModelError
from predictor.models import ModelVersion, TrainingRun
from tests.ml import toys
from tests.predictor.conftest import store, train

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


@pytest.mark.parametrize("kind", ["als", "w2v"])
def test_it_works(kind: str) -> None:
    store(90)
    store(30, split="dev")
    version = train(kind)
    assert versions.active() == {kind: version}
    assert (version.posts, version.hashtags, version.parent) == (90, 9, None)
    assert version.metrics["R5"] > version.metrics["popularity_R5"]
    run = TrainingRun.objects.get()
    assert (run.state, run.full, run.version) == ("done", True, version)
    assert versions.open_version(version).suggest(toys.photo(2, 9), 1)[0].tag == "food"


def test_what_is_cancelled_after_its_version_was_stored_does_not_serve() -> None:
    store(60)
    run = runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    assert run.claim()

    def stop(stage: str, done: float) -> None:
        if stage == "Publishing":
            runs.cancel(TrainingRun.objects.get(pk=run.pk))

    version = training.carry_out(run, stop)
    assert version.state == "ready" and versions.active() == {}
    assert "cancelled when its version was stored" in TrainingRun.objects.get(pk=run.pk).message


def test_the_second_run_learns_on() -> None:
    store(60)
    first = train()
    second = train()
    assert second.parent == first
    assert versions.active() == {"als": second}
    assert [run.full for run in TrainingRun.objects.order_by("id")] == [True, False]


def test_full_is_full() -> None:
    store(60)
    train()
    train(full=True)
    assert TrainingRun.objects.first().full  # type: ignore[union-attr]


def test_mostly_new_posts_are_learned_from_scratch() -> None:
    store(30, split="train", name="old")
    train()
    store(90, split="train", name="new")
    train()
    assert TrainingRun.objects.first().full  # type: ignore[union-attr]


def test_not_activated() -> None:
    store(60)
    version = train(activate=False)
    assert versions.active() == {}
    assert version.folder.is_dir()
    assert "does not serve" in TrainingRun.objects.get().message


def test_too_few_posts() -> None:
    store(2)
    with pytest.raises(runs.TrainingError, match="at least"):
        train()
    run = TrainingRun.objects.get()
    assert run.state == "failed" and "at least" in run.message
    assert not ModelVersion.objects.exists()
    assert not list(site.VERSIONS_ROOT.iterdir())


def test_one_open_run_of_a_kind() -> None:
    assert runs.open_run("als", False, True, []).claim()
    runs.open_run("w2v", False, True, [])
    with pytest.raises(runs.TrainingError, match="open already"), transaction.atomic():
        runs.open_run("als", False, True, [])


def test_a_run_is_claimed_once() -> None:
    run = runs.open_run("als", False, True, [])
    assert [run.claim(), run.claim()] == [True, False]


def test_a_run_whose_process_died_is_closed() -> None:
    run = runs.open_run("als", False, True, [])
    run.claim()
    with train_lock.exclusive("als"):
        run.refresh_from_db()
        assert (run.state, run.message) == ("failed", "The process that trained was stopped.")
        runs.open_run("als", False, True, [])


def test_a_job_holds_its_kind_while_it_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.open_run("als", False, True, [])

    def carry_out(run: TrainingRun) -> None:
        with pytest.raises(runs.TrainingError, match="right now"), train_lock.exclusive(run.kind):
            pass
        run.end("done", "carried out")

    monkeypatch.setattr(training, "carry_out", carry_out)
    jobs.run_training(run.pk)
    jobs.run_training(run.pk)  # safe to run twice
    jobs.run_training(run.pk + 1)
    run.refresh_from_db()
    assert (run.state, run.message) == ("done", "carried out")


def test_other_sources_or_another_backbone_are_learned_from_scratch() -> None:
    store(60)
    first = train()
    ModelVersion.objects.filter(pk=first.pk).update(backbone="other@1")
    second = train()
    run = runs.open_run("als", False, True, ["mine"])
    assert run.claim()
    training.carry_out(run)
    assert [run.full for run in TrainingRun.objects.order_by("id")] == [True, True, True]
    assert second.parent == first


def test_a_full_disk_is_named_on_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    store(60)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(versions, "publish", full)
    with pytest.raises(runs.TrainingError, match="The disk is full"):
        train()
    run = TrainingRun.objects.get()
    assert (run.state, run.version) == ("failed", None)
    assert run.message.startswith("The disk is full") and versions.active() == {}


def test_another_process_trains() -> None:
    with (site.HOME / "run" / "train-als.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(runs.TrainingError, match="right now"), train_lock.exclusive("als"):
            pass


def test_an_interrupted_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    store(60)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_measure", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train()
    assert TrainingRun.objects.get().state == "failed"


def test_starter_posts_step_back(settings: Settings) -> None:
    settings.STARTER_UNTIL = 20
    store(30, kind="starter", name="starter")
    assert snapshots.training_posts().count() == 30
    store(19, name="mine")
    assert snapshots.training_posts().count() == 49
    store(1, name="other")
    assert snapshots.training_posts().count() == 20
    assert snapshots.training_posts(["starter"]).count() == 30


def test_banned_hashtags_and_aliases() -> None:
    store(6)
    Hashtag.objects.filter(key="beach").update(status="banned")
    Hashtag.objects.filter(key="street").update(alias_of=Hashtag.objects.get(key="city"))
    posts = snapshots.read_posts(snapshots.training_posts())
    assert posts[0].tags == ("sea",)
    assert posts[1].tags == ("city",)


def test_old_versions_are_pruned_but_for_the_serving_one(settings: Settings) -> None:
    settings.VERSIONS_KEPT = 2
    store(30)
    serving = train()
    later = [train(activate=False) for _ in range(3)]
    states = dict(ModelVersion.objects.values_list("pk", "state"))
    assert [states[version.pk] for version in [serving, *later]] == ["ready", "pruned", "ready", "ready"]
    assert serving.folder.exists() and not later[0].folder.exists()
    later[0].folder.mkdir()  # as where a process died before it had deleted it
    train(activate=False)
    assert not later[0].folder.exists()


def test_a_model_that_cannot_learn_leaves_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    store(60)

    def refuse(*_: object) -> None:
        raise ModelError("This corpus is not for me.")

    monkeypatch.setattr(training, "_learn", refuse)
    with pytest.raises(runs.TrainingError, match="not for me"):
        train()
    assert TrainingRun.objects.get().message == "This corpus is not for me."
