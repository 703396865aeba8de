"""Versions: published whole or not at all, and activated only in place of the one that they follow."""

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from pytest_django import Settings

from predictor import versions
from predictor.ml import artefact
from predictor.ml.als import AlsModel
from predictor.ml.artefact import ArtefactError
from predictor.models import ActiveVersion, ModelVersion, VersionHashtag
from tests.ml import toys
from tests.predictor.conftest import serve

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
