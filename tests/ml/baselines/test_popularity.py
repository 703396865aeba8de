"""The baseline `popularity`: what is particular to it."""

import numpy as np
import pytest

from predictor.ml.baselines.popularity import Popularity
from predictor.ml.contract import ModelError, SuggestedTag, TaggedPost
from tests.ml import toys

NO_PICTURES = toys.embedded([], np.empty((0, toys.WIDTH), np.float32))


def test_it_works() -> None:
    """Frequent hashtags first, equal ones in alphabetical order, the same for every photo; no picture is needed."""
    posts = [TaggedPost(1, ("sun", "sea")), TaggedPost(2, ("sea",)), TaggedPost(3, ("art",)), TaggedPost(4, ())]
    answers = Popularity().fit(posts, NO_PICTURES).suggest(np.ones((2, 7), np.float32), 2)
    assert answers == [[SuggestedTag("sea", 0.5, 0.5), SuggestedTag("art", 0.25, 0.25)]] * 2


@pytest.mark.parametrize("posts", [[], [TaggedPost(1, ())]])
def test_posts_without_hashtags_are_refused(posts: list[TaggedPost]) -> None:
    with pytest.raises(ModelError, match="nothing to count"):
        Popularity().fit(posts, NO_PICTURES)
