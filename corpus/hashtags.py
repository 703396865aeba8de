"""What a hashtag is: the pure text rules that turn what people type into one key and one display form.

The rules are the hashtag identifiers of UAX #31 (R8) with a narrower alphabet, as on Instagram: letters, digits and
marks of any script, the underscore, the Catalan dot between letters, and emoji. No hyphen, no plus, no ©, ® or ™.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import regex

LONGEST = 100  # characters, as on Instagram
MARKS_IN_A_ROW = 4  # combining marks on one letter; more is decoration that hides the word
_LONGEST_TEXT = 10 * LONGEST  # with signs, blanks and invisible characters; more is not even looked at
_SIGN = "[#＃﹟]"
_WORD = r"[\p{XID_Continue}--[\p{Pc}--_]--[\u00b7\u0387]]"
_PICTURE = r"[\p{Extended_Pictographic}--[©®™‼⁉]]"
_STYLED = rf"{_PICTURE}[\ufe0e\ufe0f]?\p{{Emoji_Modifier}}?[\ufe0e\ufe0f]?"  # text or colour, skin tone
_EMOJI = (  # UTS #51: flags of countries, of England, Scotland and Wales, keycaps, pictures joined to one
    r"(?:\p{Regional_Indicator}{2}"
    "|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f"
    rf"|[0-9]\ufe0f?\u20e3|{_STYLED}(?:\u200d{_STYLED})*+)"
)
_BODY = rf"(?!\p{{M}})(?:{_EMOJI}|{_WORD}|(?<=\p{{L}})·(?=\p{{L}}))++"  # a mark at its head would sit on the sign
_HASHTAG = regex.compile(_BODY, regex.V1)
_MEANING = regex.compile(rf"[\p{{L}}\p{{N}}]|{_EMOJI}", regex.V1)
_PILE = regex.compile(rf"\p{{M}}{{{MARKS_IN_A_ROW + 1}}}")
_CONTROLS = regex.compile(r"[\p{Cc}\p{Cs}]")
_STYLES = regex.compile("[\ufe0e\ufe0f]")
_UNSEEN = regex.compile(  # controls of width and direction, and letters and marks that draw nothing; not inside emoji
    rf"({_EMOJI})|[\p{{Cf}}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]++",
    regex.V1,
)
_SIGNS_BEFORE = regex.compile(rf"\A{_SIGN}+")
_INNER_HYPHEN = regex.compile(r"(?<=\w)[-‐‑](?=\w)")
_CHUNK = regex.compile(r"\S++")
_ADDRESS = regex.compile(r"://|\bwww\.|\.\p{L}{2,24}(?::\d{1,5})?/", regex.IGNORECASE)  # where a URL shows itself
_PIECE = regex.compile(  # of a caption; every alternative takes what it has looked at, so that the time stays linear
    r"(?P<entity>&(?:amp;)*+\#(?:\d++;?|x[0-9a-fA-F]++(?:;|\b)))"
    rf"|{_SIGN}++(?P<tag>{_BODY})|{_EMOJI}|(?P<word>{_WORD}++)|{_SIGN}++",
    regex.V1,
)


def _(sentence: str) -> str:
    """Mark a sentence for the catalogues of the site, which this module cannot read itself."""
    return sentence


TOO_LONG = _("A hashtag has at most {most} characters.")


class HashtagRefused(ValueError):
    """A text that cannot be a hashtag; says why in a sentence."""

    def __init__(self, words: str, **values: object) -> None:
        self.words, self.values = words, values
        super().__init__(self.sentence())

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """Say why, in the language that `translate` leads to."""
        return translate(self.words).format(**self.values)


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag: `key` is what counts (NFKC, casefold, no #), `display` is how it was written."""

    key: str
    display: str


def parse(text: str) -> Tag:
    """Return the hashtag that a text stands for. Raises HashtagRefused where it stands for none.

    A leading # (also full-width) and invisible controls go away; a hyphen inside a word is dropped, since no hashtag
    can hold one (close-up -> closeup). Emoji count, alone or inside a word: with their skin tone, but for the key
    without the selector of text or colour, since #❤ and #❤️ are one.
    """
    if len(text) > _LONGEST_TEXT:
        raise HashtagRefused(TOO_LONG, most=LONGEST)
    text = text.strip()
    plain = text.lstrip("#")
    if plain.isascii() and plain.isalnum() and len(plain) <= LONGEST:  # most are so plain, and imports bring many
        return Tag(plain.lower(), plain)
    if _CONTROLS.search(text):
        raise HashtagRefused(_("A hashtag cannot hold control characters."))
    display = _seen(unicodedata.normalize("NFKC", _SIGNS_BEFORE.sub("", _seen(text).strip()).strip()))
    display = _INNER_HYPHEN.sub("", display)
    key = unicodedata.normalize("NFKC", _STYLES.sub("", display).casefold())
    _check(display)
    if len(key) > LONGEST:  # some letters become two or three
        raise HashtagRefused(TOO_LONG, most=LONGEST)
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


def find(text: str) -> list[str]:
    """Return the hashtags in a caption, in order, as written but without #; each once by its key.

    A hashtag begins where no word is going on: `foo#bar` holds none, while `#foo#bar` and `❤#foo` do. URLs
    (https://x.y/page/#part, x.com/#part) and HTML entities (&#39;) hold none. What `parse` refuses is passed over.
    """
    found: dict[str, str] = {}
    for chunk in _CHUNK.findall(_seen(text)):
        address = _ADDRESS.search(chunk)
        for written in dict.fromkeys(_tags_of(chunk[: address.start()] if address else chunk)):
            try:
                found.setdefault(parse(written).key, written)
            except HashtagRefused:
                continue
    return list(found.values())


def _tags_of(chunk: str) -> Iterator[str]:
    """Yield what follows each # of a text without blanks, where the # does not stand in a word."""
    word_end = -1
    for piece in _PIECE.finditer(chunk):
        if piece.lastgroup == "tag" and piece.start() != word_end:
            yield piece["tag"]
        elif piece.lastgroup in ("word", "tag"):
            word_end = piece.end()


def _seen(text: str) -> str:
    """Return the text without the characters that nobody sees."""
    return text if text.isascii() else _UNSEEN.sub(r"\1", text)


def _check(text: str) -> None:
    if not _MEANING.search(text):
        raise HashtagRefused(_("A hashtag needs at least one letter, digit or emoji."))
    if len(text) > LONGEST:
        raise HashtagRefused(TOO_LONG, most=LONGEST)
    if _PILE.search(unicodedata.normalize("NFD", text)):
        raise HashtagRefused(_("That is too many marks on one letter for a hashtag."))
    fits = _HASHTAG.match(text)
    end = fits.end() if fits else 0
    if end < len(text):
        words = _("A hashtag cannot hold {sign} there.") if fits is None else _("A hashtag cannot hold {sign}.")
        raise HashtagRefused(words, sign=repr(text[end]))
