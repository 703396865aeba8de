"""The baseline `published als`: what is particular to it."""

import numpy as np
import pytest

from predictor.ml.baselines.published_als import PublishedAls, PublishedAlsOptions, principal_components
from predictor.ml.contract import Matrix
from tests.ml import toys


def test_it_works() -> None:
    """A score is the dot product of the hashtag's factors with the plain mean of the most similar photos' factors."""
    posts, embeddings = toys.corpus()
    baseline = PublishedAls(PublishedAlsOptions(neighbours=3)).fit(posts, embeddings)
    query = toys.photo(1, 77)
    reduced = (embeddings.vectors - embeddings.vectors.mean(axis=0)) @ baseline.basis_
    asked = (query - embeddings.vectors.mean(axis=0)) @ baseline.basis_
    cosines = reduced @ asked / np.linalg.norm(reduced, axis=1) / np.linalg.norm(asked)
    mean = baseline.factors_[np.argsort(-cosines)[:3]].mean(axis=0)
    for suggestion in baseline.suggest(query[None], 9)[0]:
        item = baseline.items_[baseline.tags_.index(suggestion.tag)]
        assert suggestion.score == pytest.approx(mean @ item, abs=1e-5)


def test_it_stands_at_the_published_settings() -> None:
    options = PublishedAlsOptions()
    assert (options.variance, options.factors, options.alpha, options.regularisation) == (0.85, 64, 1.0, 0.01)


def stretched() -> Matrix:
    """Points that spread ten times as far in the last direction as in the first."""
    points = np.random.default_rng(1).normal(size=(500, 10)) * np.arange(1, 11) + 5
    return points.astype(np.float32)


def test_components_are_as_few_as_explain_the_variance() -> None:
    vectors = stretched()
    mean, basis = principal_components(vectors, 0.85)
    share = ((vectors - mean) @ basis).var(axis=0) / vectors.var(axis=0).sum()
    assert share.sum() >= 0.85
    assert share[:-1].sum() < 0.85


def test_components_are_not_whitened() -> None:
    _, basis = principal_components(stretched(), 0.85)
    np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=1e-5)
