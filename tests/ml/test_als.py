"""The kind `als`: what is particular to it."""

import numpy as np
import pytest

from predictor.ml import als_algebra as algebra
from predictor.ml.als import AlsModel
from predictor.ml.als_files import AlsOptions
from predictor.ml.contract import ModelError, TaggedPost, Vector
from predictor.ml.tables import damped, tag_table
from tests.ml import toys


def net_part(model: AlsModel, tag: str, photo: Vector) -> float:
    """What the net alone puts into the probability of a hashtag."""
    probabilities = model.layers_.probabilities(model.layers_.place(photo[None]))[0]
    return model.options.net_share * float(probabilities[list(model.frequent_).index(model.tags_.index(tag))])


def test_it_works() -> None:
    """What is neither the net's nor the regression's (half of the rest here) is shared among all neighbours."""
    model = AlsModel(AlsOptions(evidence=1000)).fit(*toys.corpus())
    photo = toys.photo(0, 77)
    best = model.suggest(photo, 1, explain=1)[0]
    rest = 1 - net_part(model, best.tag, photo) / best.score
    assert 0.3 < rest < 0.9
    assert sum(evidence.share for evidence in best.evidence) == pytest.approx(0.5 * rest, rel=0.04)
    shares = [evidence.share for evidence in best.evidence]
    assert shares == sorted(shares, reverse=True)


def test_shares_are_what_the_score_is_made_of() -> None:
    model = AlsModel(AlsOptions(evidence=1000)).fit(*toys.corpus())
    photo = toys.photo(0, 77)
    best = model.suggest(photo, 1, explain=1)[0]
    row = {int(id): place for place, id in enumerate(model.ids_)}
    item = model.items_[model.tags_.index(best.tag)]
    first = best.evidence[0]
    weights = np.exp((np.array([e.similarity for e in best.evidence]) - first.similarity) / model.options.temperature)
    parts = np.array([model.factors_[row[e.post or 0]] @ item for e in best.evidence]) * weights
    rest = 1 - net_part(model, best.tag, photo) / best.score
    expected = 0.5 * rest * parts[0] / parts.sum()
    assert first.share == pytest.approx(expected, rel=0.02), "half is the regression's"


def test_the_net_knows_frequent_hashtags_alone() -> None:
    posts, embeddings = toys.corpus()
    model = AlsModel(AlsOptions(net_tags=3)).fit(posts, embeddings)
    assert [model.tags_[column] for column in model.frequent_] == ["city", "food", "sea"], (
        "each on a third of the posts"
    )
    assert net_part(model, "sea", toys.photo(0, 77)) > 0.2
    answer = {item.tag: item.score for item in model.suggest(toys.photo(0, 77), 9)}
    assert answer["beach"] > answer["street"], "the factors alone speak for it"


def test_the_net_goes_on_from_where_it_was() -> None:
    posts, embeddings = toys.corpus()
    model = AlsModel().fit(posts, embeddings)
    before = model.layers_
    model.update(posts, embeddings)
    np.testing.assert_array_equal(model.layers_.first, before.first, "nothing new, nothing to learn")
    model.update(*toys.with_new_theme(posts, embeddings))
    assert 0 < np.abs(model.layers_.first - before.first).max() < 0.1
    assert "cat" in [item.tag for item in model.suggest(toys.photo(3, 5), 2)]


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
    mean, covariance = algebra.moments(vectors.astype(np.float32))
    roots = damped(vectors)
    np.testing.assert_allclose(mean, roots.mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(covariance, np.cov(roots.T, bias=True), atol=1e-3)
    basis, explained = algebra.half_white_pca(covariance, 0.85)
    assert explained >= 0.85
    assert 1 < basis.shape[1] < 10


def test_a_model_without_its_posts_says_so() -> None:
    posts, embeddings = toys.corpus()
    model = AlsModel().fit(posts, embeddings).attach([], embeddings)
    with pytest.raises(ModelError, match="no posts"):
        model.suggest(toys.photo(0, 77), 3)
