"""The two layers: learned in torch, run in numpy, and taken up again for other hashtags."""

import numpy as np
import pytest

from predictor.ml import layers
from predictor.ml.contract import TaggedPost, silent
from predictor.ml.layers import Course, Layers
from predictor.ml.tables import tag_table

TAGS = ["left", "right"]
WIDTH, SIZE = 6, 4


def fresh(tags: int = len(TAGS)) -> Layers:
    random = np.random.default_rng(2)
    hashtags = random.normal(size=(tags, SIZE)).astype(np.float32)
    bias = layers.log_odds(np.full(tags, 0.5, np.float32))
    return layers.begin(np.zeros(WIDTH, np.float32), np.ones(WIDTH, np.float32), 16, hashtags, bias, seed=1)


def test_it_works() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(200, WIDTH)).astype(np.float32)
    posts = [TaggedPost(row, (TAGS[int(vectors[row, 0] > 0)],)) for row in range(200)]
    known = layers.train(
        fresh(), vectors[:150], tag_table(posts[:150], TAGS), np.arange(150), Course(rate=1e-2), silent
    )
    said = known.probabilities(known.place(vectors[150:]))
    assert said.shape == (50, 2)
    assert np.mean((said[:, 1] > said[:, 0]) == (vectors[150:, 0] > 0)) > 0.9


def test_without_posts_nothing_is_learned() -> None:
    start, nothing = fresh(), np.zeros((0, WIDTH), np.float32)
    assert layers.train(start, nothing, tag_table([], TAGS), np.arange(0), Course(), silent) is start
    assert start.place(nothing).shape == (0, SIZE)


@pytest.mark.parametrize(("posts", "epochs"), [(1, 40), (25_000, 40), (50_000, 20), (500_000, 10)])
def test_large_corpora_are_shown_less_often(posts: int, epochs: int) -> None:
    assert Course().epochs_for(posts) == epochs


def test_new_hashtags_start_in_the_company_that_they_keep() -> None:
    known, new = fresh(), fresh(3)
    tags = ["left", "new", "alone"]
    found = layers.go_on(known, TAGS, tags, [("left", "new"), ("alone",)], new)
    np.testing.assert_allclose(found.hashtags, [known.hashtags[0], known.hashtags[0], new.hashtags[2]], rtol=1e-6)
    np.testing.assert_array_equal(found.first, known.first)


def test_known_posts_are_shown_again_for_each_new_one() -> None:
    ids, known = np.arange(100), np.arange(98)
    shown = np.bincount(layers.new_and_replay(ids, known, replay=4, shown=200, seed=1), minlength=100)
    assert shown[98:].tolist() == [20, 20], "one of five that are shown is new"
    assert shown.sum() == 200 and set(shown[:98]) == {1, 2}, "known ones come as seldom as they can"
    assert layers.new_and_replay(known, known, replay=4, shown=200, seed=1).tolist() == []
    assert sorted(layers.new_and_replay(ids, ids[:0], replay=4, shown=200, seed=1)) == sorted([*ids, *ids])


def test_a_single_new_post_comes_often_but_among_others() -> None:
    ids = np.arange(900)
    shown = np.bincount(layers.new_and_replay(ids, ids[:-1], replay=4, shown=5000, seed=1))
    assert shown[-1] == 320 and set(shown[:-1]) == {1, 2} and shown[:-1].sum() == 1280
    many = np.arange(3000)
    shown = np.bincount(layers.new_and_replay(many, many[:-1], replay=4, shown=5000, seed=1))
    assert shown[-1] == 320 and set(shown[:-1]) == {1}, "known ones fill the course up"


def test_many_new_posts_come_twice_at_least() -> None:
    ids = np.arange(1000)
    shown = np.bincount(layers.new_and_replay(ids, ids[:600], replay=4, shown=500, seed=1))
    assert set(shown[600:]) == {2} and shown[:600].sum() == 4 * 800


def test_log_odds_are_those_of_the_share() -> None:
    found = layers.log_odds(np.array([0.5, 0.2, 0, 1], np.float32))
    assert found[:2] == pytest.approx([0, np.log(0.25)], abs=1e-3)
    assert np.isfinite(found).all() and found[2] == pytest.approx(-found[3], rel=1e-3)
