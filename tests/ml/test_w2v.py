"""The kind `w2v`: what is particular to it."""

import numpy as np
import pytest

from predictor.ml import word2vec
from predictor.ml.contract import TaggedPost, silent
from predictor.ml.w2v import W2vModel
from predictor.ml.w2v_files import W2vOptions
from tests.ml import toys


def test_it_works() -> None:
    """Hashtags that go together end up near each other."""
    posts, _ = toys.corpus()
    tags = sorted({tag for post in posts for tag in post.tags})
    learned = word2vec.learn([post.tags for post in posts], tags, size=16, seed=1, start=None, progress=silent)
    vectors = dict(zip(tags, learned.inputs - learned.inputs.mean(axis=0), strict=True))
    assert vectors["sea"] @ vectors["beach"] > vectors["sea"] @ vectors["cake"]


def test_a_tag_without_pictures_follows_from_one_with() -> None:
    posts, embeddings = toys.corpus()
    lists = [TaggedPost(1000 + number, ("beach", "wave", "travel")) for number in range(60)]
    model = W2vModel().fit([*posts, *lists], embeddings)
    travel = next(s for s in model.suggest(toys.photo(0, 77), 10, explain=10) if s.tag == "travel")
    (lead,) = travel.evidence
    assert lead.tag in toys.THEMES["sea"]
    assert lead.share == 1
    scores = {s.tag: s.score for s in model.suggest(toys.photo(0, 77), 10)}
    assert travel.score == pytest.approx(0.25 * scores[lead.tag or ""] * lead.similarity, rel=1e-4)


def test_photos_that_look_alike_speak_for_frequent_hashtags_alone() -> None:
    model = W2vModel(W2vOptions(kernel_tags=3)).fit(*toys.corpus())
    assert [model.tags_[column] for column in model.look_alikes_.frequent] == ["city", "food", "sea"]
    photo = toys.photo(0, 77)
    layers = dict(zip(model.tags_, model.layers_.probabilities(model.layers_.place(photo[None]))[0], strict=True))
    found = {item.tag: item for item in model.suggest(photo, 9)}
    assert found["beach"].score == pytest.approx(layers["beach"]), "the layers alone speak for it"
    assert found["sea"].score != pytest.approx(layers["sea"])
    assert found["beach"].usual == min(item.usual for item in found.values())


def test_update_starts_known_vectors_where_they_were() -> None:
    posts, embeddings = toys.corpus()
    model = W2vModel().fit(posts, embeddings)
    before = dict(zip(model.tags_, model.vectors_.inputs, strict=True))
    model.update(*toys.with_new_theme(posts, embeddings))
    after = dict(zip(model.tags_, model.vectors_.inputs, strict=True))
    for tag, vector in before.items():
        cosine = vector @ after[tag] / np.linalg.norm(vector) / np.linalg.norm(after[tag])
        assert cosine > 0.8, tag


def test_update_without_news_changes_no_layer() -> None:
    posts, embeddings = toys.corpus()
    model = W2vModel().fit(posts, embeddings)
    first = model.layers_.first
    model.update(posts, embeddings)
    assert model.layers_.first is first


def test_new_hashtags_begin_at_the_mean_of_their_company() -> None:
    known = {"sea": np.array([1.0, 0.0], np.float32), "sun": np.array([0.0, 1.0], np.float32)}
    means = word2vec.means_of_company([("sea", "new"), ("sea", "sun", "new"), ("alone",)], known)
    assert set(means) == {"new"}
    np.testing.assert_allclose(means["new"], [2 / 3, 1 / 3])
