"""The map of hashtags: what is alike lies together, and it does not jump from version to version."""

import numpy as np
import pytest

from predictor.ml import tag_map
from predictor.ml.contract import Matrix, Vector
from predictor.ml.tag_map import kept_neighbours, trustworthiness


def groups(count: int = 6, each: int = 12, seed: int = 0) -> tuple[list[str], Matrix, Vector]:
    """Hashtags in groups, each group about a direction of its own."""
    random = np.random.default_rng(seed)
    vectors = np.repeat(np.eye(count, 20), each, axis=0) + 0.15 * random.standard_normal((count * each, 20))
    tags = [f"g{row // each}t{row % each}" for row in range(len(vectors))]
    return tags, vectors.astype(np.float32), np.linspace(1, 0.5, len(tags)).astype(np.float32)


def test_it_works() -> None:
    tags, vectors, prior = groups()
    places = tag_map.tag_map(tags, vectors, prior)
    assert places.shape == (72, 2) and places.min() == 0 and places.max() == 1
    centres = places.reshape(6, 12, 2).mean(axis=1)
    spread = np.linalg.norm(places.reshape(6, 12, 2) - centres[:, None], axis=2).mean()
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)[np.triu_indices(6, 1)]
    assert apart.min() > 2 * spread
    assert trustworthiness(vectors, places) > 0.95


def test_the_same_numbers_give_the_same_map() -> None:
    assert np.array_equal(tag_map.tag_map(*groups()), tag_map.tag_map(*groups()))


def test_it_goes_on_from_the_map_before() -> None:
    tags, vectors, prior = groups()
    before = tag_map.tag_map(tags, vectors, prior)
    moved = vectors + 0.05 * np.random.default_rng(1).standard_normal(vectors.shape).astype(np.float32)
    turned = before[:, ::-1]  # as if it had been drawn the other way round
    known = {tag: (float(x), float(y)) for tag, (x, y) in zip(tags, turned, strict=True)}
    after = tag_map.tag_map([*tags, "new"], np.vstack([moved, moved[:1]]), np.append(prior, 0.6).astype("f4"), known)
    assert np.linalg.norm(after[:-1] - turned, axis=1).mean() < 0.1
    assert np.linalg.norm(after[-1] - after[:12].mean(axis=0)) < 0.2


def test_rare_hashtags_lie_among_those_that_they_are_near_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tag_map, "MAPPED", 72)
    tags, vectors, prior = groups()
    rare = np.vstack([vectors, vectors[:6] * 2])
    places = tag_map.tag_map([*tags, *"abcdef"], rare, np.append(prior, [0.01] * 6).astype("f4"))
    of_group = places[:12]
    assert (places[72:] >= of_group.min(axis=0) - 1e-6).all() and (places[72:] <= of_group.max(axis=0) + 1e-6).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 9])
def test_few_hashtags(count: int) -> None:
    vectors = np.random.default_rng(0).standard_normal((count, 5)).astype(np.float32)
    places = tag_map.tag_map(list("abcdefghi")[:count], vectors, np.ones(count, np.float32))
    assert places.shape == (count, 2) and np.isfinite(places).all()


def test_hashtags_that_are_all_alike() -> None:
    places = tag_map.tag_map(list("abcdef"), np.ones((6, 4), np.float32), np.ones(6, np.float32))
    assert np.isfinite(places).all()


def test_measures_of_a_map() -> None:
    angles = np.linspace(0, np.pi / 2, 40)
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert kept_neighbours(rows, rows, 4) == 1 and trustworthiness(rows, rows, 4) == 1
    shuffled = rows[np.random.default_rng(0).permutation(40)]
    assert kept_neighbours(rows, shuffled, 4) < 0.3 and trustworthiness(rows, shuffled, 4) < 0.7
