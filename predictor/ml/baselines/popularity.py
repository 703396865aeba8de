"""The baseline `popularity`: the same hashtags for every photo, the most frequent first."""

from collections.abc import Sequence
from typing import Self

from predictor.ml import metrics, tables
from predictor.ml.contract import Embeddings, Matrix, ModelError, Progress, SuggestedTag, TaggedPost, silent


class Popularity:
    """Does not look at the photo. A score is the share of the training posts that carry the hashtag.

    It counts tag-only posts too, so that it is the same for every backbone.
    """

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Count the hashtags of all posts. Raises ModelError where there are none."""
        tags = metrics.popularity(posts)
        if not tags:
            raise ModelError(
                "There is nothing to count: no post for training has a hashtag. Import tagged posts first."
            )
        shares = tables.priors(posts, tags).tolist()
        self.ranking_ = [SuggestedTag(tag, share, share) for tag, share in zip(tags, shares, strict=True)]
        progress("done", 1.0)
        return self

    def suggest(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        """Return the k most frequent hashtags for each of the embeddings [n, width]."""
        return [self.ranking_[:k] for _ in embeddings]
