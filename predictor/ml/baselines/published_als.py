"""The baseline `published als`: the first published recipe of the `als` kind, kept as it was to compare with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from predictor.ml import tables
from predictor.ml.baselines import contract
from predictor.ml.contract import Embeddings, Matrix, Progress, SuggestedTag, TaggedPost, Vector, silent
from predictor.ml.neighbours import nearest, unit


@dataclass(frozen=True, slots=True)
class PublishedAlsOptions:
    """The settings of the recipe; what it left open stands at the defaults of the library `implicit`."""

    variance: float = 0.85  # share that the principal components explain
    factors: int = 64
    alpha: float = 1.0
    regularisation: float = 0.01
    iterations: int = 15
    neighbours: int = 20
    seed: int = 1


class PublishedAls:
    """Plain PCA, implicit ALS, and the plain mean of the factors of the most similar photos.

    A score is the dot product of that mean with the hashtag's factors: near 1 for a hashtag that most of the similar
    photos carry, but no probability. Posts without pictures are left out.
    """

    def __init__(self, options: PublishedAlsOptions | None = None) -> None:
        self.options = options or PublishedAlsOptions()

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from the posts with pictures. Raises ModelError where they are too few."""
        photos, vectors = contract.learned_from(posts, embeddings)
        self.tags_ = tables.vocabulary(photos)
        self.prior_ = tables.priors(photos, self.tags_)
        progress("reducing pictures", 0.0)
        self.mean_, self.basis_ = principal_components(vectors, self.options.variance)
        self.space_ = self._place(vectors)
        progress("factorising", 0.3)
        self.factors_, self.items_ = self._factorise(tables.tag_table(photos, self.tags_))
        progress("done", 1.0)
        return self

    def suggest(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        """Return the k best hashtags for each of the embeddings [n, width], best first."""
        places = self._place(contract.check_queries(embeddings, len(self.mean_)))
        factors = np.empty((len(places), self.options.factors), np.float32)
        for row, place in enumerate(places):
            similar, _ = nearest(place, self.space_, self.options.neighbours)
            factors[row] = self.factors_[similar].mean(axis=0)
        return contract.ranked(factors @ self.items_.T, self.tags_, self.prior_, k)

    def _place(self, vectors: Matrix) -> Matrix:
        return unit(np.asarray((vectors - self.mean_) @ self.basis_, np.float32))

    def _factorise(self, table: tables.TagTable) -> tuple[Matrix, Matrix]:
        """Factors of the photos and of the hashtags, as the library leaves them."""
        from implicit.cpu.als import AlternatingLeastSquares
        from scipy.sparse import csr_matrix
        from threadpoolctl import threadpool_limits

        options = self.options
        ones = np.ones(len(table.columns), np.float32)
        matrix = csr_matrix((ones, table.columns, table.starts), shape=(len(table.starts) - 1, len(self.tags_)))
        with threadpool_limits(limits=1, user_api="blas"):
            model: Any = AlternatingLeastSquares(
                factors=options.factors,
                regularization=options.regularisation,
                alpha=options.alpha,
                iterations=options.iterations,
                random_state=options.seed,
                num_threads=2,
            )
            model.fit(matrix, show_progress=False)
        return np.asarray(model.user_factors), np.asarray(model.item_factors)


def principal_components(vectors: Matrix, variance: float) -> tuple[Vector, Matrix]:
    """Plain PCA of embeddings [n, width], without whitening.

    Returns the mean [width] and as many components as explain at least the share `variance`, [width, components].
    """
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    values, basis = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    values, basis = np.maximum(values[::-1], 0), basis[:, ::-1]
    width = int(np.searchsorted(np.cumsum(values), variance * values.sum())) + 1
    return mean, basis[:, :width].astype(np.float32)
