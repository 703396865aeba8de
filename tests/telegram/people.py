"""People who talk with the bot of a running site, and wait for what it says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.bot_api.chats import Chat, Message
from tests.telegram.bot_api.server import BotApi, Request

PATIENCE = 60.0  # seconds; the machine may have a lot to do


@dataclass(slots=True)
class Person:
    """Somebody in a chat with the bot. Each deed waits for what the bot makes of it."""

    api: BotApi
    chat: Chat
    is_settled: Callable[[], bool]
    heard: set[int] = field(default_factory=set)  # messages of the bot that were waited for

    def says(self, text: str, **more: Any) -> Message:
        """Write a text, and return the answer to it."""
        self.chat.says(text, **more)
        return self.hears_answer()

    def sends_photo(self, content: bytes, **more: Any) -> Message:
        """Send a photo, and return the answer under it."""
        sent = self.chat.sends_photo(content, **more)
        answer = self.hears_answer()
        assert answer.reply_to == sent.id
        return answer

    def sends_file(self, content: bytes, name: str = "cat.jpg", mime: str = "image/jpeg", **more: Any) -> Message:
        """Send a file, and return the answer to it."""
        self.chat.sends_document(content, name, mime, **more)
        return self.hears_answer()

    def hears_answer(self) -> Message:
        """Return the next message of the bot; where that says that it takes long, once it has become the answer."""
        message = self.hears()
        self.wait_for(self.is_settled)
        return message

    def hears(self) -> Message:
        """Return the next message of the bot."""
        self.wait_for(self._new)
        message = self._new()[0]
        self.heard.add(message.id)
        return message

    def hears_nothing_more(self) -> None:
        """See that the bot says nothing but what was heard."""
        self.wait_for(self.is_settled)
        assert not self._new()

    def presses(self, message: Message, button: str, **more: Any) -> str:
        """Press a button, and return the line that is shown there."""
        press = self.chat.presses(message, button, **more)
        self.wait_for(lambda: press.answer is not None)
        assert press.answer is not None
        return str(press.answer["text"])

    def changes(self, message: Message, button: str, **more: Any) -> Message:
        """Press a button that changes the message under which it stands, and return that message."""
        edits = len(message.earlier)
        self.presses(message, button, **more)
        self.wait_for(lambda: len(message.earlier) > edits)
        return message

    def hears_after(self, message: Message, button: str, **more: Any) -> Message:
        """Press a button, and return the message that it brings."""
        self.presses(message, button, **more)
        return self.hears()

    def types_before(self, message: Message) -> bool:
        """Whether the chat showed that the bot writes, before a message came."""
        asked = [request for request in self.api.requests if request.fields.get("chat_id") == str(self.chat.id)]
        came = [request.at for request in asked if request.method == "sendMessage" and _sent(request) == message.id]
        return any(request.method == "sendChatAction" and request.at < came[0] for request in asked)

    def sees(self, message: Message, words: str) -> None:
        """Wait until a message holds these words."""
        self.wait_for(lambda: words in message.text)

    def wait_for(self, condition: Callable[[], object]) -> None:
        self.api.wait_for(condition, PATIENCE)

    def _new(self) -> list[Message]:
        return [message for message in self.chat.messages if message.id not in self.heard]


def _sent(request: Request) -> int | None:
    """Return the number of the message that a request has sent; None where it was refused."""
    return request.answer["result"]["message_id"] if request.answer["ok"] else None
