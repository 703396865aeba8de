"""The baseline `reference`: the plain strong net that knows neither ALS nor Word2Vec, and that a model has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np

from predictor.ml import tables
from predictor.ml.baselines import contract, two_layers
from predictor.ml.contract import Embeddings, Matrix, Progress, SuggestedTag, TaggedPost, silent

if TYPE_CHECKING:
    import torch

COURSE = two_layers.Course(
    hidden=1024, input_dropout=0.3, hidden_dropout=0.5, rate=3e-4, decay=1e-2, patience=8, epochs=150
)


class Reference:
    """Two linear layers from the standardised embedding to all hashtags, with binary cross-entropy.

    A score is the probability that the net gives. Its settings were chosen on held-out rows of Corel-5K's train split.
    Posts without pictures are left out.
    """

    def __init__(self, course: two_layers.Course = COURSE) -> None:
        self.course = course

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from the posts with pictures. Raises ModelError where they are too few."""
        photos, vectors = contract.learned_from(posts, embeddings)
        self.tags_ = tables.vocabulary(photos)
        self.prior_ = tables.priors(photos, self.tags_)
        table = tables.tag_table(photos, self.tags_)

        def carried(rows: tables.Rows) -> Matrix:
            return table.dense(rows, len(self.tags_))

        self.net_ = two_layers.learn(vectors, len(self.tags_), carried, _cross_entropy, self.course, progress)
        progress("done", 1.0)
        return self

    def suggest(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        """Return the k best hashtags for each of the embeddings [n, width], best first."""
        logits = self.net_.outputs(contract.check_queries(embeddings, len(self.net_.mean)))
        probabilities = np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))), np.float32)
        return contract.ranked(probabilities, self.tags_, self.prior_, k)


def _cross_entropy(logits: torch.Tensor, carried: torch.Tensor) -> torch.Tensor:
    """Summed over the hashtags, averaged over the photos."""
    from torch.nn.functional import binary_cross_entropy_with_logits

    return binary_cross_entropy_with_logits(logits, carried, reduction="sum") / len(logits)
