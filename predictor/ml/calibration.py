"""From scores to probabilities: one logistic regression over all hashtags, mindful of how each usually scores."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Matrix, ModelError, Vector

DEFAULT = (2.3, -0.3, 1.9)  # weights of log score, log typical score and 1 that Corel-5K's train split gives
LEAST_SCORE = 0.01  # added before logarithms of scores
LEAST_TYPICAL = 0.02  # added before logarithms of typical scores
SHRINKAGE = 0.5  # photos' worth of the overall mean that a hashtag's own mean is mixed with
STRENGTH = 1.0  # with which the regression is held near its default; a thousand photos outweigh it easily
MOST_CELLS = 4_000_000  # photos x hashtags that a regression looks at
STEPS = 25  # of Newton's method at most


def typical(scores: Matrix, truth: Matrix) -> Vector:
    """Mean score of each hashtag over the photos that carry it, drawn towards the mean of all such scores, [tags].

    `scores` and `truth` (0 or 1) are [photos, tags]; the scores must not have been learned from the photo itself.
    """
    sums, counts = (scores * truth).sum(axis=0), truth.sum(axis=0)
    overall = sums.sum() / max(counts.sum(), 1)
    return np.asarray(np.maximum((sums + SHRINKAGE * overall) / (counts + SHRINKAGE), 0), np.float32)


def check(weights: Vector) -> None:
    """Refuse weights that `fit` cannot have returned. Raises ModelError."""
    if len(weights) != len(DEFAULT):
        raise ModelError("The calibration of this model is not one.")


def of_scores(scores: Matrix, typical: Vector, weights: Vector) -> Matrix:
    """Probability that each hashtag is right, from scores [photos, tags] and their typical values [tags]."""
    score, usual, constant = weights
    return np.asarray(_sigmoid(score * _log_scores(scores) + usual * _log_typical(typical) + constant), np.float32)


def fit(scores: Matrix, typical: Vector, truth: Matrix) -> Vector:
    """Weights of log score, log typical score and 1 that make `of_scores` right on photos as if they were new, [3].

    `scores` and `truth` (0 or 1) are [photos, tags]. Few photos leave the weights near the default. Source: Platt,
    "Probabilistic Outputs for Support Vector Machines", 1999, with a second feature.
    """
    truth = truth[: max(MOST_CELLS // max(truth.shape[1], 1), 1)]
    table = np.ones((*truth.shape, len(DEFAULT)))
    table[..., 0], table[..., 1] = _log_scores(scores[: len(truth)]), _log_typical(typical)
    table, wanted = table.reshape(-1, len(DEFAULT)), truth.ravel()
    weights = np.array(DEFAULT, np.float64)
    for _ in range(STEPS):
        expected = _sigmoid(table @ weights)
        slope = table.T @ (expected - wanted) + STRENGTH * (weights - DEFAULT)
        curvature = (table * (expected * (1 - expected))[:, None]).T @ table + STRENGTH * np.eye(len(weights))
        step = np.linalg.solve(curvature, slope)
        weights -= step
        if np.abs(step).max() < 1e-4:
            break
    return weights.astype(np.float32)


def _log_scores(scores: Matrix) -> Matrix:
    """Those below 0 count as 0."""
    return np.asarray(np.log(np.maximum(scores, 0) + LEAST_SCORE), np.float32)


def _log_typical(values: Vector) -> Vector:
    return np.asarray(np.log(values + LEAST_TYPICAL), np.float32)


def _sigmoid(values: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = 1 / (1 + np.exp(-np.clip(values, -30, 30)))
    return found
