"""The account of one bot: its chats, files and updates, and the people whom it knows."""

import itertools
import threading

from tests.telegram.bot_api.chats import Chat, Press
from tests.telegram.bot_api.faults import Flood, Limits
from tests.telegram.bot_api.fields import Json, Refusal, bad_request
from tests.telegram.bot_api.files import Files
from tests.telegram.bot_api.updates import Updates
from tests.telegram.bot_api.webhook import Postman

NAMES = ("Ann", "Ben", "Cleo", "Dan")


class Account:
    """What Telegram keeps of one bot. Whoever reads or changes it holds `changed`, and tells it of a change."""

    def __init__(self, token: str, username: str, limits: Limits | None) -> None:
        self.token = token
        self.bot: Json = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "tag4pic", "username": username}
        self.changed = threading.Condition()
        self.updates = Updates(self.changed)
        self.postman = Postman(self.updates)
        self.files = Files()
        self.flood = Flood(limits)
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, Json] = {}
        self.presses: dict[str, Press] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.message_ids = itertools.count(1)  # of private chats and basic groups together
        self.press_ids = itertools.count(4_000_000_001)
        self._group_ids = itertools.count(1)

    def private_chat(self, user_id: int, language: str | None = "en") -> Chat:
        with self.changed:
            person = self.person(user_id, language)
            shown = {"id": user_id, "first_name": person["first_name"], "type": "private"}
            return self._keep(Chat(self, shown, [person]))

    def group(self, *members: int, title: str = "Friends", supergroup: bool = True) -> Chat:
        """Make a group of these users, in which the bot sees every message, as where it is an administrator."""
        with self.changed:
            number = next(self._group_ids)
            shown = {"id": -1_001_000_000_000 - number if supergroup else -number, "title": title}
            shown["type"] = "supergroup" if supergroup else "group"
            return self._keep(Chat(self, shown, [self.person(member) for member in members]))

    def person(self, user_id: int, language: str | None = "en") -> Json:
        """Return a user, who keeps the language that was said first; None is a user whose language is not known."""
        if user_id not in self.people:
            person = {"id": user_id, "is_bot": False, "first_name": NAMES[user_id % len(NAMES)]}
            self.people[user_id] = person if language is None else {**person, "language_code": language}
        return self.people[user_id]

    def chat(self, chat_id: str) -> Chat:
        """Return the chat that the bot names, if it may write there."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(int(chat_id)) if chat_id.lstrip("-").isdecimal() else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.moved_to:
            why = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, why, {"migrate_to_chat_id": chat.moved_to})
        if chat.blocked:
            private = chat.json["type"] == "private"
            why = "blocked by the user" if private else f"kicked from the {chat.json['type']} chat"
            raise Refusal(403, f"Forbidden: bot was {why}")
        return chat

    def _keep(self, chat: Chat) -> Chat:
        return self.chats.setdefault(chat.id, chat)
