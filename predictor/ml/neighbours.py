"""Nearest rows by cosine, in numpy alone."""

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Matrix, Vector


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
