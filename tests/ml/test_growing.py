"""How models learn on in a large corpus: what was solved stays, what is new is taken in."""

from pathlib import Path

import numpy as np
import pytest

from predictor.ml import als_algebra as algebra
from predictor.ml.als import AlsModel
from predictor.ml.als_files import AlsOptions
from predictor.ml.contract import Embeddings, TaggedPost, Vector
from predictor.ml.kernel_ridge import KernelOptions
from predictor.ml.tables import tag_table
from predictor.ml.w2v import W2vModel
from predictor.ml.w2v_files import W2vOptions
from tests.ml import toys

LARGE = KernelOptions(exact_up_to=50, centres=40)  # so that 90 photos are many


def harbour(seed: int) -> Vector:
    """The embedding of a photo that is half sea, half city: new, but not of a kind that nobody has ever seen."""
    return np.asarray(toys.photo(0, seed) * 0.5 + toys.photo(1, seed + 1) * 0.5, np.float32)


def with_harbours(posts: list[TaggedPost], known: Embeddings, count: int = 10) -> tuple[list[TaggedPost], Embeddings]:
    """The corpus with harbours added to it."""
    new = [TaggedPost(posts[-1].id + 1 + number, ("harbour", "boat")) for number in range(count)]
    rows = np.stack([harbour(1000 + 2 * number) for number in range(count)])
    ids = [*known.ids.tolist(), *(post.id for post in new)]
    return [*posts, *new], toys.embedded(ids, np.concatenate([known.vectors, rows]))


def grown_als() -> tuple[AlsModel, AlsModel]:
    """The same model before and after it has taken a new theme in."""
    posts, embeddings = toys.corpus()
    before, model = (AlsModel(AlsOptions(kernel=LARGE)).fit(posts, embeddings) for _ in range(2))
    return before, model.update(*with_harbours(posts, embeddings))


def test_it_works() -> None:
    before, model = grown_als()
    assert {item.tag for item in model.suggest(harbour(5), 2)} == {"harbour", "boat"}
    assert model.suggest(toys.photo(0, 5), 1)[0].tag == "sea"
    np.testing.assert_array_equal(model.kernel_.weights, before.kernel_.weights, "what pictures promise stays")
    for tag, item in zip(before.tags_, before.items_, strict=True):
        np.testing.assert_array_equal(model.items_[model.tags_.index(tag)], item, tag)


def test_new_photos_are_computed_as_all_others_are() -> None:
    _, model = grown_als()
    space, factors = model.space_.copy(), model.factors_.copy()
    posts, embeddings = with_harbours(*toys.corpus())
    model.attach(posts, embeddings)
    np.testing.assert_allclose(model.space_, space, atol=2e-3)
    np.testing.assert_allclose(model.factors_, factors, atol=2e-3)


def test_photos_that_are_gone_leave() -> None:
    posts, embeddings = toys.corpus()
    model = AlsModel(AlsOptions(kernel=LARGE)).fit(posts, embeddings)
    model.update(posts[5:], toys.embedded([post.id for post in posts[5:]], embeddings.vectors[5:]))
    assert model.ids_.tolist() == [post.id for post in posts[5:]]


def test_a_grown_model_answers_alike_after_it_was_stored(tmp_path: Path) -> None:
    _, model = grown_als()
    model.save(tmp_path)
    again = AlsModel.load(tmp_path)
    mine, its = (one.suggest(harbour(5), 5) for one in (model, again))
    assert [item.tag for item in mine] == [item.tag for item in its]
    assert [item.score for item in mine] == pytest.approx([item.score for item in its], abs=5e-3)
    assert again.update(*with_harbours(*toys.corpus())).suggest(harbour(5), 1)[0].tag in ("harbour", "boat")


def test_solve_new_is_the_item_step_of_als() -> None:
    random = np.random.default_rng(2)
    items = random.normal(size=(4, 3)).astype(np.float32)
    table = tag_table([TaggedPost(1, ("a", "d")), TaggedPost(2, ("b", "d")), TaggedPost(3, ("c",))], list("abcd"))
    found = algebra.solve_new(table, items, np.array([3]), regularisation=1.0, alpha=20, rounds=1)
    np.testing.assert_allclose(found[:3], items[:3], rtol=1e-3)
    users = algebra.photo_factors(table, items, 1.0, 20)
    system = users.T @ users + np.eye(3) + 19 * users[:2].T @ users[:2]
    np.testing.assert_allclose(found[3], np.linalg.solve(system, 20 * users[:2].sum(axis=0)), rtol=0.02, atol=0.02)


def test_w2v_keeps_what_look_alikes_carry() -> None:
    posts, embeddings = toys.corpus()
    model = W2vModel(W2vOptions(kernel=LARGE)).fit(posts, embeddings)
    before, usual = model.look_alikes_, dict(zip(model.tags_, model.usual_, strict=False))
    model.update(*with_harbours(posts, embeddings))
    np.testing.assert_array_equal(model.look_alikes_.kernel.weights, before.kernel.weights)
    assert [model.tags_[column] for column in model.look_alikes_.frequent] == sorted(usual)
    assert model.usual_[model.tags_.index("sea")] == usual["sea"]
    assert {item.tag for item in model.suggest(harbour(5), 2)} == {"harbour", "boat"}
    assert model.suggest(toys.photo(0, 5), 1)[0].tag == "sea"


def test_look_alikes_forget_a_hashtag_that_is_gone() -> None:
    posts, embeddings = toys.corpus()
    model = W2vModel(W2vOptions(kernel=LARGE)).fit(posts, embeddings)
    left = [TaggedPost(post.id, tuple(tag for tag in post.tags if tag != "cake")) for post in posts]
    model.update(left, embeddings)
    assert "cake" not in [item.tag for item in model.suggest(toys.photo(2, 5), 20)]
    assert model.suggest(toys.photo(2, 5), 1)[0].tag == "food"


def test_extend_places_posts_as_attach_does() -> None:
    posts, embeddings = toys.corpus()
    one, other = (
        AlsModel(AlsOptions(kernel=LARGE)).fit(posts, embeddings).attach(posts[:60], embeddings) for _ in "ab"
    )
    one.extend(posts[55:], embeddings)
    other.attach(posts, embeddings)
    order = np.argsort(one.ids_)
    np.testing.assert_array_equal(one.ids_[order], other.ids_)
    np.testing.assert_allclose(one.space_[order], other.space_, atol=1e-3)
    mine, its = ([item.tag for item in model.suggest(toys.photo(1, 3), 3)] for model in (one, other))
    assert mine == its
