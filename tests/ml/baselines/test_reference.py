"""The baseline `reference`: what is particular to it."""

import numpy as np
import pytest

from predictor.ml.baselines.reference import Reference
from predictor.ml.contract import TaggedPost
from tests.ml import toys


def test_it_works() -> None:
    """Scores are probabilities: the theme's first hashtag is sure, each of the two others stands on half its photos."""
    posts, embeddings = toys.corpus(each=100)
    best = {item.tag: item.score for item in Reference().fit(posts, embeddings).suggest(toys.photo(0, 77)[None], 9)[0]}
    assert best["sea"] > 0.9
    assert best["beach"] == pytest.approx(0.5, abs=0.15)
    assert best["city"] < 0.1


def test_a_tag_on_every_post_is_nearly_sure_everywhere() -> None:
    posts, embeddings = toys.corpus()
    everywhere = [TaggedPost(post.id, (*post.tags, "photo")) for post in posts]
    answers = Reference().fit(everywhere, embeddings).suggest(np.stack([toys.photo(n, 77) for n in range(3)]), 9)
    assert all(next(item.score for item in answer if item.tag == "photo") > 0.9 for answer in answers)
