"""The words inside hashtags, as capitals (#BlackAndWhite): screen readers then say words, not one long sound.

A capital in the wrong place misleads more than none, so a hashtag is only split where that is sure: as people wrote it,
or into words of the vocabulary around a part that has one reading.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from corpus.hashtags import HashtagRefused, parse
from corpus.models import Hashtag

SHORTEST = 4  # letters of a word that a hashtag is split by: #polandtravel is not #PolAndTravel
_SPLITS = (  # what stands in groups has to be words of the vocabulary
    (r"(.+)and(.+)", "{}And{}"),
    (r"(.+)oftheday", "{}OfTheDay"),
    (r"(.+)ofinstagram", "{}OfInstagram"),
    (r"(.+)photography", "{}Photography"),
    (r"(.+)lovers", "{}Lovers"),
    (r"insta(?!gram)(.+)", "Insta{}"),
    (r"happy(.+)", "Happy{}"),
)
_FIXED = {"picoftheday": "PicOfTheDay", "ootd": "OOTD", "tbt": "TBT"}

Reading = tuple[tuple[str, ...], str]  # the words of a hashtag, and the form that they are put into


def capitals(displays: Mapping[str, str]) -> dict[str, str]:
    """Return hashtags, given as key and display form, with a capital at the head of each word; by one query.

    What comes out has the same key. Scripts without capitals stay as they are.
    """
    readings = {key: _readings(key) for key in displays}
    parts = {word for found in readings.values() for words, _ in found for word in words}
    known = set(Hashtag.objects.filter(key__in=parts, posts_number__gt=0).values_list("key", flat=True))
    return {key: _checked(key, _split(key, display, readings[key], known)) for key, display in displays.items()}


def _readings(key: str) -> list[Reading]:
    found = [(re.fullmatch(pattern, key), form) for pattern, form in _SPLITS]
    return [(match.groups(), form) for match, form in found if match and min(map(len, match.groups())) >= SHORTEST]


def _split(key: str, display: str, readings: Sequence[Reading], known: Collection[str]) -> str:
    if key in _FIXED:
        return _FIXED[key]
    if display == key:  # else somebody wrote it with capitals
        for words, form in readings:
            if all(word in known for word in words):
                return form.format(*map(_raised, words))
    return "_".join(map(_raised, display.split("_")))


def _raised(word: str) -> str:
    return word[:1].upper() + word[1:]


def _checked(key: str, text: str) -> str:
    """Return the text if it still is the same hashtag, else the key."""
    try:
        return text if parse(text).key == key else key
    except HashtagRefused:
        return key
