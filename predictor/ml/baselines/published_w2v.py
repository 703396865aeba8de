"""The baseline `published w2v`: the first published recipe of the `w2v` kind, kept as it was to compare with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from predictor.ml import tables
from predictor.ml.baselines import contract, two_layers
from predictor.ml.contract import Embeddings, Matrix, Progress, SuggestedTag, TaggedPost, silent
from predictor.ml.neighbours import unit

MOST_EPOCHS, FEWEST_EPOCHS = 100, 5  # 5 is gensim's default
WORDS_A_FIT = 2_000_000  # hashtags read in a fit: about what 5 epochs read of the 80,000 posts of the publication


@dataclass(frozen=True, slots=True)
class PublishedW2vOptions:
    """The settings of the recipe; what it left open stands at gensim's defaults."""

    size: int = 150  # of the hashtag vectors
    window: int = 3  # hashtags to each side that count as company
    centred: bool = False  # subtract the mean hashtag vector; the recipe did not, at a cost that `recipes` shows
    seed: int = 1


class PublishedW2v:
    """Skip-gram vectors of hashtags, and two linear layers from a picture to the mean vector of its hashtags.

    A score is the cosine of the predicted vector with the hashtag's vector. Posts without pictures are left out.
    """

    def __init__(self, options: PublishedW2vOptions | None = None) -> None:
        self.options = options or PublishedW2vOptions()

    def fit(self, posts: Sequence[TaggedPost], embeddings: Embeddings, progress: Progress = silent) -> Self:
        """Learn from the posts with pictures. Raises ModelError where they are too few."""
        photos, vectors = contract.learned_from(posts, embeddings)
        self.tags_ = tables.vocabulary(photos)
        self.prior_ = tables.priors(photos, self.tags_)
        progress("learning hashtag vectors", 0.0)
        self.hashtags_ = self._hashtag_vectors([post.tags for post in photos])
        self.net_ = self._train(vectors, tables.tag_table(photos, self.tags_), progress)
        progress("done", 1.0)
        return self

    def suggest(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        """Return the k best hashtags for each of the embeddings [n, width], best first."""
        places = self.net_.outputs(contract.check_queries(embeddings, len(self.net_.mean)))
        return contract.ranked(unit(places) @ unit(self.hashtags_).T, self.tags_, self.prior_, k)

    def _hashtag_vectors(self, lists: Sequence[Sequence[str]]) -> Matrix:
        """Gensim's Word2Vec at its defaults but for skip-gram and no least count, [tags, size].

        A small corpus is read in more epochs than the default, or its vectors would hardly leave their random start.
        The mean length is brought to 1: cosines stay as they are, and the layers learn short vectors as well as long.
        """
        from gensim.models import Word2Vec

        options = self.options
        words = sum(len(tags) for tags in lists)
        model = Word2Vec(
            lists,
            vector_size=options.size,
            window=options.window,
            sg=1,
            min_count=1,
            epochs=max(FEWEST_EPOCHS, min(MOST_EPOCHS, WORDS_A_FIT // words)),
            seed=options.seed,
            workers=1,
        )
        vectors = np.asarray(model.wv[self.tags_], np.float32)
        vectors = vectors - vectors.mean(axis=0) if options.centred else vectors
        lengths = np.linalg.norm(vectors, axis=1)
        return np.asarray(vectors / max(lengths.mean(), 1e-12), np.float32)

    def _train(self, vectors: Matrix, table: tables.TagTable, progress: Progress) -> two_layers.TwoLayers:
        from torch.nn.functional import mse_loss

        def mean_vectors(rows: tables.Rows) -> Matrix:
            carried = table.dense(rows, len(self.tags_))
            return np.asarray(carried @ self.hashtags_ / carried.sum(axis=1, keepdims=True), np.float32)

        course = two_layers.Course(seed=self.options.seed)
        return two_layers.learn(vectors, self.options.size, mean_vectors, mse_loss, course, progress)
