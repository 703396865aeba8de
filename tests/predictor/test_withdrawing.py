"""A contribution that is withdrawn at any moment of a run leaves the models, and its receipt says what is true."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from corpus.models import Post
from predictor.contributions import contributing, receipts
from predictor.learning import admitting, hindrances, runs, training, versions
from predictor.learning.spreading import Planner
from predictor.models import Contribution, ModelVersion, PostEmbedding, TrainingRun, Upload
from tests.corpus.sources import picture
from tests.predictor.conftest import ToyEmbedder, store, train

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]
READING, MEASURING, PUBLISHING = "Reading the corpus", "Measuring on the dev split", "Publishing"


@pytest.fixture
def serving(toy_backbone: None) -> ModelVersion:
    """What serves before the contribution comes."""
    store(60)
    return train()


@pytest.fixture
def given(serving: ModelVersion, trusted: list[User], settings: Settings, home: Path) -> Contribution:
    """An approved contribution that no version has learned from yet; runs are due at once."""
    settings.LEARN_PAUSE = settings.LEARN_WAIT = 0
    upload = Upload(state=Upload.State.DONE, display="uploads/x.jpg", width=96, height=64, owner=trusted[0])
    upload.display_path.parent.mkdir()
    picture(upload.display_path, seed=1)
    upload.save()
    return contributing.contribute(upload, trusted[0], [], [], ["sea"], False)


def carry_out(withdraw_at: str | None = None, row: Contribution | None = None) -> ModelVersion:
    """Carry out the run that contributions are due, and take one back when it comes to a stage."""

    def progress(stage: str, done: float) -> None:
        if row is not None and stage == withdraw_at:
            contributing.withdraw(row)

    Planner().look()
    run = TrainingRun.objects.open().get(kind="als")
    assert run.claim()
    return training.carry_out(run, progress)


def holds(version: ModelVersion, row: Contribution) -> bool:
    return row.post_number in versions.open_version(version).ids_  # type: ignore[attr-defined]


def test_approved_just_after_contributions_were_taken_up(given: Contribution, monkeypatch: pytest.MonkeyPatch) -> None:
    Contribution.objects.update(state="waiting")
    admit = admitting.admit

    def admit_and_approve() -> int:
        taken = admit()
        Contribution.objects.update(state="approved")
        return taken

    runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    with monkeypatch.context() as patch:
        patch.setattr(admitting, "admit", admit_and_approve)
        assert not holds(carry_out(), given)
    assert holds(carry_out(), given), "a run of its own follows"


def test_withdrawn_before_the_snapshot(given: Contribution) -> None:
    version = carry_out(READING, given)
    given.refresh_from_db()
    assert not holds(version, given) and versions.active()["als"] == version
    assert not hindrances.hindrance(version) and receipts.receipt(given).learned == []


@pytest.mark.parametrize("stage", [MEASURING, PUBLISHING])
def test_withdrawn_after_the_snapshot(serving: ModelVersion, given: Contribution, stage: str) -> None:
    version = carry_out(stage, given)
    given.refresh_from_db()
    assert versions.active()["als"] == serving, "it came too late to serve"
    version.refresh_from_db()
    assert version.state == "pruned" and not version.folder.exists(), "nothing of it stays on the disk"
    assert "withdrawn since" in hindrances.hindrance(version)
    receipt = receipts.receipt(given)
    assert (receipt.learned, receipt.serving) == ([version], [])
    follower = carry_out()
    assert not holds(follower, given) and versions.active()["als"] == follower
    assert not hindrances.hindrance(follower) and receipts.receipt(given).learned == [version]
    assert serving.folder.exists(), "it came before"


def test_withdrawn_between_publishing_and_serving(
    serving: ModelVersion, given: Contribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = versions.publish

    def publish_and_withdraw(*args: Any) -> ModelVersion:
        version = publish(*args)
        contributing.withdraw(given)
        return version

    with monkeypatch.context() as patch:
        patch.setattr(versions, "publish", publish_and_withdraw)
        version = carry_out()
    assert version.pk != serving.pk and versions.active()["als"] == serving
    assert carry_out() == versions.active()["als"]


def test_withdrawn_while_its_photo_is_embedded(
    serving: ModelVersion, given: Contribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed = ToyEmbedder.embed

    def withdraw_and_embed(self: ToyEmbedder, images: list[Any]) -> Any:
        contributing.withdraw(given)
        return embed(self, images)

    with monkeypatch.context() as patch:
        patch.setattr(ToyEmbedder, "embed", withdraw_and_embed)
        version = carry_out()
    assert PostEmbedding.objects.count() == Post.objects.count() == 60 and not holds(version, given)


def test_a_version_that_holds_no_more_of_it_than_what_serves_may_serve(given: Contribution) -> None:
    """Else a site on which there is a withdrawal during each run would get no new version any more."""
    first = carry_out()
    assert holds(first, given) and versions.active()["als"] == first
    runs.ask("als", False, TrainingRun.Trigger.BUTTON)
    second = carry_out(MEASURING, given)
    assert holds(second, given) and versions.active()["als"] == second
    third = carry_out()
    assert versions.active()["als"] == third and not holds(third, given)
    assert [version.folder.exists() for version in (first, second, third)] == [False, False, True]
    for version in (first, second):
        with pytest.raises(versions.VersionError, match="withdrawn since"):
            versions.roll_back("als", version, None)


def test_a_run_that_is_cancelled_has_not_let_go_of_it(given: Contribution) -> None:
    first = carry_out()
    contributing.withdraw(given)
    Planner().look()
    assert runs.cancel(TrainingRun.objects.open().get(kind="als"))
    assert versions.active()["als"] == first and receipts.receipt(given).serving == []
    given.refresh_from_db()
    assert receipts.receipt(given).serving == [first]
    assert carry_out() != first and receipts.receipt(given).serving == []
