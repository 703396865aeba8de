"""The commands `embed` and `prepare`: what is embedded, exported and loaded, and what may be missing."""

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError
from PIL import Image

from corpus.models import Post
from predictor import starter
from predictor.learning import embeddings, versions
from predictor.ml import als_files, w2v_files
from predictor.ml.weights import BackboneError
from predictor.models import ActiveVersion, ModelVersion, PostEmbedding
from tests.ml import toys
from tests.predictor.conftest import run_command, serve, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


def test_it_works(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    asked: list[str] = []
    toy = embeddings.open_embedder("x")

    def open_embedder(id: str) -> object:
        asked.append(id)
        return toy

    monkeypatch.setattr(embeddings, "open_embedder", open_embedder)
    posts = store(3)
    PostEmbedding.objects.all().delete()
    Image.new("RGB", (64, 64), "red").save(home / "media" / "red.jpg")
    Post.objects.filter(pk__in=[post.pk for post in posts[:2]]).update(image="red.jpg")
    out, _ = run_command("embed", "--backbone", "resnet50_torchvision")
    assert asked == ["resnet50_torchvision"]
    assert out.strip() == "Embedded 2 posts with ResNet50 (torchvision's weights); 1 pictures could not be opened."
    assert PostEmbedding.objects.count() == 2
    out, _ = run_command("embed")
    assert sorted(asked[1:]) == ["efficientnet_lite2", "mobilenet_v2"]
    assert "Embedded 0 posts with EfficientNet-Lite2" in out
    assert PostEmbedding.objects.count() == 2


def test_embed_refuses_what_it_cannot_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(id: str) -> object:
        raise BackboneError("The weights are missing. Install them.")

    monkeypatch.setattr(embeddings, "open_embedder", missing)
    with pytest.raises(CommandError, match="The weights are missing"):
        run_command("embed")
    with pytest.raises(CommandError, match="invalid choice"):
        run_command("embed", "--backbone", "alexnet")


def test_prepare_loads_the_starter_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    def load() -> str:
        serve("als")
        loaded.append("starter")
        return "The starter is loaded."

    monkeypatch.setattr(starter, "load", load)
    assert "The starter is loaded." in run_command("prepare")[0]
    assert "starter" not in run_command("prepare")[0]
    assert loaded == ["starter"]
    assert ActiveVersion.objects.count() == len(versions.active()) == 1


def test_prepare_replaces_versions_of_an_older_program(
    serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(als_files.SHAPES, "newer", "f width")
    monkeypatch.setitem(w2v_files.SHAPES, "newer", "f width")
    monkeypatch.setattr(starter, "load", lambda: "The starter is loaded.")
    out, _ = run_command("prepare")
    for version in serving.values():
        assert f"{version} is damaged, or was made by an older tag4pic, so it does not serve any more." in out
    assert "The starter is loaded." in out
    assert not versions.active()


@pytest.mark.parametrize("damage", [b"", b"\0" * 7, np.full(toys.WIDTH, np.nan, "<f2").tobytes()])
def test_embed_makes_damaged_embeddings_anew(home: Path, damage: bytes) -> None:
    store(3)
    Image.new("RGB", (64, 64), "red").save(home / "media" / "red.jpg")
    Post.objects.update(image="red.jpg")
    first = PostEmbedding.objects.order_by("pk")[0]
    PostEmbedding.objects.filter(pk=first.pk).update(vector=damage)
    assert embeddings.embed_missing(embeddings.open_embedder("toy")) == (1, 0)
    loaded = embeddings.load(toys.BACKBONE, [first.post_id], toys.WIDTH)
    np.testing.assert_allclose(loaded.vectors[0], toys.photo(0, 5), atol=0.01)


def test_prepare_goes_on_where_a_backbone_that_is_only_set_is_missing(
    serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = embeddings.open_embedder("x")

    def open_embedder(id: str) -> object:
        if id != "toy":
            raise BackboneError("The weights are missing.")
        return toy

    monkeypatch.setattr(embeddings, "open_embedder", open_embedder)
    assert "The weights are missing. Until then, the present versions go on serving." in run_command("prepare")[0]


def test_prepare_fails_where_a_backbone_that_serves_is_missing(
    serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(id: str) -> object:
        raise BackboneError("The weights are missing.")

    monkeypatch.setattr(embeddings, "open_embedder", missing)
    with pytest.raises(CommandError, match="The weights are missing"):
        run_command("prepare")
