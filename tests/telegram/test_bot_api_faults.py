"""What goes wrong on purpose in the local Bot API: the real library sees it, and the server knows what has happened."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter

from tests.telegram.bot_api import BotApi, Chat
from tests.telegram.bot_api.library import ask
from tests.telegram.test_bot_api import ANN


@pytest.fixture
def chat(server: BotApi) -> Chat:
    return server.private_chat(ANN)


def send(server: BotApi) -> None:
    ask(server, lambda bot: bot.send_message(ANN, "hi"))


def test_it_works(server: BotApi, chat: Chat) -> None:
    """A method fails as often as was said, and others do not."""
    server.fail("sendMessage", 500, times=2)
    ask(server, lambda bot: bot.get_me())
    for _ in range(2):
        with pytest.raises(NetworkError, match="Internal Server Error"):
            send(server)
    assert not chat.messages
    send(server)
    assert [request.status for request in server.requests_of("sendMessage")] == [500, 500, 200]
    assert [message.text for message in chat.messages] == ["hi"]


def test_retry_after(server: BotApi, chat: Chat) -> None:
    server.fail("sendMessage", 429, retry_after=7)
    with pytest.raises(RetryAfter, match="Retry in 7 seconds"):
        send(server)


def test_forbidden(server: BotApi, chat: Chat) -> None:
    server.fail("sendMessage", 403)
    with pytest.raises(Forbidden):
        send(server)


@pytest.mark.parametrize(("status", "words"), [(502, "Bad Gateway"), (None, "disconnected without sending")])
@pytest.mark.parametrize("before", [True, False])
def test_answer_that_is_lost(server: BotApi, chat: Chat, status: int | None, words: str, before: bool) -> None:
    """The bot can't tell whether its message was sent."""
    server.fail("sendMessage", status, before=before)
    with pytest.raises(NetworkError, match=words):
        send(server)
    assert len(chat.messages) == (0 if before else 1)


def test_file_that_is_lost(server: BotApi, chat: Chat) -> None:
    kept = chat.sends_document(b"a", "a.png", "image/png").json["document"]

    async def fetch(bot: Bot) -> bytes:
        file = await bot.get_file(kept["file_id"])
        with pytest.raises(NetworkError):
            await file.download_as_bytearray()
        return bytes(await file.download_as_bytearray())

    server.fail("file", 502)
    assert ask(server, fetch) == b"a"


def test_answer_that_is_held_back(server: BotApi, chat: Chat) -> None:
    """The message is there, its answer comes when it is released; other requests go on."""
    hang = server.hang("sendMessage")

    async def talk(bot: Bot) -> int:
        sending = asyncio.create_task(bot.send_message(ANN, "hi"))
        assert await asyncio.to_thread(hang.acted.wait, 20)
        assert chat.messages[0].text == "hi" and not sending.done()
        await bot.send_message(ANN, "second")
        hang.release()
        return (await sending).message_id

    assert ask(server, talk) == chat.messages[0].id


def test_network_that_is_lost(server: BotApi, chat: Chat) -> None:
    """Polls are cut, nothing answers, and then everything is as it was, at the same address."""
    address, said = server.url, list[int]()

    async def talk(bot: Bot) -> list[int]:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await asyncio.to_thread(server.wait_for, lambda: server.requests_of("getUpdates"))
        await asyncio.to_thread(server.stop)
        with pytest.raises(NetworkError):
            await poll
        with pytest.raises(NetworkError):
            await bot.get_me()
        said.append(chat.says("meanwhile").update["update_id"])
        await asyncio.to_thread(server.start)
        return [update.update_id for update in await bot.get_updates()]

    assert ask(server, talk) == said
    assert server.url == address
