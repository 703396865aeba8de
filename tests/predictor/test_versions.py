"""Versions: published whole or not at all, and activated only in place of the one that they follow."""

import pytest
from django.conf import settings

from predictor import versions
from predictor.ml.als import AlsModel
from predictor.ml.artefact import ArtefactError
from predictor.models import ActiveVersion, ModelVersion
from tests.ml import toys
from tests.predictor.conftest import store, train

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


def test_it_works() -> None:
    model = AlsModel().fit(*toys.corpus())
    version = versions.publish(model, ModelVersion(kind="als", backbone=toys.BACKBONE), toys.WIDTH)
    assert [folder.name for folder in settings.VERSIONS_ROOT.iterdir()] == [str(version.pk)]
    again = versions.open_version(version).suggest(toys.photo(0, 3), 5, 2)
    assert again == model.suggest(toys.photo(0, 3), 5, 2)


def test_what_does_not_come_back_sound_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    model = AlsModel().fit(*toys.corpus())
    model.items_ = model.items_ * float("nan")
    with pytest.raises(ArtefactError, match="not come back sound"):
        versions.publish(model, ModelVersion(kind="als", backbone=toys.BACKBONE), toys.WIDTH)
    assert not ModelVersion.objects.exists()
    assert not list(settings.VERSIONS_ROOT.iterdir())


def test_of_two_that_follow_one_parent_the_first_serves() -> None:
    store(30)
    parent = train()
    first, second = train(activate=False), train(activate=False)
    assert versions.activate(first, parent)
    assert not versions.activate(second, parent)
    assert versions.active() == {"als": first}


def test_the_first_of_a_kind() -> None:
    store(30)
    first, second = train(activate=False), train(activate=False)
    assert versions.activate(first, None)
    assert not versions.activate(second, None)
    assert ActiveVersion.objects.get().version == first


def test_names() -> None:
    assert versions.active_names() == ""
    store(30)
    w2v, als = train("w2v"), train("als")
    assert versions.active_names() == f"{als} {w2v}"
