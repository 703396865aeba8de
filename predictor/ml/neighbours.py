"""Nearest rows by cosine, in numpy alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Matrix, Vector

CHUNK = 1024  # rows worked on at a time, to bound memory
LENT = 256  # queries at a time: a product of matrices is much faster than one for each


def unit(rows: Matrix) -> Matrix:
    """Scale rows [n, d] to length 1; rows of zeros stay zeros."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)


def top(scores: Vector, k: int) -> NDArray[np.int64]:
    """Places of the k highest scores, best first; equal scores in order of their place."""
    k = min(k, len(scores))
    if k == 0:
        return np.empty(0, np.int64)
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    places = np.flatnonzero(scores >= least)
    return places[np.argsort(-scores[places], kind="stable")][:k]


def nearest(query: Vector, rows: Matrix, k: int) -> tuple[NDArray[np.int64], Vector]:
    """Return places and cosines of the k rows [n, d] nearest to `query` [d], nearest first; all of length 1."""
    cosines = rows @ query
    places = top(cosines, k)
    return places, cosines[places]


def soft_weights(cosines: Vector, temperature: float) -> Vector:
    """Weights of neighbours, exp((cosine - highest cosine) / temperature), that sum to 1."""
    weights = np.exp((cosines - cosines.max()) / temperature)
    return np.asarray(weights / weights.sum(), np.float32)


def lend(
    queries: Matrix, rows: Matrix, lent: Matrix, k: int, temperature: float, own: NDArray[np.int64] | None = None
) -> Matrix:
    """Softly weighted mean of what the k nearest rows lend to each query, [queries, width].

    `rows` [n, d] and `queries` are of length 1, `lent` is [n, width]. Where the queries are rows themselves, `own` says
    which, and each is left out for itself.
    """
    found = np.empty((len(queries), lent.shape[1]), np.float32)
    for start in range(0, len(queries), LENT):
        for place, all_cosines in enumerate(queries[start : start + LENT] @ rows.T, start=start):
            if own is not None:
                all_cosines[own[place]] = -np.inf
            places = top(all_cosines, min(k, len(rows) - (own is not None)))
            found[place] = soft_weights(all_cosines[places], temperature) @ lent[places]
    return found


def kin(tags: Sequence[str], vectors: Matrix, k: int) -> dict[str, list[tuple[str, float]]]:
    """The k hashtags nearest to each by cosine of their vectors [tags, size], nearest first, itself left out."""
    rows, k = unit(vectors), min(k, len(tags) - 1)
    found: dict[str, list[tuple[str, float]]] = {}
    for start in range(0, len(tags), CHUNK):
        cosines = rows[start : start + CHUNK] @ rows.T
        own = np.arange(len(cosines))
        cosines[own, own + start] = -np.inf
        places = np.argpartition(-cosines, k - 1, axis=1)[:, :k] if k > 0 else np.empty((len(cosines), 0), np.int64)
        order = np.lexsort((places, -np.take_along_axis(cosines, places, 1)), axis=1)
        places = np.take_along_axis(places, order, 1)
        near = np.take_along_axis(cosines, places, 1)
        for tag, columns, values in zip(tags[start : start + CHUNK], places.tolist(), near.tolist(), strict=True):
            found[tag] = [(tags[column], value) for column, value in zip(columns, values, strict=True)]
    return found
