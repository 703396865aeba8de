"""Snapshots: which posts and hashtags training and evaluation see, and their embeddings."""

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from corpus.models import Hashtag, Post, Source, Tagging
from predictor.learning import embeddings, snapshots
from predictor.learning.snapshots import Snapshot
from predictor.models import PostEmbedding
from tests.ml import toys
from tests.predictor.conftest import store

pytestmark = pytest.mark.django_db


def ids(posts: list[Post]) -> list[int]:
    return [post.pk for post in posts]


def trained_on(*sources: str) -> set[int]:
    return set(snapshots.training_posts(sources).values_list("pk", flat=True))


def test_it_works() -> None:
    posts = store(6)
    snapshot = snapshots.take(snapshots.training_posts(), toys.BACKBONE, toys.WIDTH)
    assert [post.id for post in snapshot.posts] == snapshot.embeddings.ids.tolist() == ids(posts)
    tagged, seen = toys.corpus()
    assert [post.tags for post in snapshot.posts] == [post.tags for post in tagged[:6]]
    assert np.allclose(snapshot.embeddings.vectors, seen.vectors[:6], atol=1e-3)
    assert snapshot.embeddings.vectors.dtype == np.float32
    assert (snapshot.embeddings.backbone, snapshot.watermark) == (toys.BACKBONE, posts[-1].pk)


def test_nothing_is_a_snapshot_too() -> None:
    snapshot = snapshots.take(snapshots.training_posts(), toys.BACKBONE, toys.WIDTH)
    assert (snapshot.posts, snapshot.watermark) == ([], 0)
    assert snapshot.embeddings.vectors.shape == (0, toys.WIDTH)


def test_a_thinned_one_has_all_posts_and_the_embeddings_of_a_few() -> None:
    snapshot = Snapshot(*toys.corpus())
    thin = snapshot.thinned(4)
    assert (thin.posts, thin.watermark) == (snapshot.posts, snapshot.watermark)
    assert thin.embeddings.ids.tolist() == [1, 30, 60, 90]
    assert np.array_equal(thin.embeddings.vectors[-1], snapshot.embeddings.vectors[-1])
    assert thin.thinned(9).embeddings.ids.tolist() == thin.embeddings.ids.tolist()
    nothing = snapshots.take(snapshots.training_posts(), toys.BACKBONE, toys.WIDTH)
    assert nothing.thinned(4).embeddings.vectors.shape == (0, toys.WIDTH)


def test_embeddings_of_another_backbone_do_not_count() -> None:
    posts = store(4)
    PostEmbedding.objects.filter(post=posts[0]).update(backbone="toy@1")
    snapshot = snapshots.take(snapshots.training_posts(), toys.BACKBONE, toys.WIDTH)
    assert len(snapshot.posts) == 4
    assert snapshot.embeddings.ids.tolist() == ids(posts)[1:]


def test_it_costs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    store(60)
    with django_assert_max_num_queries(6):
        snapshots.take(snapshots.training_posts(), toys.BACKBONE, toys.WIDTH)


@pytest.mark.parametrize("field", [{"status": "pending"}, {"status": "rejected"}, {"split": "dev"}, {"split": "test"}])
def test_only_approved_posts_of_the_train_split_are_learned_from(field: dict[str, str]) -> None:
    posts = store(3)
    Post.objects.filter(pk=posts[0].pk).update(**field)
    assert trained_on() == set(ids(posts[1:]))


def test_duplicates_are_left_out_of_both() -> None:
    posts, dev = store(2), store(2, split="dev")
    Post.objects.filter(pk=posts[1].pk).update(duplicate_of=posts[0])
    Post.objects.filter(pk=dev[1].pk).update(duplicate_of=posts[0])
    assert trained_on() == {posts[0].pk}
    assert list(snapshots.evaluation_posts("dev")) == [dev[0]]


def test_sources_can_be_chosen() -> None:
    mine, theirs = store(2), store(2, name="theirs")
    assert trained_on("theirs") == set(ids(theirs))
    assert trained_on("mine", "theirs") == set(ids(mine + theirs))
    dev = store(1, split="dev", name="theirs")
    store(1, split="dev")
    assert list(snapshots.evaluation_posts("dev", ["theirs"])) == dev


def test_starter_posts_count_while_other_photos_are_few(settings: Settings) -> None:
    settings.STARTER_UNTIL = 3
    starter = store(2, kind=Source.Kind.STARTER, name="starter")
    mine = store(2)
    Post.objects.filter(pk=mine[0].pk).update(image="")
    assert trained_on() == set(ids(starter + mine)), "one photo"
    dev = store(2, split="dev")
    assert trained_on() == set(ids(starter + mine)), "photos of other splits do not count"
    Post.objects.filter(pk__in=ids(dev)).update(split="train")
    assert trained_on() == set(ids(mine + dev)), "three photos"
    assert trained_on("starter") == set(ids(starter)), "asked for by name"


def test_evaluation_needs_photos() -> None:
    posts = store(2, split="dev")
    Post.objects.filter(pk=posts[0].pk).update(image="")
    assert list(snapshots.evaluation_posts("dev")) == [posts[1]]
    assert list(snapshots.evaluation_posts("test")) == []


def test_an_alias_and_what_it_stands_for_count_once() -> None:
    post = store(1)[0]  # sea beach
    Hashtag.objects.filter(key="beach").update(alias_of=Hashtag.objects.get(key="sea"))
    assert snapshots.read_posts(snapshots.training_posts())[0].tags == ("sea",)
    banned = Hashtag.objects.create(key="x", display="x", status=Hashtag.Status.BANNED)
    Hashtag.objects.filter(key="beach").update(alias_of=banned)
    assert snapshots.read_posts(snapshots.training_posts())[0].tags == ("sea",)
    Hashtag.objects.update(status=Hashtag.Status.BANNED)
    assert snapshots.read_posts(snapshots.training_posts()) == [], "a post without a hashtag is none"
    assert Tagging.objects.filter(post=post).count() == 2


def test_blobs_come_back_as_they_were() -> None:
    vectors = np.random.default_rng(1).standard_normal((3, 7)).astype(np.float16).astype(np.float32)
    blobs = [embeddings.to_blob(vector) for vector in vectors]
    assert [len(blob) for blob in blobs] == [14] * 3
    assert np.array_equal(embeddings.from_blobs(blobs, 7), vectors)
