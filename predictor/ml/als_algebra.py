"""The linear algebra of the `als` kind: PCA, factors of hashtags and photos, and the space of their neighbours."""

from typing import Any

import numpy as np

from predictor.ml.arrays import half
from predictor.ml.contract import Matrix, Vector
from predictor.ml.neighbours import unit
from predictor.ml.tables import Rows, TagTable, damped

CHUNK = 4096  # rows worked on at a time, to bound memory


def moments(vectors: Matrix) -> tuple[Vector, Matrix]:
    """Mean [width] and covariance [width, width] of the roots of embeddings [n, width]."""
    total, squares = np.zeros(vectors.shape[1]), np.zeros((vectors.shape[1],) * 2)
    for start in range(0, len(vectors), CHUNK):
        part = damped(vectors[start : start + CHUNK])
        total += part.sum(axis=0, dtype=np.float64)
        squares += part.T @ part
    mean = total / len(vectors)
    return mean.astype(np.float32), np.asarray(squares / len(vectors) - np.outer(mean, mean), np.float32)


def half_white_pca(covariance: Matrix, variance: float) -> tuple[Matrix, float]:
    """Principal components that explain at least the share `variance`, each divided by eigenvalue^(1/4).

    Full whitening (^(1/2)) lifts noise, plain PCA lets a few components rule; half-way is best for neighbours.
    Returns the scaled basis [width, components], and the share that it explains.
    """
    values, basis = np.linalg.eigh(covariance.astype(np.float64))
    values, basis = np.maximum(values[::-1], 0), basis[:, ::-1]
    explained = np.cumsum(values) / max(values.sum(), 1e-12)
    rank = max(int((values > 1e-6 * max(values[0], 1e-12)).sum()), 1)
    width = min(int(np.searchsorted(explained, variance)) + 1, rank)
    scaled = basis[:, :width] / np.maximum(values[:width], 1e-12) ** 0.25
    return half(scaled), float(explained[width - 1])


def spread(covariance: Matrix) -> Vector:
    """Standard deviation of each dimension, and a little so that one may divide by it, [width]."""
    return np.asarray(np.sqrt(np.maximum(np.diag(covariance), 0)) + 1e-3, np.float32)


def factorise(
    table: TagTable, start: Matrix, iterations: int, regularisation: float, alpha: float, seed: int
) -> Matrix:
    """Factors of the hashtags [tags, factors] from the post x hashtag table by implicit ALS, beginning at `start`.

    Each iteration solves the posts' factors, then the hashtags'. Source: Hu, Koren, Volinsky, "Collaborative Filtering
    for Implicit Feedback Datasets", 2008, with the confidence alpha on what is present and 1 on what is absent.
    """
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    ones = np.ones(len(table.columns), np.float32)
    matrix = csr_matrix((ones, table.columns, table.starts), shape=(len(table.starts) - 1, len(start)))
    model: Any = AlternatingLeastSquares(
        factors=start.shape[1],
        regularization=regularisation,
        alpha=alpha,
        iterations=iterations,
        use_cg=True,
        random_state=seed,
        num_threads=2,
    )
    model.user_factors = np.zeros((matrix.shape[0], start.shape[1]), np.float32)  # the first step replaces them
    model.item_factors = start.astype(np.float32)
    with threadpool_limits(limits=1, user_api="blas"):
        model.fit(matrix, show_progress=False)
    return half(np.asarray(model.item_factors))


def photo_factors(table: TagTable, items: Matrix, regularisation: float, alpha: float) -> Matrix:
    """Factors of posts [posts, factors] from the factors V of their hashtags, as the exact solution of ALS's user step.

    u = alpha (G + (alpha - 1) V_t' V_t)^-1 V_t' 1 with G = V'V + regularisation I and V_t the rows of the post's own
    hashtags. By the push-through identity this is V_t W_t' c with W = V G^-1 and a small system for c as wide as the
    post has hashtags: alpha (I + (alpha - 1) W_t V_t')^-1 1. Posts without hashtags get zeros.
    """
    gram = items.T.astype(np.float64) @ items + regularisation * np.eye(items.shape[1])
    pulled = np.linalg.solve(gram, items.T.astype(np.float64)).T.astype(np.float32)  # W, [tags, factors]
    factors = np.zeros((len(table.starts) - 1, items.shape[1]), np.float32)
    sizes = table.sizes
    for size in np.unique(sizes[sizes > 0]):
        rows = np.flatnonzero(sizes == size)
        for part in np.array_split(rows, -(-len(rows) // CHUNK)):
            tags = table.columns[table.starts[part][:, None] + np.arange(size)]  # [part, size]
            own = pulled[tags]  # [part, size, factors]
            system = np.eye(size) + (alpha - 1) * (own @ items[tags].transpose(0, 2, 1))
            weights = np.linalg.solve(system, np.full((len(part), size, 1), alpha))
            factors[part] = (own * weights).sum(axis=1)
    return half(factors)


def solve_new(
    table: TagTable, items: Matrix, new: Rows, regularisation: float, alpha: float, rounds: int = 3
) -> Matrix:
    """Factors of all hashtags [tags, factors]: the columns `new` solved for, the others as they are in `items`.

    `items` has starting values for the new ones. Each round solves the factors of the posts that carry new hashtags,
    then v = alpha (U'U + regularisation I + (alpha - 1) U_v' U_v)^-1 U_v' 1 with the rows U_v of its own posts: ALS's
    item step, see `factorise`.
    """
    if not len(new):
        return items
    items, carriers = items.copy(), table.by_tag(len(items))
    touched = np.flatnonzero(table.only(new).sizes)
    users = photo_factors(table, items, regularisation, alpha)
    for _ in range(rounds):
        users[touched] = photo_factors(table.rows(touched), items, regularisation, alpha)
        gram = users.T.astype(np.float64) @ users + regularisation * np.eye(items.shape[1])
        for column in new:
            own = users[carriers.columns[carriers.starts[column] : carriers.starts[column + 1]]].astype(np.float64)
            items[column] = np.linalg.solve(gram + (alpha - 1) * own.T @ own, alpha * own.sum(axis=0))
    return half(items)


def lengths_of_scores(items: Matrix) -> Matrix:
    """chol(V'V), [factors, factors]: factors times this have the dot products of the hashtag scores that they give."""
    return half(np.linalg.cholesky(items.T.astype(np.float64) @ items + 1e-6 * np.eye(items.shape[1])))


def reduce(vectors: Matrix, mean: Vector, basis: Matrix) -> Matrix:
    """Embeddings [n, width] to unit vectors in half-whitened principal components, [n, components]."""
    parts = [vectors[i : i + CHUNK] for i in range(0, len(vectors), CHUNK)]
    reduced = [unit(np.asarray((damped(part) - mean) @ basis, np.float32)) for part in parts]
    return np.concatenate(reduced) if reduced else np.empty((0, basis.shape[1]), np.float32)


def joint(reduced: Matrix, promised: Matrix, weight: float) -> Matrix:
    """The space in which neighbours are searched: how a photo looks beside what it promises, [n, d + f], unit rows."""
    return unit(np.hstack([reduced, weight * unit(promised)]))
