"""The teachers: models trained on the public sets and the backbone's own class head say what is on each photo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from predictor.ml import kinds
from predictor.ml.contract import Embeddings, Matrix, Model, Progress, TaggedPost, Vector
from predictor.ml.tables import Rows

DEPTH = 40  # hashtags asked of each model
FOLDS = 4
SURE = 0.35  # mean score of both models from which a hashtag is believed
SURE_CLASS = 0.5  # probability of the class head, likewise
MOST = 7  # hashtags for one photo
SEED = 1


@dataclass(frozen=True, slots=True)
class ClassHead:
    """The last layer of a network trained on ImageNet, and what its classes are called as hashtags."""

    weights: Matrix  # [classes, width]
    bias: Vector  # [classes]
    hashtags: Mapping[int, tuple[str, ...]]

    def probabilities(self, embeddings: Matrix) -> Matrix:
        """Return the probability of each class, [photos, classes]."""
        logits = embeddings @ self.weights.T + self.bias
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(chances / chances.sum(axis=1, keepdims=True), np.float32)

    def scores(self, embeddings: Matrix, tags: Sequence[str]) -> Matrix:
        """Return the probability that a photo shows one of each hashtag's classes, [photos, tags]."""
        place = {tag: column for column, tag in enumerate(tags)}
        stands_for = np.zeros((len(self.bias), len(tags)), np.float32)
        for number, hashtags in self.hashtags.items():
            for tag in hashtags:
                stands_for[number, place[tag]] = 1
        return self.probabilities(embeddings) @ stands_for


def out_of_fold_scores(
    kind: str, lists: Sequence[tuple[str, ...]], vectors: Matrix, tags: Sequence[str], progress: Progress
) -> Matrix:
    """Return what models of a kind say of photos that they were not trained on, [photos, tags].

    The first `len(lists)` rows of `vectors` have hashtags and are split into folds; each fold is answered by a model
    of the others, so no photo's answer repeats what people wrote of it. Further rows get the mean of all the models.
    """
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(lists))
    scores = np.zeros((len(vectors), len(tags)), np.float32)
    for number in range(FOLDS):
        progress(f"Teaching {kind}", number / FOLDS)
        learned = np.flatnonzero(fold != number)
        posts = [TaggedPost(row, lists[row]) for row in learned.tolist()]
        model = kinds.get(kind).model_class()().fit(posts, Embeddings("teacher", learned, vectors[learned]))
        asked = np.flatnonzero(fold == number)
        scores[asked] = _answers(model, vectors, asked, tags)
        further = np.arange(len(lists), len(vectors))
        scores[further] += _answers(model, vectors, further, tags) / FOLDS
    return scores


def _answers(model: Model, vectors: Matrix, rows: Rows, tags: Sequence[str]) -> Matrix:
    place = {tag: column for column, tag in enumerate(tags)}
    scores = np.zeros((len(rows), len(tags)), np.float32)
    for number, row in enumerate(rows):
        for found in model.suggest(vectors[row], DEPTH):
            scores[number, place[found.tag]] = found.score
    return scores


def believed(models: Matrix, classes: Matrix, tags: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each photo the hashtags that the teachers are sure of, surest first; none where they are not.

    `models` is the mean score of both models, `classes` that of the class head, both [photos, tags].
    """
    weight = np.where(models >= SURE, models, 0) + np.where(classes >= SURE_CLASS, classes, 0)
    order = np.argsort(-weight, axis=1, kind="stable")[:, :MOST]
    return [tuple(tags[place] for place in places if row[place] > 0) for row, places in zip(weight, order, strict=True)]
