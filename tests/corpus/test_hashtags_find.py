"""Hashtags in captions: which # begins one, where it ends, and what only looks like one."""

import pytest

from corpus.hashtags import find

MEGABYTE = 1_000_000


def test_it_works() -> None:
    assert find("A day at the #Sea, with #sun and #summer☀️! #sea") == ["Sea", "sun", "summer☀️"]


@pytest.mark.parametrize(
    "caption", ["", "no tag", "#", "# sea", "#️⃣", "#️⃣sea", "#!", "#_", "C#", "#-", "# #", "#\u0301sea"]
)
def test_there_may_be_none(caption: str) -> None:
    assert find(caption) == []


@pytest.mark.parametrize("caption", ["#food #Food", "＃ＦＯＯＤ #food", "#food #ＦＯＯＤ #FOOD﹟food", "##food #FOOD"])
def test_each_once_by_its_key_as_first_written(caption: str) -> None:
    (found,) = find(caption)
    assert found == caption.lstrip("#＃").split()[0]


@pytest.mark.parametrize(
    "caption", ["foo#bar", "1#bar", "_#bar", "é#bar", "e\u0301#bar", "海#bar", "foo\u200b#bar", "foo##bar"]
)
def test_no_hashtag_begins_inside_a_word(caption: str) -> None:
    assert find(caption) == []
    assert find(f"{caption}#baz #sea") == ["sea"]


@pytest.mark.parametrize(
    "caption", ["#a#b", "#a##b", "#a\u200b#b", "#a❤#b", "#a/#b", "#a,#b", "#a.#b", "#a&#b", "(#a)#b", "#a\n#b"]
)
def test_hashtags_may_stand_side_by_side(caption: str) -> None:
    assert [tag.strip("❤") for tag in find(caption)] == ["a", "b"]


@pytest.mark.parametrize(
    "caption", ["❤#sea", "love❤️#sea", "👍🏽#sea", "🇫🇷#sea", "…#sea", "“#sea”", "@#sea", "\u200f#sea\u200f"]
)
def test_emoji_and_other_signs_may_stand_before_one(caption: str) -> None:
    assert find(caption) == ["sea"]


@pytest.mark.parametrize(
    ("caption", "tag"),
    [
        ("#sea-side", "sea"),
        ("#sea's", "sea"),
        ("#sea!", "sea"),
        ("#sea®", "sea"),
        ("#sea★", "sea"),
        ("#sea‼️", "sea"),
        ("#sea\0side", "sea"),
    ]
    + [
        ("#sea\ud800", "sea"),
        ("#sea👍🏽side", "sea👍🏽side"),
        ("#sea_side", "sea_side"),
        ("#l·l·", "l·l"),
        ("#नमस्ते।", "नमस्ते"),
    ]
    + [("#کتاب\u200cخانه", "کتابخانه"), ("#sea🏽", "sea"), ("#sea🇫", "sea"), ("#sea\u2800#", "sea"), ("#2024", "2024")],
)
def test_where_one_ends(caption: str, tag: str) -> None:
    assert find(caption) == [tag]


@pytest.mark.parametrize(
    "address",
    ["https://x.y/page#part", "https://x.y/#part", "http://x.y/?q=#part/#other", "HTTPS://X.Y/#part", "www.x.y/#part"]
    + ["x.com/#part", "x.com:8080/a/#part", "see:https://x.y/#part", "ftp://x/#part", "https://例え.テスト/#部分"],
)
def test_addresses_hold_none(address: str) -> None:
    assert find(f"{address} #sea") == ["sea"]
    assert find(f"#sun,{address}\n#sea") == ["sun", "sea"]


@pytest.mark.parametrize("entity", ["&#39;", "&#x27;", "&#39", "&#x27", "&amp;#39;", "don&#39;t", "&#128525;"])
def test_html_entities_are_none(entity: str) -> None:
    assert find(f"{entity} #sea") == ["sea"]


def test_what_no_hashtag_can_be_is_passed_over() -> None:
    assert find(f"#{'a' * 101} #z{chr(0x335) * 5} #sea") == ["sea"]


@pytest.mark.parametrize(
    "piece",
    [
        "#",
        "＃",
        "a#",
        "#a",
        "##a",
        "&#",
        "&amp;",
        "a.",
        ".a",
        "www.",
        "://",
        "l·",
        "\u0301",
        "\u200b",
        "\u200d",
        "\ufe0f",
        "❤️\u200d",
    ]
    + ["🇫", "🏴\U000e0067", "\U000e0067", "1\ufe0f", "1", "x", "#\u200b", "#\u0301", "#_", "\0", "\ud800", " #a", "𝒂"],
)
def test_a_megabyte_of_anything_comes_to_an_end(piece: str) -> None:
    hostile = piece * (MEGABYTE // len(piece))
    for caption in (f"#{hostile}", f"a{hostile}"):
        assert len(find(f"{caption} #sea")) <= 2
