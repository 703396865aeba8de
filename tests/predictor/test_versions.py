"""Versions: published whole or not at all, and activated only in place of the one that they follow."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from corpus.models import Post
from predictor.inference import Engine
from predictor.learning import hindrances, versions
from predictor.ml import als_files, artefact
from predictor.ml.als import AlsModel
from predictor.ml.artefact import ArtefactError
from predictor.models import Activation, ActiveVersion, Contribution, ModelVersion, VersionHashtag
from tests.ml import toys
from tests.predictor.conftest import serve, store, train
from tests.predictor.test_artefact import HOSTILE, MARKER

_reload = versions._reload  # the fixture `toy_backbone` puts another one in its place
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


@pytest.fixture
def fresh_process(toy_backbone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_reload", _reload)


@pytest.mark.usefixtures("fresh_process")
def test_it_works() -> None:
    model = AlsModel().fit(*toys.corpus())
    version = versions.publish(model, ModelVersion(kind="als", backbone=toys.BACKBONE), toys.WIDTH)
    assert [folder.name for folder in settings.VERSIONS_ROOT.iterdir()] == [str(version.pk)]
    again = versions.open_version(version).suggest(toys.photo(0, 3), 5, 2)
    assert again == model.suggest(toys.photo(0, 3), 5, 2)
    assert set(version.known.values_list("tag", flat=True)) == {tag for tags in toys.THEMES.values() for tag in tags}


@pytest.mark.usefixtures("fresh_process")
def test_what_does_not_come_back_sound_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    model = AlsModel().fit(*toys.corpus())
    model.items_ = model.items_ * float("nan")
    with pytest.raises(ArtefactError, match="not come back sound"):
        versions.publish(model, ModelVersion(kind="als", backbone=toys.BACKBONE), toys.WIDTH)
    assert not ModelVersion.objects.exists() and not VersionHashtag.objects.exists()
    assert not list(settings.VERSIONS_ROOT.iterdir())


def test_of_two_that_follow_one_parent_the_first_serves() -> None:
    parent = serve()
    first, second = serve(activate=False), serve(activate=False)
    assert versions.activate(first, parent)
    assert not versions.activate(second, parent)
    assert versions.active() == {"als": first}


def test_the_first_of_a_kind() -> None:
    first, second = serve(activate=False), serve(activate=False)
    assert versions.activate(first, None)
    assert not versions.activate(second, None)
    assert ActiveVersion.objects.get().version == first


def test_names() -> None:
    assert versions.active_names() == ""
    w2v, als = serve("w2v"), serve("als")
    assert versions.active_names() == f"{als} {w2v}"


def test_what_a_killed_publisher_left_is_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    model = AlsModel().fit(*toys.corpus())

    def killed(folder: Path) -> None:
        if folder == settings.VERSIONS_ROOT:
            raise OSError("between the rename and the commit")

    with monkeypatch.context() as patch:
        patch.setattr(artefact, "sync", killed)
        with pytest.raises(OSError, match="between the rename"):
            versions.publish(model, ModelVersion(kind="als", backbone=toys.BACKBONE), toys.WIDTH)
    assert not ModelVersion.objects.exists() and not VersionHashtag.objects.exists()
    version = versions.publish(model, ModelVersion(kind="als", backbone=toys.BACKBONE), toys.WIDTH)
    assert [folder.name for folder in settings.VERSIONS_ROOT.iterdir()] == [str(version.pk)]
    assert versions.open_version(version).suggest(toys.photo(0, 3), 1)[0].tag == "sea"


def test_what_a_version_knows_of_hashtags_goes_with_its_artefact(settings: Settings) -> None:
    settings.VERSIONS_KEPT = 1
    serving, old, newest = serve(), serve(activate=False), serve(activate=False)
    assert versions.prune("als") == 1
    assert not old.folder.exists() and not old.known.exists()
    assert serving.known.count() == newest.known.count() == 9


def test_a_full_disk_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    model = AlsModel().fit(*toys.corpus())
    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space"):
        versions.publish(model, ModelVersion(kind="als", backbone=toys.BACKBONE), toys.WIDTH)
    assert not ModelVersion.objects.exists()
    assert not list(settings.VERSIONS_ROOT.iterdir())


def test_a_damaged_version_gives_way_to_the_one_that_served_before_it() -> None:
    served = serve()
    never_served = serve(activate=False)
    damaged = serve()
    assert versions.set_aside(damaged, "items.npy was changed.") == served
    assert versions.active() == {"als": served}
    damaged.refresh_from_db()
    assert (damaged.state, damaged.reason) == ("broken", "items.npy was changed.")
    assert versions.set_aside(served, "it too") == never_served
    assert versions.set_aside(never_served, "it too") is None
    assert versions.active() == {}


def test_setting_aside_leaves_a_pointer_that_has_moved_on() -> None:
    old = serve()
    new = serve()
    assert versions.set_aside(old, "damaged") == new
    assert versions.active() == {"als": new}


def test_every_move_of_the_pointer_leaves_a_row_and_the_queue_unordered() -> None:
    store(3)
    first, second = serve(), serve()
    moves: list[tuple[Callable[[], object], str]] = [
        (lambda: versions.roll_back("als", None, None), "rolled back"),
        (lambda: versions.let_serve(second, None), "chosen by hand"),
        (lambda: versions.set_aside(second, "damaged"), "the one before it was damaged"),
    ]
    for move, why in moves:
        Post.objects.update(review_priority=0.5)
        move()
        assert Activation.objects.all()[0].why == why
        assert not Post.objects.exclude(review_priority=None).exists()
    assert [row.version for row in Activation.objects.all()] == [first, second, first, second, first]


def test_a_move_that_comes_too_late_leaves_no_row() -> None:
    parent = serve()
    first, second = serve(activate=False), serve(activate=False)
    assert versions.activate(first, parent) and not versions.activate(second, parent)
    assert Activation.objects.count() == 2


def test_going_back_again_goes_further_back() -> None:
    first, second, third = serve(), serve(), serve()
    assert versions.roll_back("als", None, None) == second
    assert versions.roll_back("als", None, None) == first
    with pytest.raises(versions.VersionError, match="no earlier version"):
        versions.roll_back("als", None, None)
    versions.let_serve(third, None)
    assert versions.active() == {"als": third}


def test_going_back_to_what_served_before_moves_were_written_down() -> None:
    first = serve()
    serve()
    Activation.objects.all().delete()
    assert versions.roll_back("als", None, None) == first


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("rejected", "rejected by the gate. Because."), ("broken", "is damaged. Because."), ("pruned", "were deleted")],
)
def test_what_cannot_serve(state: str, sentence: str) -> None:
    old, present = serve(), serve()
    ModelVersion.objects.filter(pk=old.pk).update(state=state, reason="Because.")
    old.refresh_from_db()
    with pytest.raises(versions.VersionError, match=sentence):
        versions.let_serve(old, None)
    assert not versions.activate(old, present)
    assert versions.before_present("als") is None
    assert versions.active() == {"als": present}


@pytest.mark.parametrize("damage", ["edited", "emptied", "deleted"])
def test_a_version_damaged_by_hand_cannot_be_gone_back_to(damage: str) -> None:
    old, present = serve(), serve()
    if damage == "deleted":
        shutil.rmtree(old.folder)
    else:
        content = (old.folder / "model.json").read_bytes()
        (old.folder / "model.json").write_bytes(content + b" " if damage == "edited" else b"")
    with pytest.raises(versions.VersionError, match="cannot serve"):
        versions.roll_back("als", old, None)
    old.refresh_from_db()
    assert old.state == "broken" and versions.active() == {"als": present}


def test_a_withdrawn_contribution_bars_the_versions_that_hold_it() -> None:
    posts = store(60)
    old, new = train(), train()
    admitted = timezone.now()
    late = Contribution.objects.create(state="withdrawn", post_number=posts[-1].pk + 1, admitted=admitted)
    assert versions.before_present("als") == old, "that came after"
    Contribution.objects.create(state="approved", post_number=posts[4].pk, admitted=admitted)
    assert versions.before_present("als") == old
    Contribution.objects.create(state="withdrawn", post_number=posts[4].pk)
    assert versions.before_present("als") == old, "that was never learned from"
    Contribution.objects.create(state="withdrawn", post_number=posts[5].pk, admitted=admitted)
    assert versions.before_present("als") is None
    with pytest.raises(versions.VersionError, match="was withdrawn since"):
        versions.roll_back("als", old, None)
    number = posts[5].pk
    posts[5].delete()
    clean = train()
    assert clean.parent == new and clean.parameters["withdrawn"] == [number] and late.post_number is not None
    assert hindrances.hindrance(clean) == "" and versions.active() == {"als": clean}
    assert versions.set_aside(clean, "damaged") is None, "rather none than one that holds it"


def test_what_failed_pushes_out_nothing_that_could_serve(settings: Settings) -> None:
    settings.VERSIONS_KEPT = 2
    good = [serve() for _ in range(2)]
    failed = [serve(activate=False) for _ in range(3)]
    ModelVersion.objects.filter(pk__in=[version.pk for version in failed]).update(state="rejected", reason="Why.")
    assert versions.prune("als") == 1
    states = dict(ModelVersion.objects.values_list("pk", "state"))
    assert [states[version.pk] for version in good] == ["ready", "ready"]
    assert [states[version.pk] for version in failed] == ["pruned", "rejected", "rejected"]
    assert ModelVersion.objects.get(pk=failed[0].pk).reason == "Why."


def test_what_is_pruned_while_somebody_reads_it_is_not_damaged() -> None:
    old = serve()
    new = serve()
    ModelVersion.objects.filter(pk=old.pk).update(state="pruned")
    assert versions.set_aside(old, "gone") == new
    old.refresh_from_db()
    assert old.state == "pruned"


@pytest.mark.parametrize("file", HOSTILE or [None], ids=lambda file: file.name if file else "missing")
@pytest.mark.parametrize("name", ["items.npy", "model.json", "manifest.json"])
def test_hostile_artefacts_in_place_of_a_served_one(name: str, file: Path | None) -> None:
    if file is None:
        pytest.skip("the hostile artefacts are not here: set TAG4PIC_TEST_DATA")
    MARKER.unlink(missing_ok=True)
    good, served = serve(), serve()
    shutil.copyfile(file, served.folder / name)
    Engine().refresh()
    assert versions.active() == {"als": good} and not MARKER.exists()
    served.refresh_from_db()
    assert served.state == "broken" and "changed after it was published" in served.reason


def test_a_hostile_file_beside_the_others_is_never_read(tmp_path: Path) -> None:
    served = serve()
    (served.folder / "model.pkl").write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "ran").encode() + b"'\ntR.")
    Engine().refresh()
    assert versions.active() == {"als": served} and not (tmp_path / "ran").exists()


def test_a_clock_that_is_an_hour_off_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first = serve()
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: datetime.now(UTC) - timedelta(hours=1))
        second = serve()
        assert versions.active() == {"als": second} and versions.before_present("als") == first
    assert versions.roll_back("als", None, None) == first


def test_a_version_that_an_older_program_made_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    older = serve()
    assert versions.sound("als") == older
    monkeypatch.setitem(als_files.SHAPES, "newer", "f width")
    assert versions.sound("als") is None
    older.refresh_from_db()
    assert older.state == "broken"
    assert "newer.npy" in older.reason
