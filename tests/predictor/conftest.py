"""A toy corpus in the database, trained versions of it, and an embedder that sees a photo's theme in its colour."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from PIL import Image
from pytest_django import DjangoDbBlocker

from corpus.hashtags import Tag
from corpus.ingest import ensure_hashtags
from corpus.models import Post, Source, Tagging
from predictor.evaluation import plots
from predictor.inference import Engine
from predictor.learning import embeddings, runs, training, versions
from predictor.ml import artefact, kinds
from predictor.ml.baselines import registry
from predictor.ml.baselines.popularity import Popularity
from predictor.ml.baselines.registry import Entry
from predictor.ml.contract import Matrix, Model
from predictor.models import ModelVersion, PostEmbedding
from tests.ml import toys

_fitted: dict[str, Model] = {}


class ToyEmbedder:
    """Sees the first theme in a red photo, the second in a green one, the third in a blue one."""

    full_name = toys.BACKBONE
    backbone = SimpleNamespace(id="toy", label="Toy", width=toys.WIDTH)

    def embed(self, images: list[Image.Image]) -> Matrix:
        seen = [toys.photo(int(np.argmax(np.asarray(image).mean(axis=(0, 1)))), 5) for image in images]
        return np.array(seen, np.float32).reshape(len(images), toys.WIDTH)


@pytest.fixture
def toy_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let training and inference use the toy embedder for whatever backbone they ask for.

    New versions are reloaded in this process, which is faster; `tests/predictor/test_versions.py` has a fresh one.
    """
    (settings.HOME / "run").mkdir()
    monkeypatch.setattr(embeddings, "open_embedder", lambda id, threads=None: ToyEmbedder())

    def open_embedder(engine: Any, version: ModelVersion) -> None:
        engine._embedders[version.backbone] = ToyEmbedder()

    def reload(folder: Path, manifest_sha256: str) -> None:
        assert artefact._reload(folder, manifest_sha256) == ""

    monkeypatch.setattr(Engine, "_open_embedder", open_embedder)
    monkeypatch.setattr(versions, "_reload", reload)


@pytest.fixture
def no_baselines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an evaluation have no baseline but popularity; fitting them takes a while."""
    monkeypatch.setattr(registry, "baselines", lambda: [Entry("popularity", None, Popularity)])


@pytest.fixture
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an evaluation draw nothing; drawing takes longer than measuring so few photos."""
    monkeypatch.setattr(plots, "draw", lambda report: iter(()))


@pytest.fixture
def file_database(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A migrated database in a file, as a site has one; threads do not see each other's work in one in memory."""
    databases, before = connections.settings, connections["default"]
    databases["default"] = {**databases["default"], "NAME": str(tmp_path / "tag4pic.sqlite3")}
    connections["default"] = connections.create_connection("default")
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        yield
        connections["default"].close()
    databases["default"], connections["default"] = before.settings_dict, before


@pytest.fixture
def photo_file(tmp_path: Path) -> Path:
    """A blue photo, in which the toy embedder sees food."""
    Image.new("RGB", (64, 64), "blue").save(tmp_path / "blue.jpg")
    return tmp_path / "blue.jpg"


@pytest.fixture
def serving(db: None, toy_backbone: None) -> dict[str, ModelVersion]:
    """A serving version of each kind."""
    return {kind: serve(kind) for kind in kinds.IDS}


def run_command(command: str, *arguments: str | Path) -> tuple[str, str]:
    """Run a command and return what it wrote to standard output and standard error."""
    out, err = StringIO(), StringIO()
    call_command(command, *(str(argument) for argument in arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def store(count: int, kind: str = Source.Kind.FOLDER, split: str = "train", name: str = "mine") -> list[Post]:
    """Store the first posts of the toy corpus, as posts with a photo that is embedded already."""
    source, _ = Source.objects.get_or_create(name=name, defaults={"kind": kind})
    tagged, seen = toys.corpus()
    known = ensure_hashtags(Tag(tag, tag) for post in tagged for tag in post.tags)
    image = "" if kind == Source.Kind.STARTER else "posts/toy.jpg"
    tagged = tagged[:count]
    posts = Post.objects.bulk_create(
        Post(source=source, external_id=f"{split}{toy.id}", image=image, split=split, status="approved")
        for toy in tagged
    )
    Tagging.objects.bulk_create(
        Tagging(post=post, hashtag=known[tag], position=place, source=source, origin="test")
        for post, toy in zip(posts, tagged, strict=True)
        for place, tag in enumerate(toy.tags)
    )
    PostEmbedding.objects.bulk_create(
        PostEmbedding(post=post, backbone=toys.BACKBONE, vector=embeddings.to_blob(vector))
        for post, vector in zip(posts, seen.vectors, strict=False)
    )
    return posts


def train(kind: str = "als", full: bool = False, activate: bool = True) -> ModelVersion:
    """Train a version of the toy corpus."""
    run = runs.open_run(kind, full, activate, [])
    assert run.claim()
    return training.carry_out(run)


def fitted(kind: str) -> Model:
    """Return a model of the toy corpus, which is fitted once for all tests."""
    if kind not in _fitted:
        _fitted[kind] = kinds.get(kind).model_class()().fit(*toys.corpus())
    return _fitted[kind]


def serve(kind: str = "als", activate: bool = True) -> ModelVersion:
    """Publish the model of the toy corpus as what follows the serving version."""
    parent = versions.active().get(kind)
    made = ModelVersion(kind=kind, backbone=toys.BACKBONE, parent=parent, posts=90, hashtags=9, watermark=90)
    version = versions.publish(fitted(kind), made, toys.WIDTH)
    assert not activate or versions.activate(version, parent)
    return version
