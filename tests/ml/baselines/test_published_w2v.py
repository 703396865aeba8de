"""The baseline `published w2v`: what is particular to it."""

import numpy as np
import pytest

from predictor.ml.baselines.published_w2v import PublishedW2v, PublishedW2vOptions
from predictor.ml.contract import TaggedPost
from tests.ml import toys


def test_it_works() -> None:
    """A score is the cosine of the hashtag's vector with the one that the layers predict."""
    baseline = PublishedW2v().fit(*toys.corpus())
    query = toys.photo(0, 77)[None]
    place = baseline.net_.outputs(query)[0]
    for suggestion in baseline.suggest(query, 9)[0]:
        vector = baseline.hashtags_[baseline.tags_.index(suggestion.tag)]
        cosine = vector @ place / np.linalg.norm(vector) / np.linalg.norm(place)
        assert suggestion.score == pytest.approx(cosine, abs=1e-5)


def test_the_layers_lead_to_the_mean_vector_of_the_hashtags() -> None:
    posts, embeddings = toys.corpus(each=100)
    baseline = PublishedW2v().fit(posts, embeddings)
    vectors = dict(zip(baseline.tags_, baseline.hashtags_, strict=True))
    means = np.stack(
        [
            np.mean([vectors[tag] for post in posts if theme in post.tags for tag in post.tags], axis=0)
            for theme in toys.THEMES
        ]
    )
    for place, theme in enumerate(baseline.net_.outputs(np.stack([toys.photo(number, 77) for number in range(3)]))):
        assert np.linalg.norm(means - theme, axis=1).argmin() == place


def test_size_is_that_of_the_vectors() -> None:
    baseline = PublishedW2v(PublishedW2vOptions(size=20)).fit(*toys.corpus())
    assert baseline.hashtags_.shape == (9, 20)


def test_window_decides_what_is_company() -> None:
    posts, embeddings = toys.corpus()
    long = [TaggedPost(post.id, (*post.tags, "one", "two", "three", "four")) for post in posts]
    near, far = (PublishedW2v(PublishedW2vOptions(window=window)).fit(long, embeddings) for window in (1, 5))
    assert not np.allclose(near.hashtags_, far.hashtags_)


def test_centred_vectors_share_nothing() -> None:
    plain, centred = (PublishedW2v(PublishedW2vOptions(centred=flag)).fit(*toys.corpus()) for flag in (False, True))
    assert np.linalg.norm(plain.hashtags_.mean(axis=0)) > 0.01
    np.testing.assert_allclose(centred.hashtags_.mean(axis=0), 0, atol=1e-6)
