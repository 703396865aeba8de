"""What a hashtag is: the pure text rules that turn what people type into one key and one display form."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 100  # characters, as on Instagram
MARKS_IN_A_ROW = 4  # combining marks on one letter; more is decoration that hides the word
_SIGNS = "#＃﹟"
_INVISIBLE = {"Cf"}  # zero-width and bidirectional controls, soft hyphen, byte order mark
_BLANKS = re.compile(  # letters and marks that draw nothing: joiners, fillers, variation selectors
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_INNER_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")


class HashtagRefused(ValueError):
    """A text that cannot be a hashtag; says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag: `key` is what counts (NFKC, casefold, no #), `display` is how it was written."""

    key: str
    display: str


def parse(text: str) -> Tag:
    """Return the hashtag that a text stands for. Raises HashtagRefused where it stands for none.

    A leading # (also full-width) and invisible controls go away; a hyphen inside a word is dropped, since no hashtag
    can hold one (close-up -> closeup). Letters, digits, marks and the underscore of any script may stand in a hashtag.
    """
    if any(unicodedata.category(char) in ("Cs", "Cc") for char in text.strip()):
        raise HashtagRefused("A hashtag cannot hold control characters.")
    visible = "".join(char for char in text if unicodedata.category(char) not in _INVISIBLE)
    display = unicodedata.normalize("NFKC", _BLANKS.sub("", visible).strip().lstrip(_SIGNS).strip())
    display = _INNER_HYPHEN.sub("", display)
    key = unicodedata.normalize("NFKC", display.casefold())
    _check(display)
    if len(key) > LONGEST:  # some letters become two or three
        raise HashtagRefused(f"A hashtag has at most {LONGEST} characters.")
    return Tag(key, display)


def parse_list(texts: Iterable[str]) -> tuple[list[Tag], int]:
    """Return the distinct hashtags of a list, in order, and how many texts were refused."""
    found: dict[str, Tag] = {}
    refused = 0
    for text in texts:
        try:
            tag = parse(text)
        except HashtagRefused:
            refused += 1
        else:
            found.setdefault(tag.key, tag)
    return list(found.values()), refused


def _check(text: str) -> None:
    if not text:
        raise HashtagRefused("A hashtag needs at least one letter or digit.")
    if len(text) > LONGEST:
        raise HashtagRefused(f"A hashtag has at most {LONGEST} characters.")
    if not any(unicodedata.category(char)[0] in "LN" for char in text):
        raise HashtagRefused("A hashtag needs at least one letter or digit.")
    marks = 0
    for char in unicodedata.normalize("NFD", text):
        kind = unicodedata.category(char)[0]
        if char != "_" and kind not in "LNM":
            raise HashtagRefused(f"A hashtag cannot hold {char!r}.")
        marks = marks + 1 if kind == "M" else 0
        if marks > MARKS_IN_A_ROW:
            raise HashtagRefused("That is too many marks on one letter for a hashtag.")
