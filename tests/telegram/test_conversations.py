"""Conversations with the bot of a running site, over a Telegram of our own."""

import pytest

from tests.telegram.bot_api.chats import Chat, Message
from tests.telegram.conftest import BotSite

pytestmark = pytest.mark.slow


def answers(site: BotSite, chat: Chat, number: int = 1) -> list[Message]:
    """Wait for so many messages of the bot in a chat, and return them."""
    site.api.wait_for(lambda: len(chat.messages) >= number)
    return chat.messages


def test_it_works(bot_site: BotSite, photo: bytes) -> None:
    chat = bot_site.api.private_chat(1)
    chat.says("/start")
    [hello] = answers(bot_site, chat)
    sent = chat.sends_photo(photo)
    [hello, answer] = answers(bot_site, chat, 2)
    print(hello.text, answer.text, answer.labels, answer.reply_to, sent.id)
    assert answer.reply_to == sent.id
    assert 0
