"""The words inside hashtags, as capitals (#BlackAndWhite): screen readers then say words, not one long sound.

A capital in the wrong place misleads more than none, so a hashtag is only split where that is sure: as people wrote it,
around a part that has one reading, or into two hashtags of the corpus that are each at least as frequent as itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from corpus.hashtags import HashtagRefused, parse
from corpus.models import Hashtag

SHORTEST = 4  # letters of a word that a hashtag is split by: #polandtravel is not #PolAndTravel
SHORTEST_OF_TWO = 3  # the same where the corpus has the whole hashtag and knows it to be the rarer one
LONGEST = 40  # letters of a hashtag that two words are looked for in
LEAST_POSTS = 5  # that carry a word
_SPLITS = (  # what stands in groups has to be words of the vocabulary
    (r"(.+)and(.+)", "{}And{}"),
    (r"(.+)photography", "{}Photography"),
    (r"(.+)lovers", "{}Lovers"),
    (r"insta(?!gram)(.+)", "Insta{}"),
    (r"happy(.+)", "Happy{}"),
)
_ENDS = {"oftheday": "OfTheDay", "ofinstagram": "OfInstagram"}  # whatever stands before them
_WRITTEN = """BlackAndWhite BlueHour BlueSky GoldenHour GoodMorning GoodNight HotAirBalloon IceCream NoFilter OOTD
    PicOfTheDay RoadTrip TBT TeddyBear ThrowbackThursday"""
_FIXED = {text.casefold(): text for text in _WRITTEN.split()}
_LOOK_LIKE_TWO = """airplane artwork backpack barefoot baseball basketball bathroom bedroom birthday blackberry
    blueberry bodybuilding bookstore boyfriend butterfly campfire carpet cowboy cupcake daylight
    daytime dragonfly eyeshadow fireplace firework fireworks fisherman football friendship
    girlfriend goldfish grandfather grandmother greenhouse hairstyle handmade headlight highlight
    homemade housewife iceland jellyfish kingfisher ladybug landmark lifestyle lighthouse lookbook
    moonlight motherhood nightlife notebook outdoor outdoors pancake passport pineapple playground
    rainbow rainfall redhead sandstone scarecrow seafood seaside season sidewalk skateboard
    skydiving skyline skyscraper snapshot snowboard snowflake snowman softball spaceship spiderweb
    sportswear springtime starfish sunflower sunglass sunglasses sunlight sunrise sunset sunshine
    sweetheart treehouse underground underwater volleyball wallpaper waterfall waterfalls watermelon
    weekend wildflower wildlife windmill woodland"""  # words of English
_ONE_WORD = frozenset(_LOOK_LIKE_TWO.split())

Reading = tuple[tuple[str, ...], str]  # the words of a hashtag, and the form that they are put into


def capitals(displays: Mapping[str, str]) -> dict[str, str]:
    """Return hashtags, given as key and display form, with a capital at the head of each word; by one query.

    What comes out has the same key. Scripts without capitals stay as they are.
    """
    parts = {word for key in displays for words, _ in (*_readings(key), *_pairs(key)) for word in words}
    rows = Hashtag.objects.filter(key__in=parts.union(displays), posts_number__gt=0)
    posts = dict(rows.values_list("key", "posts_number"))
    return {key: _checked(key, _split(key, display, posts)) for key, display in displays.items()}


def _split(key: str, display: str, posts: Mapping[str, int]) -> str:
    if key in _FIXED:
        return _FIXED[key]
    if display == key:  # else somebody wrote it with capitals
        for end, written in _ENDS.items():
            if key.endswith(end) and len(key) >= len(end) + SHORTEST:
                return _raised(key.removesuffix(end)) + written
        for words, form in (*_readings(key), *_supported(key, posts)):
            if all(word in posts for word in words):
                return form.format(*map(_raised, words))
    return "_".join(map(_raised, display.split("_")))


def _readings(key: str) -> list[Reading]:
    """The ways to read a hashtag around a part that has one reading."""
    found = [(re.fullmatch(pattern, key), form) for pattern, form in _SPLITS]
    return [(match.groups(), form) for match, form in found if match and min(map(len, match.groups())) >= SHORTEST]


def _pairs(key: str) -> Iterator[Reading]:
    """All ways to cut a hashtag in two."""
    if key in _ONE_WORD or len(key) > LONGEST:
        return
    for place in range(SHORTEST_OF_TWO, len(key) - SHORTEST_OF_TWO + 1):
        yield (key[:place], key[place:]), "{}{}"


def _supported(key: str, posts: Mapping[str, int]) -> Sequence[Reading]:
    """The cuts that the corpus supports, the one whose rarer word is on most posts first."""
    whole, shortest = max(posts.get(key, 0), LEAST_POSTS), SHORTEST_OF_TWO if key in posts else SHORTEST

    def support(reading: Reading) -> int:
        return min(posts.get(word, 0) for word in reading[0])

    found = [one for one in _pairs(key) if support(one) >= whole and min(map(len, one[0])) >= shortest]
    return sorted(found, key=support, reverse=True)


def _raised(word: str) -> str:
    return word[:1].upper() + word[1:]


def _checked(key: str, text: str) -> str:
    """Return the text if it still is the same hashtag, else the key."""
    try:
        return text if parse(text).key == key else key
    except HashtagRefused:
        return key
