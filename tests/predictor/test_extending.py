"""Between two trainings, approved contributions join the index of the version that serves."""

import numpy as np
import pytest

from corpus.models import Post
from predictor import embeddings, extending
from predictor.inference import Engine
from predictor.ml.als import AlsModel
from predictor.models import Contribution, ModelVersion, PostEmbedding
from tests.ml import toys
from tests.predictor.conftest import store


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
    assert held(engine).taken_in == {post.pk for post in contributed}
    assert {post.pk for post in contributed} <= set(held(engine).ids_.tolist())


def test_what_is_approved_later_is_taken_in_at_the_next_look(contributed: list[Post]) -> None:
    late = contributed[0]
    Contribution.objects.filter(post=late).update(state=Contribution.State.WAITING)
    engine = Engine()
    engine.refresh()
    assert late.pk not in held(engine).taken_in
    Contribution.objects.filter(post=late).update(state=Contribution.State.APPROVED)
    engine._next_look = 0
    engine.refresh()
    assert late.pk in held(engine).taken_in


def test_what_is_not_embedded_waits(contributed: list[Post]) -> None:
    PostEmbedding.objects.filter(post=contributed[0]).delete()
    engine = Engine()
    engine.refresh()
    assert held(engine).taken_in == {contributed[1].pk}


def test_the_kind_that_cannot_take_posts_in_stays_as_it_is(contributed: list[Post]) -> None:
    engine = Engine()
    engine.refresh()
    version, model = engine._models["w2v"]
    assert extending.take_in(version, model, toys.WIDTH) == 0


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
