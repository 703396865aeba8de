"""A strict server of Telegram's Bot API on this machine, for tests."""

from tests.telegram.bot_api.chats import Chat, Message, Press
from tests.telegram.bot_api.faults import Hang, Limits
from tests.telegram.bot_api.server import BotApi, Request

__all__ = ["BotApi", "Chat", "Hang", "Limits", "Message", "Press", "Request"]
