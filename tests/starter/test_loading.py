"""Loading the starter into a home: a toy starter here, the real one in the slow suite."""

import re
from pathlib import Path

import numpy as np
import pytest

from corpus.models import Post, Source, Tagging
from predictor.learning import snapshots, versions
from predictor.ml import kinds
from predictor.ml.contract import Embeddings
from predictor.models import ActiveVersion, PostEmbedding
from predictor.starter import loading, shipped
from predictor.starter.compact import compress
from tests.ml import toys

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path, home: Path) -> Path:
    """The files of a toy starter: 90 posts with embeddings and 2 with hashtags alone."""
    (home / "run").mkdir()
    posts, embeddings = toys.corpus()
    compacts, models = {}, []
    for kind in kinds.KINDS:
        name = f"{kind.backbone}@toy"
        compacts[name] = compress(embeddings.vectors)
        seen = Embeddings(name, embeddings.ids, embeddings.vectors)
        models.append(kind.model_class()().fit(posts, seen).attach([], seen))
    lists = [post.tags for post in posts] + [("love", "sea"), ("love", "food")]
    shipped.write(tmp_path, lists, compacts, models)
    return tmp_path


def test_it_works(files: Path) -> None:
    sentence = loading.load(files)
    assert "92 posts" in sentence
    assert Post.objects.approved().filter(image="", split="train").count() == 92
    assert PostEmbedding.objects.count() == 180
    assert sorted(versions.active()) == ["als", "w2v"]
    for version in versions.active().values():
        model = versions.open_version(version)
        best = model.suggest(toys.photo(0, 77), 1, explain=1)[0]
        assert best.tag == "sea"
        assert best.evidence[0].post is not None
        shown = Post.objects.get(pk=best.evidence[0].post)
        assert shown.hashtags.filter(key="sea").exists()


def test_posts_have_the_shipped_hashtags_in_order(files: Path) -> None:
    loading.load(files)
    first = Post.objects.order_by("id")[0]
    rows = Tagging.objects.filter(post=first)
    assert tuple(row.hashtag.key for row in rows) == toys.corpus()[0][0].tags
    assert {row.origin for row in rows} == {"starter"}


def test_twice_is_once(files: Path) -> None:
    loading.load(files)
    before = versions.active_names()
    assert "no version that was missing" in loading.load(files)
    assert Post.objects.count() == 92
    assert versions.active_names() == before


def test_posts_of_another_starter_give_way(files: Path) -> None:
    loading.load(files)
    older = Post.objects.order_by("id")[:40]
    Post.objects.exclude(pk__in=[post.pk for post in older]).delete()
    for post in older:  # as a starter of other posts has named them
        Post.objects.filter(pk=post.pk).update(external_id=f"older-{post.external_id}")
    mine = Post.objects.create(
        source=Source.objects.create(name="mine", kind=Source.Kind.FOLDER), external_id="1", split="train"
    )
    ActiveVersion.objects.all().delete()
    assert re.search(r"92 posts and als:\d+ and w2v:\d+", loading.load(files))
    assert Post.objects.filter(source__kind=Source.Kind.STARTER).count() == 92
    assert Post.objects.filter(pk=mine.pk).exists()


def test_a_post_that_was_deleted_stays_away(files: Path) -> None:
    loading.load(files)
    Post.objects.order_by("id")[0].delete()
    ActiveVersion.objects.all().delete()
    assert re.search(r"91 posts and als:\d+ and w2v:\d+", loading.load(files))
    best = versions.open_version(versions.active()["als"]).suggest(toys.photo(1, 77), 1, explain=1)[0]
    assert best.tag == "city"
    assert all(
        Post.objects.filter(pk=evidence.post or 0, taggings__hashtag__key="city").exists() for evidence in best.evidence
    )


def test_the_models_can_be_trained_again_from_what_was_loaded(files: Path) -> None:
    loading.load(files)
    version = versions.active()["als"]
    snapshot = snapshots.take(snapshots.training_posts(), version.backbone, toys.WIDTH)
    assert len(snapshot.posts) == 92
    model = kinds.get("als").model_class()().fit(snapshot.posts, snapshot.embeddings)
    assert model.suggest(toys.photo(2, 77), 1)[0].tag == "food"


def test_what_is_written_is_what_is_read(files: Path) -> None:
    starter = shipped.read(files)
    assert starter.lists[:2] == [post.tags for post in toys.corpus()[0][:2]]
    rebuilt = next(iter(starter.embeddings.values())).rebuilt()
    np.testing.assert_allclose(rebuilt, toys.corpus()[1].vectors, atol=0.1)
    assert {path.suffix for path in files.rglob("*") if path.is_file()} == {".npy", ".json"}


@pytest.mark.slow
def test_the_real_starter(home: Path) -> None:
    (home / "run").mkdir()
    loading.load()
    size = sum(file.stat().st_size for file in shipped.FILES.rglob("*") if file.is_file())
    assert size < 15_000_000
    for version in versions.active().values():
        model = versions.open_version(version)
        assert isinstance(model.suggest(np.ones(1280, np.float32), 10)[0].tag, str)
