"""Kinship: how near hashtags are by what several models say, and which say nearly the same."""

from collections.abc import Sequence

import pytest

from predictor.ml.kinship import Kin, Kinship


def near(one: str, other: str, cosine: float) -> Kin:
    """A model's geometry in which two hashtags are near."""
    return {one: [(other, cosine)], other: [(one, cosine)]}


def test_it_works() -> None:
    kinship = Kinship([near("sea", "ocean", 0.9), near("sea", "ocean", 0.7)])
    assert kinship.cosine("sea", "ocean") == kinship.sameness("ocean", "sea") == pytest.approx(0.8)
    assert kinship.hold_twins(["sky", "sea", "ocean"])
    assert not kinship.hold_twins(["sky", "sea"])


def test_the_models_that_know_both_have_a_say() -> None:
    apart: Kin = {"sea": [("ship", 0.9)], "ocean": [("ship", 0.9)]}
    only_one: Kin = {"sea": [("ship", 0.9)]}
    assert Kinship([near("sea", "ocean", 0.9), apart]).cosine("sea", "ocean") == pytest.approx(0.45)
    assert Kinship([near("sea", "ocean", 0.9), only_one]).cosine("sea", "ocean") == pytest.approx(0.9)
    assert Kinship([]).cosine("sea", "ocean") == 0.0


def test_near_in_one_direction_is_near() -> None:
    assert Kinship([{"sea": [], "ocean": [("sea", 0.9)]}]).cosine("sea", "ocean") == 0.9


def test_what_only_keeps_company_is_no_twin() -> None:
    assert Kinship([near("sea", "ship", 0.49)]).sameness("sea", "ship") == 0.0


@pytest.mark.parametrize(("word", "form"), [("car", "cars"), ("dog", "dogsofinstagram"), ("hike", "hiker")])
def test_forms_of_one_word_are_the_same_where_the_models_find_them_near(word: str, form: str) -> None:
    assert Kinship([near(word, form, 0.2)]).sameness(word, form) == 1.0
    assert Kinship([near(word, form, 0.2)]).sameness(form, word) == 1.0
    assert Kinship([near(word, form, 0.1)]).sameness(word, form) == 0.0


@pytest.mark.parametrize(
    "pair",
    [
        ("cat", "cathedral"),  # begins with it, and is far
        ("bear", "polarbear"),  # one of the other's kinds
        ("tv", "tvshow"),  # two letters say too little
    ],
)
def test_what_is_no_form_of_the_other(pair: Sequence[str]) -> None:
    one, other = pair
    cosine = 0.0 if other == "cathedral" else 0.4
    assert Kinship([near(one, other, cosine)]).sameness(one, other) == 0.0


def test_a_set_of_one_or_none_holds_no_twins() -> None:
    kinship = Kinship([near("sea", "ocean", 0.9)])
    assert not kinship.hold_twins([]) and not kinship.hold_twins(["sea"])
