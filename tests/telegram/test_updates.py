"""Updates become typed values, and what is not for the bot is passed over."""

from typing import Any

import pytest

from predictor.telegram import updates
from predictor.telegram.updates import Me, Message, Picture, Press

ME = Me(7, "tag4pic_bot", frozenset({"five"}))
ANN = {"id": 42, "is_bot": False, "first_name": "Ann", "language_code": "ru"}
BOT = {"id": 7, "is_bot": True, "first_name": "tag4pic", "username": "tag4pic_bot"}
PRIVATE = {"id": 42, "type": "private", "first_name": "Ann"}
GROUP = {"id": -5, "type": "group", "title": "Friends"}
SIZES = [
    {"file_id": name, "file_unique_id": name, "width": side, "height": side, "file_size": 9 * side}
    for name, side in (("small", 90), ("large", 1280), ("middle", 320))
]


def parse(chat: dict[str, Any] = PRIVATE, **content: Any) -> Message | Press | None:
    message = {"message_id": 3, "date": 0, "chat": chat, "from": ANN, **content}
    return updates.parse({"update_id": 1, "message": message}, ME)


def entity(kind: str, text: str, of: str) -> dict[str, Any]:
    offset = len(of[: of.index(text)].encode("utf-16-le")) // 2
    return {"type": kind, "offset": offset, "length": len(text.encode("utf-16-le")) // 2}


def test_it_works() -> None:
    text = "🦊 by the #sea"
    found = parse(photo=SIZES, caption=text, caption_entities=[entity("hashtag", "#sea", text)], media_group_id="a")
    assert found == Message(
        chat=42, id=3, language="ru", text=text, hashtags=("#sea",), picture=Picture("large", "", 11520), album="a"
    )


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("/five", "five", ""),
        ("/FIVE", "five", ""),
        ("/add #sea  #sun", "add", "#sea  #sun"),
        ("/add@tag4pic_bot x", "add", "x"),
        ("/five@TAG4PIC_bot", "five", ""),
        ("/add\n#sea", "add", "#sea"),
        ("five /five", "", "five /five"),
        ("hi @tag4pic_bot", "", "hi"),
        ("/", "", "/"),
        ("/five.", "", "/five."),
    ],
)
def test_commands(text: str, command: str, rest: str) -> None:
    found = parse(text=text)
    assert isinstance(found, Message) and (found.command, found.text) == (command, rest)


def test_a_command_for_another_bot() -> None:
    assert parse(text="/five@other_bot") is None


def test_files() -> None:
    def document(mime: str | None) -> dict[str, Any]:
        return {"file_id": "f", "file_unique_id": "f", "mime_type": mime, "file_name": "x.heic", "file_size": 5}

    found, odd = parse(document=document("image/heic")), parse(document=document("application/pdf"))
    assert isinstance(found, Message) and found.picture == Picture("f", "x.heic", 5) and not found.is_odd
    assert isinstance(odd, Message) and odd.picture is None and odd.is_odd
    nameless = parse(document=document(None))
    assert isinstance(nameless, Message) and nameless.is_odd


@pytest.mark.parametrize(
    ("content", "is_for_us"),
    [
        ({"text": "hello"}, False),
        ({"text": "/five", "entities": [entity("bot_command", "/five", "/five")]}, True),
        ({"text": "/ban", "entities": [entity("bot_command", "/ban", "/ban")]}, False),
        (
            {"text": "/ban@tag4pic_bot", "entities": [entity("bot_command", "/ban@tag4pic_bot", "/ban@tag4pic_bot")]},
            True,
        ),
        ({"text": "see /five", "entities": [entity("bot_command", "/five", "see /five")]}, False),
        ({"text": "@Tag4Pic_bot", "entities": [entity("mention", "@Tag4Pic_bot", "@Tag4Pic_bot")]}, True),
        ({"text": "@tag4pic_bot_2", "entities": [entity("mention", "@tag4pic_bot_2", "@tag4pic_bot_2")]}, False),
        ({"photo": SIZES}, False),
        (
            {
                "photo": SIZES,
                "caption": "@tag4pic_bot",
                "caption_entities": [entity("mention", "@tag4pic_bot", "@tag4pic_bot")],
            },
            True,
        ),
        ({"text": "no", "reply_to_message": {"message_id": 2, "date": 0, "chat": GROUP, "from": BOT}}, True),
        ({"text": "no", "reply_to_message": {"message_id": 2, "date": 0, "chat": GROUP, "from": ANN}}, False),
    ],
)
def test_groups(content: dict[str, Any], is_for_us: bool) -> None:
    found = parse(GROUP, **content)
    assert isinstance(found, Message) and found.is_for_us == is_for_us


def test_quotes() -> None:
    other = {"message_id": 2, "date": 0, "chat": PRIVATE, "from": ANN, "photo": SIZES}
    found = parse(text="this one", reply_to_message=other)
    assert isinstance(found, Message) and found.quoted is not None
    assert (found.quoted.id, found.quoted.is_ours, found.quoted.picture) == (2, False, Picture("large", "", 11520))
    origin = {"type": "hidden_user", "date": 0, "sender_user_name": "x"}
    foreign = parse(text="this one", external_reply={"origin": origin, "photo": SIZES})
    assert isinstance(foreign, Message) and foreign.quoted is not None
    assert (foreign.quoted.id, foreign.quoted.picture) == (None, Picture("large", "", 11520))


def test_the_head_of_a_topic_is_no_quote() -> None:
    head = {
        "message_id": 2,
        "date": 0,
        "chat": GROUP,
        "from": ANN,
        "forum_topic_created": {"name": "x", "icon_color": 1},
    }
    found = parse(GROUP, text="/five", reply_to_message=head)
    assert isinstance(found, Message) and found.quoted is None


def test_an_admin_without_a_name() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    found = parse(GROUP, **{"from": anonymous, "sender_chat": GROUP, "text": "/five"})
    assert isinstance(found, Message) and found.is_for_us


def test_a_press() -> None:
    message = {"message_id": 9, "date": 0, "chat": GROUP, "from": BOT, "text": "#sea"}
    press = {"id": "p", "from": ANN, "chat_instance": "1", "data": "why:1", "message": message}
    assert updates.parse({"update_id": 1, "callback_query": press}, ME) == Press(-5, 9, "ru", "p", "why:1")


@pytest.mark.parametrize(
    "content",
    [{"from": BOT}, {"text": "", "new_chat_title": "x"}, {"chat": {"id": -9, "type": "channel", "title": "x"}}],
)
def test_what_is_passed_over(content: dict[str, Any]) -> None:
    assert parse(**{"text": "x", **content}) is None


@pytest.mark.parametrize("message", [{}, {"chat": PRIVATE}, {"message_id": 1, "date": "x", "chat": PRIVATE}, []])
def test_what_cannot_be_read(message: Any) -> None:
    with pytest.raises(updates.UpdateError):
        updates.parse({"update_id": 1, "message": message}, ME)
