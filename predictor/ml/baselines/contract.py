"""What all baselines share: their contract, lighter than that of the models, what they learn from, what they answer."""

from collections.abc import Sequence
from typing import Protocol, Self

import numpy as np

from predictor.ml import tables
from predictor.ml.contract import Embeddings, Matrix, ModelError, Progress, SuggestedTag, TaggedPost, Vector, silent
from predictor.ml.neighbours import top


class Baseline(Protocol):
    """Something to compare the models with: fitted for one evaluation, asked for many photos at once, never saved."""

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from scratch. Raises ModelError where the posts cannot make a baseline."""
        ...

    def suggest(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        """Return the k best hashtags for each of the embeddings [n, width], best first; none carries evidence.

        Raises ModelError where the embeddings are of another width or not numbers.
        """
        ...


def learned_from(posts: Sequence[TaggedPost], embeddings: Embeddings) -> tuple[list[TaggedPost], Matrix]:
    """Return the posts with pictures and their embeddings [photos, width]; tag-only posts teach a baseline nothing.

    Raises ModelError where the posts are too few or the embeddings cannot be computed with.
    """
    photos, vectors = tables.photo_posts(posts, embeddings)
    tables.require(len(photos), len(tables.vocabulary(photos)))
    with np.errstate(over="ignore", invalid="ignore"):
        spread = vectors.std(axis=0)
    if not np.isfinite(spread).all():
        raise ModelError("Some embeddings hold values too large to compute with; embed those posts again.")
    return photos, vectors


def check_queries(embeddings: Matrix, width: int) -> Matrix:
    """Return embeddings of photos in question as float32, [n, width]. Raises ModelError where they cannot be such."""
    for embedding in embeddings:
        tables.check_query(embedding, width)
    return embeddings.astype(np.float32, copy=False)


def ranked(scores: Matrix, tags: Sequence[str], prior: Vector, k: int) -> list[list[SuggestedTag]]:
    """The k best hashtags of each photo by its scores [n, tags], best first; equal scores in the order of `tags`."""
    return [[SuggestedTag(tags[c], float(row[c]), float(prior[c])) for c in top(row, k)] for row in scores]
