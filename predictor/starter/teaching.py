"""The teachers: models trained on the public sets and the backbone's own class head say what is on each photo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from predictor.ml.contract import Matrix, Model, Vector

DEPTH = 40  # hashtags asked of each model
SURE = 0.35  # mean score of both models from which a hashtag is believed
SURE_CLASS = 0.5  # probability of the class head, likewise
MOST = 7  # hashtags for one photo


@dataclass(frozen=True, slots=True)
class ClassHead:
    """The last layer of a network trained on ImageNet, and what its classes are called as hashtags."""

    weights: Matrix  # [classes, width]
    bias: Vector  # [classes]
    hashtags: Mapping[int, tuple[str, ...]]

    def scores(self, embeddings: Matrix, tags: Sequence[str]) -> Matrix:
        """Return the probability that a photo shows one of each hashtag's classes, [photos, tags]."""
        logits = embeddings @ self.weights.T + self.bias
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        place = {tag: column for column, tag in enumerate(tags)}
        stands_for = np.zeros((len(self.bias), len(tags)), np.float32)
        for number, hashtags in self.hashtags.items():
            for tag in hashtags:
                stands_for[number, place[tag]] = 1
        return np.asarray(chances @ stands_for, np.float32)


def model_scores(model: Model, embeddings: Matrix, tags: Sequence[str]) -> Matrix:
    """Return a model's scores for its best hashtags of each photo, 0 for the others, [photos, tags]."""
    place = {tag: column for column, tag in enumerate(tags)}
    scores = np.zeros((len(embeddings), len(tags)), np.float32)
    for row, embedding in enumerate(embeddings):
        for found in model.suggest(embedding, DEPTH):
            scores[row, place[found.tag]] = found.score
    return scores


def believed(models: Matrix, classes: Matrix, tags: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each photo the hashtags that the teachers are sure of, surest first; none where they are not.

    `models` is the mean score of both models, `classes` that of the class head, both [photos, tags].
    """
    weight = np.where(models >= SURE, models, 0) + np.where(classes >= SURE_CLASS, classes, 0)
    order = np.argsort(-weight, axis=1, kind="stable")[:, :MOST]
    return [tuple(tags[place] for place in places if row[place] > 0) for row, places in zip(weight, order, strict=True)]
