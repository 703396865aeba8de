"""Embeddings in a fifth of a kilobyte each: 224 principal components of their square roots, in 8 bits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Matrix, Vector
from predictor.ml.tables import damped

COMPONENTS = 224


@dataclass(frozen=True, slots=True)
class Compact:
    """Embeddings of one backbone: root = mean + (codes * steps) @ basis."""

    mean: Vector  # [width]
    basis: Matrix  # [components, width]
    steps: Vector  # [components]; the worth of one code step
    codes: NDArray[np.int8]  # [posts, components]

    def rebuilt(self) -> Matrix:
        """Return the embeddings at full width, [posts, width]; none of them negative, as after a ReLU."""
        roots = self.mean + (self.codes * self.steps) @ self.basis
        return np.asarray(np.maximum(roots, 0) ** 2, np.float32)


def compress(embeddings: Matrix) -> Compact:
    """Pack embeddings [posts, width] that are not negative."""
    roots = damped(embeddings)
    mean = roots.mean(axis=0)
    covariance = (roots - mean).T @ (roots - mean) / len(roots)
    _, vectors = np.linalg.eigh(covariance.astype(np.float64))
    basis = vectors[:, ::-1][:, :COMPONENTS].T.astype(np.float16).astype(np.float32)
    places = (roots - mean) @ basis.T
    steps = np.maximum(np.abs(places).max(axis=0), 1e-6) / 127
    codes = np.round(places / steps).astype(np.int8)
    return Compact(mean.astype(np.float32), basis, steps.astype(np.float32), codes)
