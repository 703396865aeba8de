"""Between two trainings, approved contributions join the index of the version that serves."""

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from corpus.models import Hashtag, Post, Source, Tagging
from predictor.contributions import contributing
from predictor.inference import BUSY_SECONDS, NEWS_SECONDS, Engine
from predictor.learning import embeddings, extending, versions
from predictor.ml.als import AlsModel
from predictor.ml.contract import Matrix
from predictor.models import Contribution, ModelVersion, PostEmbedding
from tests.ml import toys
from tests.predictor.conftest import store, train


@pytest.fixture
def contributed(serving: dict[str, ModelVersion]) -> list[Post]:
    """Two posts that came from contributions after the versions that serve were trained."""
    store(95, name="before")  # so that their ids are none that the versions know
    Post.objects.filter(source__name="before").delete()
    posts = store(2)
    for version in serving.values():
        ModelVersion.objects.filter(pk=version.pk).update(watermark=0)
    for post in posts:
        Contribution.objects.create(post=post, post_number=post.pk, state=Contribution.State.APPROVED, kept=["sea"])
    return posts


def held(engine: Engine) -> AlsModel:
    model = engine._models["als"][1]
    assert isinstance(model, AlsModel)
    return model


def test_it_works(contributed: list[Post]) -> None:
    engine = Engine()
    engine.refresh()
    assert set(held(engine).taken_in) == {post.pk for post in contributed}
    assert {post.pk for post in contributed} <= set(held(engine).ids_.tolist())


def test_what_is_approved_later_is_taken_in_at_the_next_look(contributed: list[Post]) -> None:
    late = contributed[0]
    Contribution.objects.filter(post=late).update(state=Contribution.State.WAITING)
    engine = Engine()
    engine.refresh()
    assert late.pk not in held(engine).taken_in
    Contribution.objects.filter(post=late).update(state=Contribution.State.APPROVED)
    look_again(engine)
    assert late.pk in held(engine).taken_in


def test_while_photo_follows_photo_looks_are_rarer(contributed: list[Post]) -> None:
    engine = Engine()
    engine.refresh()
    Contribution.objects.update(state=Contribution.State.WAITING)
    engine._looked -= NEWS_SECONDS
    engine.refresh()
    assert held(engine).taken_in
    engine.refresh(idle=True)
    assert not held(engine).taken_in


def test_what_is_not_embedded_waits(contributed: list[Post]) -> None:
    PostEmbedding.objects.filter(post=contributed[0]).delete()
    engine = Engine()
    engine.refresh()
    assert set(held(engine).taken_in) == {contributed[1].pk}


def test_the_kind_that_cannot_take_posts_in_stays_as_it_is(contributed: list[Post]) -> None:
    engine = Engine()
    engine.refresh()
    version, model = engine._models["w2v"]
    assert extending.take_in(version, model, toys.WIDTH) == 0


def look_again(engine: Engine) -> None:
    engine._looked -= BUSY_SECONDS
    engine.refresh()


def test_what_is_withdrawn_or_turned_down_goes(contributed: list[Post], moderator: User) -> None:
    engine = Engine()
    engine.refresh()
    before = held(engine).ids_.tolist()
    first, second = Contribution.objects.order_by("post")
    contributing.withdraw(first)
    look_again(engine)
    assert set(before) - set(held(engine).ids_.tolist()) == {first.post_number}
    contributing.reject(second, moderator, "It shows a stranger.")
    look_again(engine)
    assert held(engine).taken_in == {} and len(held(engine).ids_) == len(before) - 2


def test_what_has_other_hashtags_now_is_replaced(contributed: list[Post]) -> None:
    engine = Engine()
    engine.refresh()
    post = contributed[0]
    before, factors = held(engine).ids_.tolist(), row_of(engine, post)
    other = Hashtag.objects.exclude(posts=post).order_by("pk")[0]
    Tagging.objects.create(post=post, hashtag=other, position=9, source=post.source, origin="user:1")
    look_again(engine)
    assert sorted(held(engine).ids_.tolist()) == sorted(before), "it is there once"
    assert other.key in held(engine).taken_in[post.pk] and not np.allclose(row_of(engine, post), factors)
    Hashtag.objects.filter(pk=other.pk).update(status=Hashtag.Status.BANNED)
    look_again(engine)
    np.testing.assert_array_equal(row_of(engine, post), factors)
    Hashtag.objects.update(status=Hashtag.Status.BANNED)
    look_again(engine)
    assert post.pk not in held(engine).ids_


def row_of(engine: Engine, post: Post) -> Matrix:
    """Return the factors of a post in the index, [1, f]."""
    found: Matrix = held(engine).factors_[held(engine).ids_ == post.pk]
    return found


def test_a_damaged_embedding_stops_no_photo(contributed: list[Post], caplog: pytest.LogCaptureFixture) -> None:
    PostEmbedding.objects.filter(post=contributed[0]).update(vector=b"xyz")
    engine = Engine()
    engine.refresh()
    assert held(engine).taken_in == {} and "can be taken in" in caplog.text
    assert engine._models["als"][1].suggest(toys.photo(0, 5), 3)


def test_ten_thousand_of_one_account_sway_nothing_beyond_its_share(
    contributed: list[Post], trusted: list[User]
) -> None:
    store(60, name="theirs")
    flood(trusted[0], 10)
    engine, photo = Engine(), toys.photo(1, 5)
    engine.refresh()
    ten, suggested = set(held(engine).taken_in), held(engine).suggest(photo, 20)
    learned = versions.open_version(train(full=True, activate=False)).suggest(photo, 20)
    Contribution.objects.update(admitted=None)
    flood(trusted[0], 1000)
    look_again(engine)
    assert set(held(engine).taken_in) == ten and held(engine).suggest(photo, 20) == suggested
    assert versions.open_version(train(full=True, activate=False)).suggest(photo, 20) == learned


def flood(person: User, number: int) -> None:
    """Store approved and embedded contributions that call the second theme by a hashtag of the first."""
    start = Post.objects.count()
    posts = Post.objects.bulk_create(
        Post(source=Source.objects.get(name="mine"), external_id=f"flood{start + n}", image="x.jpg", status="approved")
        for n in range(number)
    )
    tag = Hashtag.objects.get(key=toys.corpus()[0][0].tags[0])
    Tagging.objects.bulk_create(
        Tagging(post=post, hashtag=tag, position=0, source=post.source, origin="user:1") for post in posts
    )
    PostEmbedding.objects.bulk_create(
        PostEmbedding(post=post, backbone=toys.BACKBONE, vector=embeddings.to_blob(toys.photo(1, post.pk)))
        for post in posts
    )
    now = timezone.now()
    Contribution.objects.bulk_create(
        Contribution(owner=person, post=post, post_number=post.pk, state="approved", kept=[tag.key], decided=now)
        for post in posts
    )


def test_extend_embeds_contributions_alone(contributed: list[Post], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []

    def watched(embedder: object, among: object = None) -> tuple[int, int]:
        assert among is not None
        asked.append(sorted(among.values_list("pk", flat=True)))  # type: ignore[attr-defined]
        return 1, 0

    monkeypatch.setattr(embeddings, "embed_missing", watched)
    store(3, name="others")
    assert extending.extend() == 2, "once for each version"
    np.testing.assert_array_equal(asked, [[post.pk for post in contributed]] * 2)
