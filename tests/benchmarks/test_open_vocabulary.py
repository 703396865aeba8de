"""What the benchmark of hashtags without pictures holds out, and how it counts."""

import numpy as np
import pytest

from predictor.ml.contract import ModelError, SuggestedTag
from predictor.ml.rankings import Ranking
from tests.benchmarks import open_vocabulary
from tests.benchmarks.open_vocabulary import Counts
from tests.ml import toys

POSTS, EMBEDDINGS = toys.corpus()
HELD_OUT = {"sea", "night"}


def ranking(*tags: str) -> Ranking:
    return [SuggestedTag(tag, 0.5, 0.25) for tag in tags]


def test_it_works() -> None:
    pictured, others = open_vocabulary.held_out(POSTS, HELD_OUT, seed=1)
    assert HELD_OUT.isdisjoint(tag for post in pictured for tag in post.tags)
    assert HELD_OUT.issubset(tag for post in others for tag in post.tags)
    assert sorted(post.id for post in [*pictured, *others]) == [post.id for post in POSTS]
    assert len(pictured) == len(others)
    assert set(others) < set(POSTS)


def test_a_post_that_loses_all_its_hashtags_drops_out() -> None:
    pictured, others = open_vocabulary.held_out(POSTS, {"sea", "beach", "wave"}, seed=1)
    assert all(post.tags for post in pictured)
    assert len(pictured) < len(others)


def test_another_seed_is_another_half() -> None:
    first, second = (open_vocabulary.held_out(POSTS, HELD_OUT, seed)[1] for seed in (1, 2))
    assert first != second
    assert first == open_vocabulary.held_out(POSTS, HELD_OUT, 1)[1]


def test_no_hashtag_is_chosen_twice() -> None:
    chosen = open_vocabulary.choices(POSTS)
    assert len(chosen) == open_vocabulary.ROUNDS
    assert len(set.union(*chosen)) == sum(len(hashtags) for hashtags in chosen)


def test_rare_hashtags_are_not_chosen() -> None:
    with pytest.raises(ModelError, match="No hashtag is on 5 posts"):
        open_vocabulary.choices(POSTS[:6])


def test_embeddings_of_some_posts() -> None:
    some = open_vocabulary.of(EMBEDDINGS, POSTS[3:5])
    assert some.ids.tolist() == [post.id for post in POSTS[3:5]]
    assert np.array_equal(some.vectors, EMBEDDINGS.vectors[3:5])


def test_held_out_hashtags_are_counted_among_five_and_ten() -> None:
    photos = [POSTS[0], POSTS[1]]  # sea, beach and city, street
    assert (photos[0].tags, photos[1].tags) == (("sea", "beach"), ("city", "street"))
    rankings = [ranking("night", "beach", "cake", "city", "food", "wave", "sea"), ranking("street", "city")]
    counts = open_vocabulary.count(rankings, photos, HELD_OUT)
    assert counts.wanted.tolist() == [1, 0]
    assert counts.given.tolist() == [[1, 2], [0, 0]]
    assert counts.right.tolist() == [[0, 1], [0, 0]]
    assert counts.said.tolist() == [1, 0]
    assert counts.recall.tolist() == [[0.5, 1], [1, 1]]


def test_rounds_add_up_and_recall_is_their_mean() -> None:
    one = open_vocabulary.count([ranking("sea")], POSTS[:1], HELD_OUT)
    other = open_vocabulary.count([ranking("cake")], POSTS[:1], HELD_OUT)
    both = Counts.joined([one, other])
    assert (both.wanted.tolist(), both.right.tolist(), both.recall.tolist()) == ([2], [[1, 1]], [[0.25, 0.25]])


def test_figures_stand_under_their_heads() -> None:
    counts = open_vocabulary.count([ranking("sea", "night")], POSTS[:1], HELD_OUT)
    without = open_vocabulary.count([ranking("cake", "beach")], POSTS[:1], HELD_OUT)
    row = dict(zip(open_vocabulary.HEADS[2:], open_vocabulary.figures(counts, without), strict=True))
    assert (row["given, 5"], row["right, 5"], row["found, 5"], row["said"]) == ("2", "50.0", "100.0", "50.0")
    assert (row["R@5"], row["R@5, against 0"]) == ("50.00", "+0.00 (+0.00 to +0.00)")
