"""Capitals inside hashtags: only where the words are sure, and never another hashtag."""

import pytest
from pytest_django import DjangoAssertNumQueries

from corpus.models import Hashtag
from predictor.word_borders import capitals

pytestmark = pytest.mark.django_db
WORDS = ("black", "white", "street", "art", "travel", "pol", "halloween", "gram", "photo", "sun", "set", "beach", "bag")


@pytest.fixture(autouse=True)
def vocabulary() -> None:
    posts = dict.fromkeys(WORDS, 9) | {"streetart": 7, "beachbag": 12, "blacktravel": 2, "rarely": 1}
    Hashtag.objects.bulk_create(Hashtag(key=key, display=key, posts_number=number) for key, number in posts.items())
    Hashtag.objects.create(key="grand", display="grand", posts_number=0)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("blackandwhite", "BlackAndWhite"),
        ("goldenhour", "GoldenHour"),  # the example on the page
        ("streetart", "StreetArt"),
        ("blacktravel", "BlackTravel"),
        ("whitestreet", "WhiteStreet"),  # no post carries it, but many its words
        ("artstreet", "Artstreet"),  # the same with a word that is too short for that
        ("beachbag", "Beachbag"),  # on more posts than its parts
        ("rarelyblack", "Rarelyblack"),  # one post is no support
        ("sunset", "Sunset"),  # one word, though both parts are on more posts
        ("polandtravel", "Polandtravel"),  # not PolAndTravel
        ("x" * 100, "X" + "x" * 99),
        ("grandandwhite", "Grandandwhite"),  # no post carries the one word
        ("streetphotography", "StreetPhotography"),
        ("catsofinstagram", "CatsOfInstagram"),
        ("blueandwhiteoftheday", "BlueandwhiteOfTheDay"),
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


def test_the_best_supported_cut() -> None:
    more = {"pets": 40, "hop": 40, "pet": 10, "shop": 10, "petshop": 8}
    Hashtag.objects.bulk_create(Hashtag(key=key, display=key, posts_number=number) for key, number in more.items())
    assert capitals({"petshop": "petshop"}) == {"petshop": "PetsHop"}
    Hashtag.objects.filter(key="shop").update(posts_number=50)
    Hashtag.objects.filter(key="pet").update(posts_number=50)
    assert capitals({"petshop": "petshop"}) == {"petshop": "PetShop"}


def test_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        capitals({key: key for key in ("streetart", "blackandwhite", "sunset", "goldenhour")})


def test_a_letter_without_one_capital_stays_the_same_hashtag() -> None:
    assert capitals({"ŉote": "ŉote", "ßa": "ßa"}) == {"ŉote": "ŉote", "ßa": "ßa"}
