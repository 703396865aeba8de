"""The local Bot API refuses what Telegram refuses, and the real library raises what it would raise."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from tests.telegram.bot_api import BotApi, Chat, Limits
from tests.telegram.bot_api.library import ask
from tests.telegram.test_bot_api import ANN, BEN, picture

Talk = Callable[[Bot], Awaitable[Any]]


@pytest.fixture
def chat(server: BotApi) -> Chat:
    """A chat with a message of a person, 1, and messages of the bot: a text, 2, a photo, 3, and a question, 4."""
    chat = server.private_chat(ANN)
    chat.says("hi")

    async def talk(bot: Bot) -> None:
        await bot.send_message(ANN, "hello", reply_markup=buttons(callback_data="x"))
        await bot.send_photo(ANN, picture(50))
        await bot.send_message(ANN, "what?", reply_markup=ForceReply())

    ask(server, talk)
    return chat


def buttons(count: int = 1, **action: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Go", **action)] for _ in range(count)])


def send(text: str = "hi", **more: Any) -> Talk:
    return lambda bot: bot.send_message(ANN, text, **more)


def send_html(text: str) -> Talk:
    return send(text, parse_mode="HTML")


def keyboard(count: int = 1, **action: Any) -> Talk:
    return send(reply_markup=buttons(count, **action))


def edit(message_id: int, text: str = "new", **more: Any) -> Talk:
    return lambda bot: bot.edit_message_text(text, ANN, message_id, **more)


def send_also(**fields: Any) -> Talk:
    """Send fields that the library knows nothing of, or in place of its own."""
    return send(api_kwargs=fields)


def test_it_works(server: BotApi, chat: Chat) -> None:
    """The longest text, caption and data that may be sent."""

    async def talk(bot: Bot) -> None:
        await bot.send_message(ANN, f"<b>{'&lt;' * 4094}</b>👍", "HTML", reply_markup=buttons(callback_data="é" * 32))
        await bot.send_photo(ANN, picture(50), caption="c" * 1024)

    ask(server, talk)
    assert len(chat.messages) == 5


ENTITIES = "Can't parse entities: "
REFUSED: list[tuple[Talk, str]] = [
    (send(""), "Message text is empty"),
    (send(" \n "), "Text must be non-empty"),
    (send("a" * 4095 + "👍"), "Message is too long"),
    (lambda bot: bot.send_photo(ANN, picture(50), caption="c" * 1025), "Message caption is too long"),
    (send("*a*", parse_mode="Markdown"), "Unsupported parse_mode"),
    (send_html("<b>a"), ENTITIES + 'Can\'t find end tag corresponding to start tag "b"'),
    (send_html("é<b>a</i>"), ENTITIES + 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
    (send_html("a</b>"), ENTITIES + "Unexpected end tag at byte offset 1"),
    (send_html("a<br>"), ENTITIES + 'Unsupported start tag "br" at byte offset 1'),
    (send_html("1 < 2"), ENTITIES + "Unclosed start tag at byte offset 2"),
    (send_html("<span>a</span>"), ENTITIES + 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    (send_html("<code><b>a</b></code>"), ENTITIES + 'Tag "b" can\'t be in code at byte offset 6'),
    (send_html("<i><pre>a</pre></i>"), ENTITIES + 'Tag "pre" can be in a quotation alone at byte offset 3'),
    (send_also(colour="red"), 'Unknown field "colour"'),
    (send_also(message_thread_id="x"), 'Field "message_thread_id" must be a json int'),
    (lambda bot: bot.send_message(99, "a"), "Chat not found"),
    (lambda bot: bot.send_message("@nobody", "a"), "Chat not found"),
    (send_also(chat_id=""), "Chat_id is empty"),
    (send(reply_parameters=ReplyParameters(99)), "Message to be replied not found"),
    (send(reply_parameters=ReplyParameters(1, quote="hi")), 'Can\'t parse reply parameters: unknown field "quote"'),
    (keyboard(callback_data="é" * 33), "Button_data_invalid"),
    (keyboard(callback_data=""), "Can't parse inline keyboard button: text buttons are unallowed"),
    (keyboard(callback_data="a", url="https://a.example"), "Can't parse inline keyboard button: exactly one"),
    (keyboard(url="javascript:a"), "Inline keyboard button url 'javascript:a' is invalid: wrong http url"),
    (keyboard(copy_text=CopyTextButton("c" * 257)), "Button_copy_text_invalid"),
    (keyboard(101, callback_data="a"), "Reply markup is too long"),
    (send_also(reply_markup={"inline_keyboard": [{}]}), "Can't parse inline keyboard"),
    (send(reply_markup=ReplyKeyboardMarkup([["a"]])), "Inline keyboard expected"),
    (send(reply_markup=ForceReply(input_field_placeholder="p" * 65)), "Can't parse force reply: wrong input field"),
    (send_also(reply_markup={"force_reply": 1}), "Can't parse force reply: a field"),
    (edit(99), "Message to edit not found"),
    (edit(0), "Message identifier is not specified"),
    (edit(1), "Message can't be edited"),
    (edit(4), "Message can't be edited"),
    (edit(3), "There is no text in the message to edit"),
    (edit(2, "<b></b>hello", parse_mode="HTML", reply_markup=buttons(callback_data="x")), "Message is not modified: "),
    (lambda bot: bot.edit_message_reply_markup(ANN, 3), "Message is not modified: specified new message content"),
    (edit(2, reply_markup=ForceReply()), "Inline keyboard expected"),
    (lambda bot: bot.delete_message(ANN, 99), "Message to delete not found"),
    (lambda bot: bot.send_chat_action(ANN, "dancing"), "Wrong parameter action in request"),
    (lambda bot: bot.answer_callback_query("1"), "Query is too old and response timeout expired"),
    (lambda bot: bot.answer_callback_query("1", "a" * 201), "Message_too_long"),
    (lambda bot: bot.get_file("AgACunknown"), "Wrong file_id or the file is temporarily unavailable"),
    (lambda bot: bot.send_photo(ANN, "AgACunknown"), "Wrong file identifier/http url specified"),
    (lambda bot: bot.send_photo(ANN, b"no picture"), "Image_process_failed"),
    (lambda bot: bot.send_document(ANN, b""), "File must be non-empty"),
    (lambda bot: bot.send_photo(ANN, ""), "There is no photo in the request"),
    (lambda bot: bot.send_media_group(ANN, [InputMediaPhoto(picture(9))]), "Too few messages to send as an album"),
    (
        lambda bot: bot.send_media_group(ANN, [InputMediaPhoto(picture(9)), InputMediaDocument(b"a")]),
        "Document can't be mixed with other media types",
    ),
    (lambda bot: bot.set_my_commands([BotCommand("Help", "a")]), "Bot_command_invalid"),
    (lambda bot: bot.set_my_commands([BotCommand("help", "")]), "Bot_command_description_invalid"),
    (lambda bot: bot.set_webhook("http://tag4pic.example/"), "Invalid webhook url specified"),
    (lambda bot: bot.set_webhook("http://127.0.0.1/", secret_token="no spaces"), "Secret token contains unallowed"),
]


@pytest.mark.parametrize(("talk", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_bad_request(server: BotApi, chat: Chat, talk: Talk, words: str) -> None:
    """Nothing comes of it. The library writes the first letter large, in whatever case the rest is."""
    before = [message.json for message in chat.messages]
    with pytest.raises(BadRequest) as refused:
        ask(server, talk)
    assert str(refused.value).lower().startswith(words.lower())
    assert [message.json for message in chat.messages] == before


def test_too_large_a_file(server: BotApi, chat: Chat) -> None:
    """20 MB are given out, one byte more is not."""
    limit = 20 * 1024 * 1024
    fits, large = (
        chat.sends_document(b"a", "a.png", "image/png", size).json["document"]["file_id"] for size in (limit, limit + 1)
    )
    assert ask(server, lambda bot: bot.get_file(fits)).file_size == limit
    with pytest.raises(BadRequest, match="File is too big"):
        ask(server, lambda bot: bot.get_file(large))


def test_second_answer_to_a_press(server: BotApi, chat: Chat) -> None:
    press = chat.presses(chat.messages[0], "x")
    ask(server, lambda bot: bot.answer_callback_query(press.id))
    with pytest.raises(BadRequest, match="Query is too old"):
        ask(server, lambda bot: bot.answer_callback_query(press.id))


def test_message_of_another_in_a_group(server: BotApi) -> None:
    group = server.group(ANN, BEN)
    said = group.says("mine")
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        ask(server, lambda bot: bot.delete_message(group.id, said.id))


def test_blocked(server: BotApi, chat: Chat) -> None:
    chat.blocks()
    for talk in (send(), edit(2), lambda bot: bot.send_chat_action(ANN, "typing")):
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            ask(server, talk)
    chat.unblocks()
    ask(server, send())
    group = server.group(ANN)
    group.blocks()
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        ask(server, lambda bot: bot.send_message(group.id, "hi"))


def test_group_that_has_moved(server: BotApi) -> None:
    group = server.group(ANN, supergroup=False)
    moved = group.becomes_supergroup()
    with pytest.raises(ChatMigrated) as refused:
        ask(server, lambda bot: bot.send_message(group.id, "hi"))
    assert refused.value.new_chat_id == moved.id
    ask(server, lambda bot: bot.send_message(moved.id, "hi"))


@pytest.mark.parametrize(("token", "words"), [("1:other", "Unauthorized"), ("other", "Not Found")])
def test_wrong_token(server: BotApi, token: str, words: str) -> None:
    with pytest.raises(InvalidToken, match=words):
        ask(server, lambda bot: bot.get_me(), token)


def test_unknown_method(server: BotApi) -> None:
    """The library can't tell this from a wrong token."""
    with pytest.raises(InvalidToken, match="'sendMoney' does not exist"):
        ask(server, lambda bot: bot.do_api_request("sendMoney"))


def test_file_whose_path_was_not_told(server: BotApi, chat: Chat) -> None:
    """A path is told by getFile alone; nobody may guess it."""
    chat.sends_document(b"a", "a.png", "image/png")
    with pytest.raises(InvalidToken, match="Not Found"):
        ask(server, lambda bot: bot.request.retrieve(f"{server.url}/file/bot{server.token}/documents/file_2.png"))


def test_flood() -> None:
    """One message at a time in a chat, a few overall; edits don't count."""
    with BotApi(limits=Limits(overall=3, chat=1, seconds=60)) as server:
        for user in range(1, 5):
            server.private_chat(user)

        async def talk(bot: Bot) -> None:
            sent = await bot.send_message(1, "hi")
            with pytest.raises(RetryAfter, match=r"Retry in \d\d seconds"):
                await bot.send_message(1, "hi again")
            await bot.edit_message_text("hi again", 1, sent.message_id)
            await bot.send_message(2, "hi")
            await bot.send_message(3, "hi")
            with pytest.raises(RetryAfter, match="Flood control exceeded"):
                await bot.send_message(4, "hi")

        ask(server, talk)


def test_flood_that_is_over() -> None:
    with BotApi(limits=Limits(seconds=0.01)) as server:
        chat = server.private_chat(ANN)
        for _ in range(2):
            ask(server, send())
            time.sleep(0.02)
    assert len(chat.messages) == 2
