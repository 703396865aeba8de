"""The best set: likely hashtags first, of twins one, of several tiers, and none that its status keeps out."""

from collections.abc import Mapping

import pytest

from predictor.ml.best_set import FIVE, Chosen, Reason, Why, best_set
from predictor.ml.contract import SuggestedTag
from predictor.ml.kinship import Kin, Kinship

LIKELY = Reason(Why.LIKELY)
MOST_LIKELY = Reason(Why.MOST_LIKELY)
FILLS = Reason(Why.FILLS)


def ranking(**probabilities: float) -> list[SuggestedTag]:
    """Hashtags with these probabilities, in the order given."""
    return [SuggestedTag(tag, score, 0.1) for tag, score in probabilities.items()]


def twins(one: str, other: str, cosine: float) -> dict[str, list[tuple[str, float]]]:
    """A model's geometry in which two hashtags are near."""
    return {one: [(other, cosine)], other: [(one, cosine)]}


def choose(
    blended: list[SuggestedTag],
    n: int = FIVE,
    kin: list[Kin] | None = None,
    tiers: Mapping[str, str] | None = None,
    statuses: Mapping[str, str] | None = None,
) -> list[Chosen]:
    return best_set(blended, n, Kinship(kin or []), tiers or {}, statuses or {})


def tags(chosen: list[Chosen]) -> list[str]:
    return [one.tag for one in chosen]


def test_it_works() -> None:
    blended = ranking(sea=0.8, beach=0.7, sky=0.6, boat=0.5, coastline=0.45, sand=0.3)
    tiers = {"sea": "popular", "beach": "popular", "sky": "popular", "boat": "popular", "coastline": "specific"}
    found = choose(blended, 4, [twins("sea", "beach", 0.9)], tiers)
    assert found == [
        Chosen("sea", 0.8, MOST_LIKELY),
        Chosen("sky", 0.6, Reason(Why.INSTEAD, instead_of="beach", twin="sea")),
        Chosen("coastline", 0.45, Reason(Why.TIER, tier="specific")),
        Chosen("boat", 0.5, LIKELY),
    ]


@pytest.mark.parametrize("n", [1, 2, 3, 50])
def test_as_many_as_asked_for_or_as_there_are(n: int) -> None:
    blended = ranking(a=0.9, b=0.5, c=0.1)
    assert tags(choose(blended, n)) == ["a", "b", "c"][:n]
    assert choose([], n) == []


@pytest.mark.parametrize("n", [0, -1])
def test_a_set_of_none_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        choose(ranking(a=0.9), n)


def test_a_twin_comes_back_where_there_is_nothing_better() -> None:
    found = choose(ranking(sea=0.8, beach=0.7, dog=0.1), 3, [twins("sea", "beach", 0.75)])
    assert tags(found) == ["sea", "beach", "dog"]
    assert [one.reason for one in found[1:]] == [LIKELY, FILLS]


def test_what_only_keeps_company_is_no_twin() -> None:
    assert tags(choose(ranking(sea=0.8, ship=0.7, sky=0.6), 2, [twins("sea", "ship", 0.49)])) == ["sea", "ship"]


def test_a_near_synonym_stands_before_what_is_much_less_likely() -> None:
    kin: list[Kin] = [twins("sea", "beach", 0.7)]
    assert tags(choose(ranking(sea=0.9, beach=0.8, sky=0.3), 2, kin)) == ["sea", "beach"]
    assert tags(choose(ranking(sea=0.9, beach=0.8, sky=0.5), 2, kin)) == ["sea", "sky"]


def test_two_forms_of_one_word_stand_together_only_where_nothing_else_is_left() -> None:
    kin: list[Kin] = [twins("car", "cars", 0.3)]
    assert tags(choose(ranking(car=0.9, cars=0.9, truck=0.01), 3, kin)) == ["car", "truck", "cars"]


def test_what_fills_the_set_says_so() -> None:
    found = choose(ranking(lion=0.9, safari=0.25, dog=0.24), 3)
    assert [one.reason for one in found] == [MOST_LIKELY, LIKELY, FILLS]


def test_of_unlikely_ones_what_is_more_general_than_a_likely_one_stands_first() -> None:
    blended = [SuggestedTag("lion", 0.9, 0.01), SuggestedTag("dog", 0.2, 0.3), SuggestedTag("animals", 0.18, 0.2)]
    kin: list[Kin] = [twins("lion", "animals", 0.4)]
    assert tags(choose(blended, 2, kin)) == ["lion", "animals"]
    assert tags(choose(blended, 2)) == ["lion", "dog"]
    special = [*blended[:2], SuggestedTag("animals", 0.18, 0.001)]
    assert tags(choose(special, 2, kin)) == ["lion", "dog"], "it is less common than the lion"


def test_what_fills_the_set_stands_behind_what_is_likely() -> None:
    blended = [SuggestedTag("lion", 0.9, 0.01), SuggestedTag("dog", 0.26, 0.3), SuggestedTag("animals", 0.24, 0.2)]
    assert tags(choose(blended, 2, [twins("lion", "animals", 0.4)])) == ["lion", "dog"]


def test_that_one_was_passed_over_is_told_once() -> None:
    found = choose(ranking(sea=0.8, beach=0.7, sky=0.6, boat=0.5), 3, [twins("sea", "beach", 0.9)])
    assert [one.reason.why for one in found] == [Why.MOST_LIKELY, Why.INSTEAD, Why.LIKELY]


def test_that_an_unlikely_one_was_passed_over_is_not_worth_telling() -> None:
    found = choose(ranking(lion=0.9, dog=0.2, dogs=0.19, cat=0.1), 3, [twins("dog", "dogs", 0.9)])
    assert [(one.tag, one.reason) for one in found[1:]] == [("dog", FILLS), ("cat", FILLS)]


def test_a_tier_is_not_added_at_the_price_of_a_clearly_likelier_hashtag() -> None:
    tiers = {"sea": "popular", "sky": "popular", "pier": "specific"}
    assert tags(choose(ranking(sea=0.8, sky=0.5, pier=0.45), 2, tiers=tiers)) == ["sea", "pier"]
    assert tags(choose(ranking(sea=0.8, sky=0.5, pier=0.42), 2, tiers=tiers)) == ["sea", "sky"]


def test_the_first_is_the_likeliest_whatever_its_tier() -> None:
    found = choose(ranking(sea=0.8, pier=0.79), 1, tiers={"pier": "specific"})
    assert found == [Chosen("sea", 0.8, MOST_LIKELY)]


def test_a_rare_hashtag_is_a_specific_one() -> None:
    tiers = {"sea": "popular", "pier": "specific", "sky": "popular", "groyne": "rare"}
    assert tags(choose(ranking(sea=0.8, pier=0.7, sky=0.5, groyne=0.45), 3, tiers=tiers)) == ["sea", "pier", "sky"]


def test_a_hashtag_of_no_known_tier_adds_none() -> None:
    tiers = {"sea": "popular", "sky": "popular"}
    assert tags(choose(ranking(sea=0.8, sky=0.5, odd=0.45), 2, tiers=tiers)) == ["sea", "sky"]


@pytest.mark.parametrize("status", ["banned", "spam", "restricted"])
def test_a_status_that_keeps_out(status: str) -> None:
    found = choose(ranking(bad=0.9, sea=0.8), statuses={"bad": status})
    assert found == [Chosen("sea", 0.8, MOST_LIKELY)]


def test_restricted_ones_may_be_let_in() -> None:
    found = best_set(ranking(sea=0.9), 1, Kinship([]), {}, {"sea": "restricted"}, never={"banned", "spam"})
    assert tags(found) == ["sea"]


def test_one_generic_hashtag_at_most_and_only_a_likely_one() -> None:
    statuses = {"love": "generic", "photo": "generic"}
    assert tags(choose(ranking(love=0.9, photo=0.8, sea=0.7), statuses=statuses)) == ["love", "sea"]
    assert tags(choose(ranking(sea=0.7, love=0.49, photo=0.4), statuses=statuses)) == ["sea"]


def test_a_steered_ranking_is_taken_at_its_word() -> None:
    found = choose(ranking(pier=0.2, boat=0.3, sea=0.8, sky=0.7), 2)
    assert found == [Chosen("pier", 0.2, LIKELY), Chosen("boat", 0.3, LIKELY)]


def test_equals_stand_in_the_rankings_order() -> None:
    assert tags(choose(ranking(b=0.5, a=0.5, c=0.5))) == ["b", "a", "c"]
