"""A map of the hashtags: a place in the plane for each, near to those that are near to it in a model's geometry."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Matrix, Vector
from predictor.ml.neighbours import CHUNK, soft_weights, top, unit
from predictor.ml.tables import most_frequent

MAPPED = 400  # hashtags, the most frequent ones, that make the map; others are put between those they are near to
PERPLEXITY = 12.0  # neighbours, about, that each hashtag is to stay near to
STEPS = 400
GATHERING = 80  # first steps, in which what is alike is pulled together more strongly
STRONGER = 6.0  # than it will be in the end
BETWEEN, TEMPERATURE = 3, 0.05  # of how many hashtags another one takes the mean place, and how the nearest counts
Places = NDArray[np.float64]  # [n, 2]


def tag_map(
    tags: Sequence[str], vectors: Matrix, prior: Vector, before: Mapping[str, tuple[float, float]] | None = None
) -> Matrix:
    """Return a place from 0 to 1 in both directions for each hashtag, [tags, 2]; the same numbers give the same map.

    The most frequent ones are laid out by t-SNE of the cosines of their `vectors` [tags, size]. Where a map from before
    has most of them, they start from their places there, and the map is turned to fit it, so that it does not jump.
    Source: van der Maaten and Hinton, "Visualizing Data using t-SNE", 2008.
    """
    rows = unit(vectors)
    mapped = most_frequent(prior, MAPPED)
    if len(mapped) < 3:
        return np.full((len(tags), 2), 0.5, np.float32)
    known = [before.get(tags[column]) if before else None for column in mapped]
    shared = np.array([place is not None for place in known])
    start = _principal(rows[mapped])
    if shared.mean() > 0.5:
        start = _continued(start, np.array([place for place in known if place]), shared)
    laid = _laid_out(_affinities(rows[mapped]), start, gathering=shared.mean() <= 0.5)
    if shared.mean() > 0.5:
        laid = laid @ _turn(laid[shared], start[shared])
    return _others(rows, mapped, _fitted(laid))


def kept_neighbours(vectors: Matrix, places: Matrix, k: int = 10) -> float:
    """Return the share of each row's k nearest by cosine that are among its k nearest on the map, 0 to 1."""
    rows = unit(vectors)
    near = _nearest(1 - rows @ rows.T, k)
    on_map = _nearest(_squared_distances(places.astype(np.float64)), k)
    return float(np.mean([len(set(one) & set(other)) / k for one, other in zip(near, on_map, strict=True)]))


def trustworthiness(vectors: Matrix, places: Matrix, k: int = 10) -> float:
    """Return how few strangers the map shows as neighbours: 1 is none, .5 is chance.

    Source: Venna and Kaski, "Neighborhood preservation in nonlinear projection methods", 2001.
    """
    rows, n = unit(vectors), len(vectors)
    distances = 1 - rows @ rows.T
    np.fill_diagonal(distances, -np.inf)
    ranks = distances.argsort(axis=1).argsort(axis=1)  # 0 is the row itself
    on_map = _nearest(_squared_distances(places.astype(np.float64)), k)
    excess = np.maximum(np.take_along_axis(ranks, on_map, axis=1) - k, 0).sum()
    return float(1 - 2 * excess / (n * k * (2 * n - 3 * k - 1)))


def _nearest(distances: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    own = np.array(distances)
    np.fill_diagonal(own, np.inf)
    return own.argsort(axis=1, kind="stable")[:, :k]


def _principal(rows: Matrix) -> Places:
    """The two directions in which the rows differ most; each points to where its largest value is."""
    centred = (rows - rows.mean(axis=0)).astype(np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    places = centred @ directions[:, -2:]
    places *= np.sign(places[np.abs(places).argmax(axis=0), [0, 1]])
    return np.asarray(1e-2 * places / max(places.std(), 1e-12))


def _continued(start: Places, known: Places, shared: NDArray[np.bool_]) -> Places:
    """Known places about the origin, with the size that t-SNE ends at; new hashtags begin in the middle."""
    begun = np.asarray(1e-1 * start)
    begun[shared] = (known - known.mean(axis=0)) * np.sqrt(len(start))
    return begun


def _affinities(rows: Matrix) -> Places:
    """How much each pair belongs together, [n, n], all of it 1; the bandwidth of each row gives it its perplexity."""
    distances = np.maximum(2 - 2 * (rows @ rows.T).astype(np.float64), 0)
    np.fill_diagonal(distances, np.inf)
    wanted = np.log(min(PERPLEXITY, (len(rows) - 1) / 3))
    least, most = np.full(len(rows), -12.0), np.full(len(rows), 12.0)  # logarithms of the precision
    for _ in range(40):
        middle = (least + most) / 2
        weights = np.exp(-np.exp(middle)[:, None] * (distances - distances.min(axis=1, keepdims=True)))
        weights /= weights.sum(axis=1, keepdims=True)
        entropy = -(weights * np.log(np.maximum(weights, 1e-12))).sum(axis=1)
        least, most = np.where(entropy > wanted, middle, least), np.where(entropy > wanted, most, middle)
    return np.asarray((weights + weights.T) / (2 * len(rows)))


def _laid_out(affinities: Places, start: Places, gathering: bool) -> Places:
    """Gradient descent with momentum, and a rate for each coordinate that grows while its direction stays."""
    places, speed, gains = start.copy(), np.zeros_like(start), np.ones_like(start)
    rate = max(len(start) / (4 * STRONGER), 10.0)
    for step in range(STEPS):
        early = gathering and step < GATHERING
        closeness = 1 / (1 + _squared_distances(places))
        np.fill_diagonal(closeness, 0)
        pull = ((STRONGER if early else 1) * affinities - closeness / closeness.sum()) * closeness
        gradient = 4 * (pull.sum(axis=1)[:, None] * places - pull @ places)
        gains = np.where(gradient * speed < 0, gains + 0.2, np.maximum(0.8 * gains, 0.01))
        speed = (0.5 if early else 0.8) * speed - rate * gains * gradient
        places = places + speed
    return np.asarray(places - places.mean(axis=0))


def _squared_distances(places: Places) -> Places:
    lengths = (places**2).sum(axis=1)
    return np.asarray(np.maximum(lengths[:, None] + lengths - 2 * places @ places.T, 0))


def _turn(places: Places, towards: Places) -> Places:
    """The rotation or reflection, [2, 2], that brings places nearest to others (orthogonal Procrustes)."""
    left, _, right = np.linalg.svd((places - places.mean(axis=0)).T @ (towards - towards.mean(axis=0)))
    return np.asarray(left @ right)


def _fitted(places: Places) -> Matrix:
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-9), np.float32)


def _others(rows: Matrix, mapped: NDArray[np.int64], laid: Matrix) -> Matrix:
    """Places of all rows: those on the map as they are, others between the ones that they are nearest to."""
    places = np.empty((len(rows), 2), np.float32)
    for first in range(0, len(rows), CHUNK):
        for row, cosines in enumerate(rows[first : first + CHUNK] @ rows[mapped].T, start=first):
            near = top(cosines, BETWEEN)
            places[row] = soft_weights(cosines[near], TEMPERATURE) @ laid[near]
    places[mapped] = laid
    return places
