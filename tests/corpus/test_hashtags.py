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


def test_a_hyphen_inside_a_word_is_dropped() -> None:
    assert parse("close-up") == Tag("closeup", "closeup")


@pytest.mark.parametrize(
    "text", ["a\0b", "a\x07", "a\x7fb", "a\x85b", "a\nb", "a\tb", "\ud800", "a\udfffb", "\ud83c\udfd6"]
)
def test_controls_and_lone_surrogates_are_refused(text: str) -> None:
    with pytest.raises(HashtagRefused, match="control characters"):
        parse(text)


@pytest.mark.parametrize("text", ["", " ", "#", "###", "_", "___", "\u200b", "🏖", "\u0301"])
def test_nothing_to_say_is_refused(text: str) -> None:
    with pytest.raises(HashtagRefused, match="at least one letter"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["a b", "a#b", "a,b", "a.b", "a/b", "a\\b", "<b>", "a'b", 'a"b', "a;b", "{{7*7}}", "{% x %}", "=1+1", "+1", "-2+3"]
    + ["@SUM(1)", "javascript:alert(1)", "%0d%0a", "../../etc", "a--b", "a-", "-a", "1½", "a|b"]
    + ["a\u2028b", "a\u00a0b"],
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
    for text in ("a" * 101, "ﬁ" * 51, "ß" * 51):  # of which NFKC and casefold make two characters each
        with pytest.raises(HashtagRefused, match="at most 100"):
            parse(text)


def test_the_key_of_a_key_is_itself() -> None:
    for code in range(0x3000):
        try:
            key = parse(f"a{chr(code)}b").key
        except HashtagRefused:
            continue
        assert parse(key).key == key
        assert unicodedata.is_normalized("NFKC", key)


def test_a_list_keeps_its_order_and_each_hashtag_once() -> None:
    tags, refused = parse_list(["Sun", "#sea", "SUN", "＃sun", "a b", "", "Café", "cafe\u0301"])
    assert tags == [Tag("sun", "Sun"), Tag("sea", "sea"), Tag("café", "Café")]
    assert refused == 2


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
