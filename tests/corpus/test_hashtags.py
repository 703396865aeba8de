"""What a hashtag is: one key for everything that a person would call the same hashtag, and refusals of all the rest."""

import json
import os
import unicodedata
from pathlib import Path

import pytest

from corpus.hashtags import LONGEST, HashtagRefused, Tag, parse, parse_list

DATA = Path(os.environ.get("TAG4PIC_TEST_DATA") or Path(__file__).parents[3] / "shared") / "hostile" / "payloads.json"
PAYLOADS: list[dict[str, str]] = json.loads(DATA.read_text())["hashtags"] if DATA.is_file() else []
EITHER = ("reject or ok by policy", "combining")


def test_it_works() -> None:
    assert parse("#SunSet") == Tag(key="sunset", display="SunSet")


@pytest.mark.parametrize("text", ["sunset", "#sunset", "##sunset", "＃sunset", "﹟sunset", " #sunset ", "# sunset"])
def test_signs_and_blanks_around_it_go_away(text: str) -> None:
    assert parse(text).key == "sunset"


@pytest.mark.parametrize(
    ("text", "key"),
    [("ﬁsh", "fish"), ("ｎｕｄｅ", "nude"), ("cafe\u0301", "caf\u00e9"), ("２０２４", "2024"), ("x²", "x2")],
)
def test_forms_of_the_same_letters_are_one(text: str, key: str) -> None:
    assert parse(text).key == key


@pytest.mark.parametrize(("text", "key"), [("SUNSET", "sunset"), ("Straße", "strasse"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ")])
def test_case_does_not_count(text: str, key: str) -> None:
    assert parse(text).key == key


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\u061c", "\U000e0041"]
)
def test_zero_width_and_bidi_controls_go_away(sign: str) -> None:
    assert parse(f"{sign}a{sign}b{sign}") == Tag("ab", "ab")


@pytest.mark.parametrize("sign", ["\ufe0f", "\u034f", "\u115f", "\u3164", "\uffa0", "\U000e0100"])
def test_letters_and_marks_that_draw_nothing_go_away(sign: str) -> None:
    assert parse(f"a{sign}b") == Tag("ab", "ab")
    with pytest.raises(HashtagRefused):
        parse(sign)


@pytest.mark.parametrize("text", ["пляж", "海", "สวัสดี", "한국", "שלום", "مرحبا", "नमस्ते", "2024", "a_b", "_a", "été"])
def test_letters_digits_and_underscore_of_any_script_stay(text: str) -> None:
    assert parse(text).key == text


@pytest.mark.parametrize("text", ["col·lecció", "coŀlecció"])  # the letter ŀ is an l with this dot
def test_the_dot_of_catalan_stands_between_letters(text: str) -> None:
    assert parse(text).key == "col·lecció"


@pytest.mark.parametrize(
    "text", ["🏖", "❤love", "summer☀", "sea🌊sun", "👍🏽", "🇫🇷", "🧑🏽\u200d🤝\u200d🧑🏿", "1⃣", "☝🏽", "🫩"]
)
def test_emoji_stay_alone_and_inside(text: str) -> None:
    assert parse(f"#{text}") == Tag(text, text)


@pytest.mark.parametrize("letters", ["eng", "sct", "wls"])
def test_the_flags_of_england_scotland_and_wales_stay(letters: str) -> None:
    flag = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in f"gb{letters}") + "\U000e007f"
    assert parse(flag) == Tag(flag, flag)
    assert parse(flag[:-1]).key == "🏴"


@pytest.mark.parametrize(
    ("one", "other"),
    [("❤️love", "❤love"), ("❤︎love", "❤love"), ("☀️☀", "☀☀️"), ("1️⃣", "1⃣"), ("☝️🏽", "☝🏽"), ("👩🏽‍❤️‍👨", "👩🏽‍❤‍👨")]
    + [("a\u200d❤", "a❤"), ("❤\u200d", "❤"), ("❤️\ufe0f", "❤"), ("🇫\u200d🇷", "🇫🇷"), ("\U000e0067🏴\U000e0067", "🏴")],
)
def test_emoji_that_look_the_same_have_one_key(one: str, other: str) -> None:
    assert parse(one).key == parse(other).key


@pytest.mark.parametrize(("one", "other"), [("👍🏽", "👍"), ("👩‍🚀", "👩🚀"), ("🇫🇷", "🇩🇪"), ("❤️love", "love")])
def test_emoji_that_look_different_have_two(one: str, other: str) -> None:
    assert parse(one).key != parse(other).key


def test_an_emoji_is_shown_as_it_was_written() -> None:
    assert parse("#Love❤️") == Tag(key="love❤", display="Love❤️")


def test_a_hyphen_inside_a_word_is_dropped() -> None:
    assert parse("close-up") == Tag("closeup", "closeup")


@pytest.mark.parametrize(
    "text", ["a\0b", "a\x07", "a\x7fb", "a\x85b", "a\nb", "a\tb", "\ud800", "a\udfffb", "\ud83c\udfd6"]
)
def test_controls_and_lone_surrogates_are_refused(text: str) -> None:
    with pytest.raises(HashtagRefused, match="control characters"):
        parse(text)


@pytest.mark.parametrize("text", ["", " ", "#", "###", "_", "___", "\u200b", "\u0301", "\u200d", "🇫", "🏽", "#️⃣"])
def test_nothing_to_say_is_refused(text: str) -> None:
    with pytest.raises(HashtagRefused, match="at least one letter"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "a b",
        "a#b",
        "foo#bar",
        "a,b",
        "a.b",
        "a/b",
        "a\\b",
        "<b>",
        "a'b",
        'a"b',
        "a;b",
        "{{7*7}}",
        "{% x %}",
        "=1+1",
        "+1",
        "-2+3",
    ]
    + ["@SUM(1)", "javascript:alert(1)", "%0d%0a", "../../etc", "a--b", "a-", "-a", "1½", "a|b"]
    + ["a\u2028b", "a\u00a0b", "a‿b", "a\u2800b", "a·", "·a", "1·2", "a®", "a‼", "a⁉️", "a🏽", "a🇫", "a🇫🇷🇩", "\u0301a"],
)
def test_other_characters_are_refused(text: str) -> None:
    with pytest.raises(HashtagRefused, match="cannot hold"):
        parse(text)


def test_marks_may_pile_up_to_four() -> None:
    assert parse("z" + "\u0335\u0321\u0327\u0336").key.startswith("z")
    with pytest.raises(HashtagRefused, match="too many marks"):
        parse("z" + "\u0335\u0321\u0327\u0336\u0338")
    with pytest.raises(HashtagRefused, match="too many marks"):
        parse("\u1ed9" + "\u0321\u0327\u0336")  # one letter that holds two marks already


def test_the_longest_has_a_hundred_characters() -> None:
    assert len(parse("#" + "a" * LONGEST).key) == LONGEST == 100
    for text in (
        "a" * 101,
        "#" * 1001,
        "a" * 1_000_000,
        "❤️" * 51,
        "ﬁ" * 51,
        "ß" * 51,
    ):  # the last two become two letters each
        with pytest.raises(HashtagRefused, match="at most 100"):
            parse(text)


def test_the_key_of_a_key_is_itself() -> None:
    for code in (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x10000), *range(0x1F000, 0x20000)):
        try:
            key = parse(f"a{chr(code)}b").key
        except HashtagRefused:
            continue
        assert parse(key) == Tag(key, key)
        assert unicodedata.is_normalized("NFKC", key)


def test_a_list_keeps_its_order_and_each_hashtag_once() -> None:
    tags, refused = parse_list(["Sun", "#sea", "SUN", "＃sun", "a b", "", "Café", "cafe\u0301"])
    assert tags == [Tag("sun", "Sun"), Tag("sea", "sea"), Tag("café", "Café")]
    assert refused == 2


def test_a_list_may_be_long() -> None:
    tags, refused = parse_list(f"#Tag{number % 1000}" if number % 2 else "no good" for number in range(1_000_000))
    assert (len(tags), refused) == (500, 500_000)


@pytest.mark.skipif(not PAYLOADS, reason=f"the hostile texts are not there: no {DATA}; set TAG4PIC_TEST_DATA")
def test_hostile_texts_get_their_verdicts() -> None:
    verdicts = {row["text"]: verdict(row["expect"]) for row in expected()}
    assert {text: outcome(text) for text in verdicts} == verdicts
    assert len(verdicts) > 30


def expected() -> list[dict[str, str]]:
    """The rows that text rules decide; a row that says "same" means the one before it."""
    rows, last = [], ""
    for row in PAYLOADS:
        last = last if row["expect"] == "same" else row["expect"]
        if not last.startswith(("banned list", *EITHER)):
            rows.append({"text": row["text"], "expect": last})
    return rows


def verdict(expect: str) -> str:
    if expect.startswith("ok: "):
        return expect.removeprefix("ok: ").split(" ")[0]
    return {"ok": "ok", "strip bidi controls": "evil"}.get(expect, "refused")


def outcome(text: str) -> str:
    try:
        key = parse(text).key
    except HashtagRefused:
        return "refused"
    return "ok" if key == text and not text.isascii() else key
