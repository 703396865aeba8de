"""The local Bot API takes what the real library sends, and the library understands what it answers."""

import io
import json
import urllib.request

import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    TelegramObject,
    Update,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest

from tests.telegram.bot_api import BotApi
from tests.telegram.bot_api.fields import Json
from tests.telegram.bot_api.library import ask

ANN, BEN = 1, 2
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Why", callback_data="why:1")]])


def picture(width: int = 400, height: int = 300) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "PNG")
    return made.getvalue()


def parsed(update: Json) -> Update:
    """Return an update as the library reads it, and see that it knows every part of it."""
    read = Update.de_json(update, None)
    assert not unread(read)
    return read


def unread(part: object) -> list[str]:
    """Return the names of all fields in a part of an update that the library does not know."""
    if isinstance(part, tuple):
        return [name for one in part for name in unread(one)]
    if not isinstance(part, TelegramObject):
        return []
    return [*part.api_kwargs, *(name for one in part.to_dict(recursive=False).values() for name in unread(one))]


def test_it_works(server: BotApi) -> None:
    """A person asks, the bot answers with a keyboard, the person presses, and the bot edits its answer."""
    chat = server.private_chat(ANN)
    question = chat.says("/start now @tag4pic_bot #sea")

    async def talk(bot: Bot) -> None:
        (update,) = await bot.get_updates(timeout=5)
        assert update.message is not None and update.message.text is not None
        await bot.send_message(
            update.message.chat.id, "<b>Hello</b> #sea", "HTML", reply_markup=KEYBOARD, reply_to_message_id=question.id
        )

    ask(server, talk)
    (answer,) = chat.messages
    assert (answer.text, answer.reply_to, answer.labels) == ("Hello #sea", question.id, ["Why"])
    assert [entity["type"] for entity in answer.json["entities"]] == ["bold", "hashtag"]

    press = chat.presses(answer, "Why")
    query = parsed(press.update).callback_query
    assert query is not None and query.data == "why:1"

    async def react(bot: Bot) -> None:
        await bot.answer_callback_query(query.id, "Look below")
        await bot.edit_message_text("Because", chat.id, answer.id)

    ask(server, react)
    assert press.answer is not None and press.answer["text"] == "Look below"
    assert (answer.text, answer.earlier, answer.labels) == ("Because", ["Hello #sea"], [])
    assert [request.method for request in server.requests] == [
        "getUpdates",
        "sendMessage",
        "answerCallbackQuery",
        "editMessageText",
    ]


def test_entities_count_as_telegram_counts(server: BotApi) -> None:
    """Emoji outside of the basic plane count twice; digits alone make no hashtag; links swallow what is in them."""
    message = server.private_chat(ANN).says("👍🏽 /add@tag4pic_bot #море_7 #12 https://a.example/#b a@b.c @some_one")
    update = parsed(message.update).message
    assert update is not None
    assert list(update.parse_entities().values()) == [
        "/add@tag4pic_bot",
        "#море_7",
        "https://a.example/#b",
        "@some_one",
    ]


def test_html(server: BotApi) -> None:
    sent = ' <b>a<i>👍</i></b> <pre><code class="language-py">x &lt; 1</code></pre> <a href="http://e">e</a> &nbsp; '
    sent += "<blockquote expandable>q <code>#no</code></blockquote>"
    chat = server.private_chat(ANN)
    message = ask(server, lambda bot: bot.send_message(chat.id, sent, parse_mode="HTML"))
    assert message.text == "a👍 x < 1 e &nbsp; q #no"
    said = [(entity.type, message.parse_entity(entity)) for entity in message.entities]
    assert said == [
        ("bold", "a👍"),
        ("italic", "👍"),
        ("pre", "x < 1"),
        ("text_link", "e"),
        ("expandable_blockquote", "q #no"),
        ("code", "#no"),
    ]
    assert message.entities[2].language == "py"


def test_photo_from_a_person(server: BotApi) -> None:
    """A photo comes in several sizes; the largest is the picture itself."""
    content = picture()
    message = server.private_chat(ANN).sends_photo(content, "look #sea", album="trip")
    update = parsed(message.update).message
    assert update is not None and update.caption == "look #sea" and update.media_group_id == "trip"
    assert [(size.width, size.height) for size in update.photo] == [(90, 68), (320, 240), (400, 300)]

    async def fetch(bot: Bot) -> bytes:
        return bytes(await (await bot.get_file(update.photo[-1].file_id)).download_as_bytearray())

    assert ask(server, fetch) == content


def test_document_from_a_person(server: BotApi) -> None:
    message = server.private_chat(ANN).sends_document(b"abc", "a.png", "image/png", caption="my")
    update = parsed(message.update).message
    assert update is not None and update.document is not None and update.caption == "my"
    document = update.document
    assert (document.file_name, document.mime_type, document.file_size) == ("a.png", "image/png", 3)


def test_other_things_from_a_person(server: BotApi) -> None:
    chat = server.private_chat(ANN, language=None)
    said = chat.says("first")
    for update in (
        chat.sends_sticker(reply_to=said).update,
        chat.edits(said, "#second").update,
        chat.sends({"location": {"latitude": 1.5, "longitude": 2.5}}).update,
    ):
        parsed(update)
    chat.blocks()
    member = parsed(server.account.updates.made[-1]).my_chat_member
    assert member is not None and member.new_chat_member.status == "kicked"


def test_files_from_the_bot(server: BotApi) -> None:
    """Files are sent as they are, and once more by their id; they come back byte by byte, line ends included."""
    chat, content = server.private_chat(ANN), picture()

    async def talk(bot: Bot) -> bytes:
        photo = await bot.send_photo(chat.id, content, caption="<i>mine</i>", parse_mode="HTML")
        await bot.send_photo(chat.id, photo.photo[-1].file_id)
        await bot.send_media_group(chat.id, [InputMediaPhoto(content, caption="one"), InputMediaPhoto(picture(50))])
        document = await bot.send_document(chat.id, b"a\r\n--b\n\r\n", filename="a.txt")
        assert document.document is not None
        return bytes(await (await bot.get_file(document.document.file_id)).download_as_bytearray())

    assert ask(server, talk) == b"a\r\n--b\n\r\n"
    assert [message.text for message in chat.messages] == ["mine", "", "one", "", ""]
    album = [message.json.get("media_group_id") for message in chat.messages]
    assert album[2] == album[3] is not None


def test_group(server: BotApi) -> None:
    """A supergroup counts its own messages; private chats and basic groups share the count of the account."""
    group, basic, alone = server.group(ANN, BEN), server.group(ANN, supergroup=False), server.private_chat(BEN)
    assert [chat.says("hi").id for chat in (group, basic, alone, group)] == [1, 1, 2, 2]
    said = parsed(group.says("and I", by=BEN).update).message
    assert said is not None and said.from_user is not None and said.from_user.id == BEN
    assert said.chat.type == "supergroup"


def test_reply_holds_what_it_replies_to(server: BotApi) -> None:
    """One level deep, as it was then."""
    chat = server.private_chat(ANN)
    photo = chat.sends_photo(picture(), "#sea")
    asks = ForceReply()
    answer = ask(server, lambda bot: bot.send_message(chat.id, "?", reply_markup=asks, reply_to_message_id=photo.id))
    reply = parsed(chat.says("#sun", reply_to=chat.messages[0]).update).message
    assert chat.messages[0].force_reply
    assert reply is not None and reply.reply_to_message is not None
    assert reply.reply_to_message.message_id == answer.message_id
    assert reply.reply_to_message.reply_to_message is None
    assert answer.reply_to_message is not None and answer.reply_to_message.photo


def test_small_methods(server: BotApi) -> None:
    chat = server.private_chat(ANN)
    said = chat.says("hi")

    async def talk(bot: Bot) -> None:
        assert (await bot.get_me()).username == "tag4pic_bot"
        assert await bot.send_chat_action(chat.id, ChatAction.TYPING)
        assert await bot.set_my_commands([BotCommand("help", "What I can do")], language_code="en")
        assert [command.command for command in await bot.get_my_commands(language_code="en")] == ["help"]
        assert await bot.get_my_commands() == ()
        assert await bot.delete_message(chat.id, said.id)
        with pytest.raises(BadRequest, match="Message to be replied not found"):
            await bot.send_message(chat.id, "gone", reply_to_message_id=said.id)
        await bot.send_message(chat.id, "anyway", reply_to_message_id=said.id, allow_sending_without_reply=True)
        await bot.edit_message_reply_markup(chat.id, chat.messages[0].id, reply_markup=KEYBOARD)

    ask(server, talk)
    assert chat.messages[0].labels == ["Why"]


@pytest.mark.parametrize("way", ["query", "form", "json"])
def test_other_ways_to_ask(server: BotApi, way: str) -> None:
    chat = server.private_chat(ANN)
    address = f"{server.url}/bot{server.token}/sendMESSAGE"
    fields, kind = f"chat_id={chat.id}&text=%D0%B0", "application/x-www-form-urlencoded"
    if way == "json":
        fields, kind = json.dumps({"chat_id": chat.id, "text": "а"}), "application/json"
    request = urllib.request.Request(address, fields.encode(), {"Content-Type": kind})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address}?{fields}" if way == "query" else request) as answer:
        assert json.load(answer)["result"]["text"] == "а"
