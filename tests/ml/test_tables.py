"""What a model is fitted on, as numbers."""

import numpy as np
import pytest

from predictor.ml import tables
from predictor.ml.contract import Embeddings, ModelError, TaggedPost

POSTS = [TaggedPost(7, ("sun", "sea")), TaggedPost(8, ()), TaggedPost(9, ("sea", "sea", "new"))]


def test_it_works() -> None:
    table = tables.tag_table(POSTS, ["sea", "sun"])
    np.testing.assert_array_equal(table.dense(np.array([2, 0]), 2), [[1, 0], [1, 1]])
    assert table.fits(3, 2)


def test_by_tag_turns_the_table() -> None:
    turned = tables.tag_table(POSTS, ["sea", "sun", "never"]).by_tag(3)
    assert turned.starts.tolist() == [0, 2, 3, 3]
    assert turned.columns.tolist() == [0, 2, 0], "posts of #sea, then those of #sun"


def test_most_frequent_leaves_out_what_nobody_carries() -> None:
    assert tables.most_frequent(np.array([0.1, 0, 0.5, 0.3], np.float32), 2).tolist() == [2, 3]
    assert tables.most_frequent(np.array([0.1, 0, 0.5], np.float32), 9).tolist() == [0, 2]


@pytest.mark.parametrize("columns", [[0, 5], [-1, 0], [1, 1], [2, 1]])
def test_columns_that_do_not_fit_are_refused(columns: list[int]) -> None:
    tables.check_columns(np.array([0, 4]), 5)
    with pytest.raises(ModelError, match="vocabulary"):
        tables.check_columns(np.array(columns), 5)


def test_posts_without_a_picture_or_hashtag_are_left_out() -> None:
    vectors = np.eye(3, dtype=np.float32)
    photos, rows = tables.photo_posts(POSTS, Embeddings("b@0", np.array([9, 8, 1]), vectors))
    assert [post.id for post in photos] == [9]
    np.testing.assert_array_equal(rows, vectors[:1])


def test_embeddings_in_the_order_of_the_posts_are_not_copied() -> None:
    vectors = np.eye(2, dtype=np.float32)
    photos, rows = tables.photo_posts([POSTS[0], POSTS[2]], Embeddings("b@0", np.array([7, 9]), vectors))
    assert len(photos) == 2
    assert rows is vectors
