"""Rankings in arrays: what goes in comes out, limited as asked."""

import pytest

from predictor.ml.contract import SuggestedTag
from predictor.ml.rankings import Rankings

SEA, SUN = SuggestedTag("sea", 0.5, 0.25, usual=0.75), SuggestedTag("sun", 0.25, 0.5)
CAT = SuggestedTag("cat", 0.125, 0.125)
LISTS = [[SEA, SUN, CAT], [], [CAT]]


@pytest.fixture
def rankings() -> Rankings:
    return Rankings.collect(LISTS, 3)


def test_it_works(rankings: Rankings) -> None:
    assert len(rankings) == 3
    assert [rankings[photo] for photo in range(3)] == LISTS
    assert rankings.names(2) == [["sea", "sun"], [], ["cat"]]


def test_no_photos() -> None:
    assert Rankings.collect([], 3).names(3) == []


def test_only_the_first_are_kept() -> None:
    assert Rankings.collect(LISTS, 1)[0] == [SEA]


def test_words_limit_before_the_depth_does(rankings: Rankings) -> None:
    assert rankings.within({"sun", "cat"}, 1).names(5) == [["sun"], [], ["cat"]]
    assert rankings.within(None, 1).names(5) == [["sea"], [], ["cat"]]


def test_some_photos(rankings: Rankings) -> None:
    assert rankings.of([2, 0]).names(3) == [["cat"], ["sea", "sun", "cat"]]


def test_each_ranking_can_be_changed(rankings: Rankings) -> None:
    assert rankings.each(lambda ranking: ranking[::-1], 2).names(2) == [["cat", "sun"], [], ["cat"]]
