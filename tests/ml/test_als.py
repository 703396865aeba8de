"""The kind `als`: what is particular to it."""

import numpy as np
import pytest

from predictor.ml import als_algebra as algebra
from predictor.ml.als import AlsModel, AlsOptions
from predictor.ml.contract import ModelError, TaggedPost
from predictor.ml.tables import tag_table
from tests.ml import toys


def test_it_works() -> None:
    """The shares of all neighbours that speak for a hashtag are what the regression does not speak for: half here."""
    model = AlsModel(AlsOptions(evidence=1000)).fit(*toys.corpus())
    best = model.suggest(toys.photo(0, 77), 1, explain=1)[0]
    assert sum(evidence.share for evidence in best.evidence) == pytest.approx(0.5, abs=0.02)
    shares = [evidence.share for evidence in best.evidence]
    assert shares == sorted(shares, reverse=True)


def test_shares_are_what_the_score_is_made_of() -> None:
    model = AlsModel(AlsOptions(evidence=1000)).fit(*toys.corpus())
    best = model.suggest(toys.photo(0, 77), 1, explain=1)[0]
    row = {int(id): place for place, id in enumerate(model.ids_)}
    item = model.items_[model.tags_.index(best.tag)]
    first = best.evidence[0]
    weights = np.exp((np.array([e.similarity for e in best.evidence]) - first.similarity) / model.options.temperature)
    parts = np.array([model.factors_[row[e.post or 0]] @ item for e in best.evidence]) * weights
    assert first.share == pytest.approx(0.5 * parts[0] / parts.sum(), rel=0.02), "half is the regression's"


def test_photo_factors_are_the_exact_solution() -> None:
    random = np.random.default_rng(1)
    items = random.normal(size=(6, 4)).astype(np.float32)
    posts = [TaggedPost(1, ("a", "c")), TaggedPost(2, ()), TaggedPost(3, ("f",)), TaggedPost(4, ("b", "c"))]
    found = algebra.photo_factors(tag_table(posts, list("abcdef")), items, regularisation=1.5, alpha=20)
    for row, columns in ((0, [0, 2]), (2, [5]), (3, [1, 2])):
        own = items[columns]
        system = items.T @ items + 1.5 * np.eye(4) + 19 * own.T @ own
        np.testing.assert_allclose(found[row], np.linalg.solve(system, 20 * own.sum(axis=0)), rtol=2e-3, atol=2e-3)
    assert not found[1].any()


def test_photo_factors_agree_with_the_library() -> None:
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    posts, _ = toys.corpus()
    table = tag_table(posts, sorted({tag for post in posts for tag in post.tags}))
    matrix = csr_matrix((np.ones(len(table.columns), np.float32), table.columns, table.starts), shape=(90, 9))
    library = AlternatingLeastSquares(
        factors=8, regularization=1.0, alpha=20, use_cg=False, random_state=1, num_threads=1
    )
    library.fit(matrix, show_progress=False)
    library.partial_fit_users(np.arange(90), matrix)
    ours = algebra.photo_factors(table, np.asarray(library.item_factors), 1.0, 20)
    np.testing.assert_allclose(ours, library.user_factors, rtol=5e-3, atol=5e-3)


def test_pca_keeps_at_least_the_variance_asked_for() -> None:
    vectors = np.random.default_rng(1).normal(size=(500, 10)).astype(np.float32) * np.arange(1, 11)
    _, basis, explained = algebra.half_white_pca(vectors.astype(np.float32), 0.85)
    assert explained >= 0.85
    assert 1 < basis.shape[1] < 10


def test_a_model_without_its_posts_says_so() -> None:
    posts, embeddings = toys.corpus()
    model = AlsModel().fit(posts, embeddings).attach([], embeddings)
    with pytest.raises(ModelError, match="no posts"):
        model.suggest(toys.photo(0, 77), 3)
