"""What is kept of a measurement: enough to compare any two versions in pairs, without asking them again."""

import json

import numpy as np
import pytest

from predictor.learning import holdout
from predictor.learning.holdout import Measured
from predictor.ml.contract import SuggestedTag, TaggedPost
from predictor.ml.rankings import Rankings

TRAINING = [TaggedPost(1000 + number, (f"t{number % 120}", f"t{number % 7}")) for number in range(2000)]
PHOTOS = [TaggedPost(number, (f"t{number % 120}", f"t{number % 7}")) for number in range(240)]


def answers(right: float, seed: int = 0) -> Rankings:
    """Rankings in which a share of the photos gets both its hashtags, and the others two that it does not have."""
    random = np.random.default_rng(seed)
    ranked = []
    for post in PHOTOS:
        tags = post.tags if random.random() < right else ("nothing", "t119")
        ranked.append([SuggestedTag(tag, 0.9 - place / 10, 0.1) for place, tag in enumerate(dict.fromkeys(tags))])
    return Rankings.collect(ranked, 10)


def test_it_works() -> None:
    good, bad = (holdout.measure(PHOTOS, answers(right), TRAINING) for right in (0.9, 0.5))
    assert good.photos == 240 and set(good.figures) == {"R5", "R10", "F1", "tail", "given"}
    found = good.against(bad)
    assert found["R5"].low > 0 and 0.3 < found["R5"].measured < 0.5
    assert found["R5"].low < found["R5"].measured < found["R5"].high
    assert bad.against(good)["tail"].high < 0
    assert good.figures["given"] > bad.figures["given"] > 1


def test_it_comes_back_from_json_as_it_was() -> None:
    one, other = (holdout.measure(PHOTOS, answers(0.7, seed), TRAINING) for seed in (1, 2))
    back = Measured.from_dict(json.loads(json.dumps(one.as_dict())))
    for figure, found in one.against(other).items():
        again = back.against(other)[figure]
        assert (again.measured, again.low, again.high) == pytest.approx(
            (found.measured, found.low, found.high), abs=1e-5
        )


def test_the_tail_is_the_same_for_every_version() -> None:
    other = [TaggedPost(post.id, tuple(f"t{119 - int(tag[1:])}" for tag in post.tags)) for post in TRAINING]
    one, same = (holdout.measure(PHOTOS, answers(0.7), training).figures for training in (TRAINING, other))
    assert one["tail"] == same["tail"] > 0


def test_equal_rankings_do_not_differ() -> None:
    one = holdout.measure(PHOTOS, answers(0.7), TRAINING)
    assert {(found.measured, found.low, found.high) for found in one.against(one).values()} == {(0, 0, 0)}


def test_other_photos_are_not_compared() -> None:
    one = holdout.measure(PHOTOS, answers(0.7), TRAINING)
    changed = [TaggedPost(post.id, (*post.tags, "more")) for post in PHOTOS]
    with pytest.raises(ValueError, match="same photos"):
        one.against(holdout.measure(changed, answers(0.7), TRAINING))


def test_hashtags_that_training_does_not_know_count_for_nothing() -> None:
    nonsense = Rankings.collect([[SuggestedTag(f"x{number}", 0.5, 0.0)] for number in range(240)], 10)
    assert holdout.measure(PHOTOS, nonsense, TRAINING).figures["given"] == 0


def test_without_a_tail_there_is_no_recall_of_it() -> None:
    few = [TaggedPost(number, ("t1", "t2")) for number in range(9)]
    measured = holdout.measure(few, Rankings.collect([[SuggestedTag("t1", 0.5, 0.1)]] * 9, 10), TRAINING)
    assert "tail" not in measured.figures and "tail" not in measured.draws
