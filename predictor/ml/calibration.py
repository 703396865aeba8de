"""From scores to probabilities: one logistic regression over all hashtags, mindful of how each usually scores."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Matrix, Vector

LEAST_SCORE = 0.01  # added before logarithms of scores
LEAST_TYPICAL = 0.02  # added before logarithms of typical scores
SHRINKAGE = 0.5  # photos' worth of the overall mean that a hashtag's own mean is mixed with
STRENGTH = 1.0  # with which the regression is held near its default; a thousand photos outweigh it easily
MOST_CELLS = 4_000_000  # photos x hashtags that a regression looks at
STEPS = 25  # of Newton's method at most


def typical(scores: Matrix, truth: Matrix) -> Vector:
    """Mean score of each hashtag over the photos that carry it, drawn towards the mean of all hashtags, [tags].

    `scores` and `truth` (0 or 1) are [photos, tags]; the scores must not have been learned from the photo itself.
    """
    sums, counts = (scores * truth).sum(axis=0), truth.sum(axis=0)
    overall = sums.sum() / max(counts.sum(), 1)
    return np.asarray(np.maximum((sums + SHRINKAGE * overall) / (counts + SHRINKAGE), 0), np.float32)


def log_score(scores: Matrix) -> Matrix:
    """Logarithm of scores of about 0 to 1; those below 0 count as 0."""
    return np.asarray(np.log(np.maximum(scores, 0) + LEAST_SCORE), np.float32)


def log_typical(values: Vector) -> Vector:
    """Logarithm of typical scores, [tags]."""
    return np.asarray(np.log(values + LEAST_TYPICAL), np.float32)


def fit(features: Sequence[Matrix | Vector], truth: Matrix, default: Sequence[float]) -> Vector:
    """Weights of the features and a constant that make `probabilities` right on held-out photos, [features + 1].

    Features are [photos, tags] or [tags]; truth is [photos, tags] of 0 and 1. Few photos leave the weights near the
    default. Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999, with more than one score.
    """
    truth = truth[: max(MOST_CELLS // max(truth.shape[1], 1), 1)]
    columns = [
        np.broadcast_to(feature[: len(truth)] if feature.ndim == 2 else feature, truth.shape).ravel()
        for feature in features
    ]
    table = np.stack([*columns, np.ones(truth.size)], axis=1).astype(np.float64)  # [photos x tags, features + 1]
    wanted, start = truth.ravel(), np.array(default, np.float64)
    weights = start.copy()
    for _ in range(STEPS):
        expected = _sigmoid(table @ weights)
        slope = table.T @ (expected - wanted) + STRENGTH * (weights - start)
        curvature = (table * (expected * (1 - expected))[:, None]).T @ table + STRENGTH * np.eye(len(weights))
        step = np.linalg.solve(curvature, slope)
        weights -= step
        if np.abs(step).max() < 1e-4:
            break
    return weights.astype(np.float32)


def probabilities(features: Sequence[Matrix | Vector], weights: Vector) -> Matrix:
    """Probability that each hashtag is right, from its features, [photos, tags]."""
    total = sum((weight * feature for weight, feature in zip(weights, features, strict=False)), start=weights[-1])
    return np.asarray(_sigmoid(np.asarray(total)), np.float32)


def _sigmoid(values: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = 1 / (1 + np.exp(-np.clip(values, -30, 30)))
    return found
