"""Made-up embeddings of what the sets hardly show (coffee, pizza, a rocket), as a network's class head knows it."""

import numpy as np

from predictor.ml.contract import Matrix
from predictor.ml.tables import Rows
from predictor.starter.teaching import ClassHead

PER_CLASS = 5
OWN_SHARE = 0.6  # of a real photo's difference from the mean that the starting point keeps
SURE = 0.9  # probability of its class that a prototype reaches
STEP = 0.6  # length of one step; embeddings are about 13 long
MOST_STEPS = 300
RIDGE = 3000.0
SEED = 1


def prototypes(head: ClassHead, embeddings: Matrix) -> tuple[Rows, Matrix]:
    """Return class numbers [n] and embeddings [n, width] that the class head is sure of, a few for each named class.

    Each starts at a real photo drawn towards the mean and climbs the logarithm of its class's probability. Steps are
    multiplied by the photos' covariance, so that the point moves as photos differ from each other.
    """
    random = np.random.default_rng(SEED)
    classes = np.repeat(np.array(sorted(head.hashtags), np.int64), PER_CLASS)
    mean = embeddings.mean(axis=0)
    covariance = np.cov((embeddings - mean).T).astype(np.float32)
    places = mean + OWN_SHARE * (embeddings[random.integers(0, len(embeddings), len(classes))] - mean)
    open_rows = np.arange(len(classes))
    for _ in range(MOST_STEPS):
        chances = head.probabilities(places[open_rows])
        unsure = chances[np.arange(len(open_rows)), classes[open_rows]] < SURE
        open_rows, chances = open_rows[unsure], chances[unsure]
        if not len(open_rows):
            break
        slope = (head.weights[classes[open_rows]] - chances @ head.weights) @ covariance
        slope /= np.linalg.norm(slope, axis=1, keepdims=True)
        places[open_rows] = np.maximum(places[open_rows] + STEP * slope, 0)
    return classes, places.astype(np.float32)


def translated(places: Matrix, own: Matrix, other: Matrix) -> Matrix:
    """Return where another backbone would put these embeddings, by ridge regression between photos seen by both.

    `own` and `other` are the embeddings of the same photos [photos, width] by the two backbones.
    """
    mean, other_mean = np.sqrt(own).mean(axis=0), np.sqrt(other).mean(axis=0)
    roots = np.sqrt(own) - mean
    gram = roots.T @ roots + RIDGE * np.eye(roots.shape[1], dtype=np.float32)
    bridge = np.linalg.solve(gram, roots.T @ (np.sqrt(other) - other_mean))
    found = (np.sqrt(places) - mean) @ bridge + other_mean
    return np.asarray(np.maximum(found, 0) ** 2, np.float32)
