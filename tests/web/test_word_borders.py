"""Capitals inside hashtags: only where the words are sure, and never another hashtag."""

import pytest

from corpus.models import Hashtag
from predictor.word_borders import capitals

pytestmark = pytest.mark.django_db
WORDS = ("black", "white", "street", "travel", "pol", "cats", "halloween", "gram", "photo")


@pytest.fixture(autouse=True)
def vocabulary() -> None:
    Hashtag.objects.bulk_create(Hashtag(key=word, display=word, posts_number=9) for word in WORDS)
    Hashtag.objects.create(key="grand", display="grand", posts_number=0)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("sunset", "Sunset"),
        ("blackandwhite", "BlackAndWhite"),
        ("polandtravel", "Polandtravel"),  # not PolAndTravel
        ("grandandwhite", "Grandandwhite"),  # no post carries the one word
        ("streetphotography", "StreetPhotography"),
        ("catsofinstagram", "CatsOfInstagram"),
        ("instagram", "Instagram"),
        ("happyhalloween", "HappyHalloween"),
        ("photooftheday", "PhotoOfTheDay"),
        ("ootd", "OOTD"),
        ("golden_hour", "Golden_Hour"),
        ("закат", "Закат"),
        ("שקיעה", "שקיעה"),
        ("夕焼け", "夕焼け"),
        ("❤", "❤"),
    ],
)
def test_it_works(tag: str, expected: str) -> None:
    assert capitals({tag: tag}) == {tag: expected}


@pytest.mark.parametrize(("display", "expected"), [("GoldenHour", "GoldenHour"), ("NYC", "NYC"), ("iPhone", "IPhone")])
def test_as_people_wrote_it(display: str, expected: str) -> None:
    assert capitals({display.lower(): display}) == {display.lower(): expected}


def test_a_letter_without_one_capital_stays_the_same_hashtag() -> None:
    assert capitals({"ŉote": "ŉote", "ßa": "ßa"}) == {"ŉote": "ŉote", "ßa": "ßa"}
