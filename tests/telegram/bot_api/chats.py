"""Chats between people and the bot. What people do is done here; what the bot does comes through its methods."""

import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.telegram.bot_api.fields import Json, bad_request
from tests.telegram.bot_api.files import Upload
from tests.telegram.bot_api.text import Text, found

if TYPE_CHECKING:
    from tests.telegram.bot_api.account import Account


@dataclass(slots=True, eq=False)
class Message:
    """A message as the API shows it now, and what it was before."""

    json: Json
    update: Json = field(default_factory=dict)  # what told the bot of it
    force_reply: bool = False
    deleted: bool = False
    earlier: list[str] = field(default_factory=list)  # its texts before each edit

    @property
    def id(self) -> int:
        return int(self.json["message_id"])

    @property
    def text(self) -> str:
        return str(self.json.get("text", self.json.get("caption", "")))

    @property
    def reply_to(self) -> int | None:
        return self.json["reply_to_message"]["message_id"] if "reply_to_message" in self.json else None

    @property
    def keyboard(self) -> list[list[Json]]:
        return list(self.json.get("reply_markup", {}).get("inline_keyboard", []))

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.keyboard for button in row]

    def change(self, content: Json, keys: set[str]) -> None:
        """Give some keys a new content. The JSON is made anew, since updates that went out show the old one."""
        kept = {key: value for key, value in self.json.items() if key not in keys}
        if {**kept, **content} == self.json:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        self.earlier.append(self.text)
        self.json = {**kept, **content, "edit_date": int(time.time())}


@dataclass(slots=True, eq=False)
class Press:
    """A press of a button. `answer` has the fields that the bot answered it with."""

    id: str
    update: Json
    answer: Json | None = None


class Chat:
    """One chat. `messages` has what the bot wrote and did not delete; `json` is the chat as the API shows it."""

    def __init__(self, account: "Account", json: Json, people: list[Json]) -> None:
        self.account, self.json, self.people = account, json, people
        self.all: dict[int, Message] = {}
        self.blocked, self.moved_to = False, 0
        self._ids = itertools.count(1) if json["type"] == "supergroup" else account.message_ids

    @property
    def id(self) -> int:
        return int(self.json["id"])

    @property
    def messages(self) -> list[Message]:
        with self.account.changed:
            mine = [message for message in self.all.values() if message.json["from"] == self.account.bot]
            return [message for message in mine if not message.deleted]

    def says(self, text: str, **more: Any) -> Message:
        """Let somebody write a text; for `more` see `sends`."""
        return self.sends(Text(text, found(text)).named("text"), **more)

    def sends_photo(self, content: bytes, caption: str = "", album: str | None = None, **more: Any) -> Message:
        """Let somebody send a photo, alone or as one of those with the same name of an album."""
        grouped = {} if album is None else {"media_group_id": album}
        photo = {"photo": self.account.files.photo(content)}
        return self.sends({**grouped, **photo, **Text(caption, found(caption)).named("caption")}, **more)

    def sends_document(
        self, content: bytes, name: str, mime: str, size: int | None = None, caption: str = "", **more: Any
    ) -> Message:
        """Let somebody send a file, which says that it has this size."""
        document = {"document": self.account.files.document(Upload(name, mime, content), size)}
        return self.sends({**document, **Text(caption, found(caption)).named("caption")}, **more)

    def sends_sticker(self, **more: Any) -> Message:
        kept = self.account.files.keep(Upload("sticker.webp", "image/webp", b"RIFF"), "stickers")
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self.sends({"sticker": {**kept.json, **kind, "emoji": "👍"}}, **more)

    def sends(self, content: Json, reply_to: Message | None = None, by: int | None = None) -> Message:
        """Let somebody send a message with any content; in a group the first member does, or who is named."""
        with self.account.changed:
            message = self.add(self.person(by), content, reply_to)
            message.update = self.account.updates.add("message", message.json)
            return message

    def edits(self, message: Message, text: str) -> Message:
        """Let somebody change what they wrote."""
        with self.account.changed:
            name = "text" if "text" in message.json else "caption"
            message.change(Text(text, found(text)).named(name), {name, "entities", f"{name}_entities"})
            message.update = self.account.updates.add("edited_message", message.json)
            return message

    def deletes(self, message: Message) -> None:
        """Let somebody delete a message, of which bots are not told."""
        with self.account.changed:
            message.deleted = True

    def presses(self, message: Message, button: str, by: int | None = None) -> Press:
        """Let somebody press a button of the bot, which is known by its label or by its data."""
        with self.account.changed:
            assert not message.deleted, "nobody can press a button of a message that is gone"
            buttons = [each for row in message.keyboard for each in row if "callback_data" in each]
            pressed = [each for each in buttons if button in (each["text"], each["callback_data"])]
            assert pressed, f"no button {button!r} among {message.labels}"
            query = {
                "id": str(next(self.account.press_ids)),
                "from": self.person(by),
                "message": message.json,
                "chat_instance": str(self.id),
                "data": pressed[0]["callback_data"],
            }
            made = Press(query["id"], self.account.updates.add("callback_query", query))
            self.account.presses[made.id] = made
            return made

    def blocks(self) -> None:
        """Let the person of a private chat block the bot, or a group remove it."""
        self._become(blocked=True)

    def unblocks(self) -> None:
        self._become(blocked=False)

    def becomes_supergroup(self) -> "Chat":
        """Let a basic group become a supergroup, which is another chat; its messages stay behind."""
        with self.account.changed:
            chat = self.account.group(*(person["id"] for person in self.people), title=self.json["title"])
            self.sends({"migrate_to_chat_id": chat.id})
            self.moved_to = chat.id
            chat.sends({"migrate_from_chat_id": self.id})
            return chat

    def person(self, by: int | None = None) -> Json:
        return self.people[0] if by is None else next(person for person in self.people if person["id"] == by)

    def add(self, sender: Json, content: Json, reply_to: Message | None = None) -> Message:
        """Add a message. The one that it replies to is in it, without the one that that one replied to."""
        head = {"message_id": next(self._ids), "from": sender, "chat": self.json, "date": int(time.time())}
        if reply_to is not None:
            head["reply_to_message"] = {key: reply_to.json[key] for key in reply_to.json if key != "reply_to_message"}
        message = Message({**head, **content})
        self.all[message.id] = message
        self.account.changed.notify_all()
        return message

    def find(self, message_id: int) -> Message | None:
        message = self.all.get(message_id)
        return None if message is None or message.deleted else message

    def _become(self, blocked: bool) -> None:
        with self.account.changed:
            self.blocked = blocked
            kicked, member = {"status": "kicked", "until_date": 0}, {"status": "member"}
            old, new = (member, kicked) if blocked else (kicked, member)
            said = {"chat": self.json, "from": self.person(), "date": int(time.time())}
            said["old_chat_member"] = {**old, "user": self.account.bot}
            said["new_chat_member"] = {**new, "user": self.account.bot}
            self.account.updates.add("my_chat_member", said)
