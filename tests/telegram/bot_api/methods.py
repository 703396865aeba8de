"""The methods of the Bot API that the bot sends, edits, deletes and answers with.

The fields of a class are the fields of its method; `answer` carries it out. Fields that change nothing here (a silent
message, say) are known and not looked at. Stricter than Telegram: a field that a method does not know, or a value of
another type, is refused, and so is a second answer to a press.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from tests.telegram.bot_api.account import Account
from tests.telegram.bot_api.chats import Chat, Message
from tests.telegram.bot_api.fields import Json, bad_request, only
from tests.telegram.bot_api.markup import check_keyboard, check_markup
from tests.telegram.bot_api.text import caption, message_text, units

ALBUM_SIZES = range(2, 11)
ANSWER_LIMIT = 200
ACTIONS = {"typing", "choose_sticker", "find_location", "upload_photo", "upload_document"} | {
    f"{verb}_{kind}" for verb in ("record", "upload") for kind in ("video", "video_note", "voice")
}
REPLY_FIELDS = {"message_id", "allow_sending_without_reply"}
MEDIA_FIELDS = {"type", "media", "caption", "parse_mode"}


@dataclass(frozen=True, kw_only=True)
class Method(ABC):
    """One request of the bot."""

    @abstractmethod
    def answer(self, account: Account) -> Any:
        """Carry it out, and return the result as JSON."""


@dataclass(frozen=True, kw_only=True)
class Addressed(Method):
    """Anything that is sent to a chat."""

    chat_id: str = ""
    message_thread_id: int = 0
    disable_notification: bool = False
    protect_content: bool = False
    reply_parameters: Json | None = None

    def replied(self, chat: Chat) -> Message | None:
        """Return the message that this replies to."""
        if self.reply_parameters is None:
            return None
        said = only(REPLY_FIELDS, self.reply_parameters, "reply parameters")
        replied = chat.find(said.get("message_id", 0))
        if replied is None and not said.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return replied


@dataclass(frozen=True, kw_only=True)
class Sending(Addressed):
    """One message that is sent."""

    reply_markup: Json | None = None

    @abstractmethod
    def content(self, account: Account) -> Json:
        """Return what the message has beside its sender and its keyboard."""

    def answer(self, account: Account) -> Json:
        content, markup = self.content(account), self.reply_markup or {}
        check_markup(self.reply_markup)
        chat = account.chat(self.chat_id)
        replied = self.replied(chat)
        account.flood.count(chat.id)
        shown = {"reply_markup": markup} if markup.get("inline_keyboard") else {}
        message = chat.add(account.bot, {**content, **shown}, replied)
        message.force_reply = "force_reply" in markup
        return message.json


@dataclass(frozen=True, kw_only=True)
class SendMessage(Sending):
    text: str = ""
    parse_mode: str = ""
    link_preview_options: Json | None = None

    def content(self, account: Account) -> Json:
        return message_text(self.text, self.parse_mode).named("text")


@dataclass(frozen=True, kw_only=True)
class SendPhoto(Sending):
    photo: str = ""
    caption: str = ""
    parse_mode: str = ""

    def content(self, account: Account) -> Json:
        return _media(account, "photo", self.photo, self.caption, self.parse_mode)


@dataclass(frozen=True, kw_only=True)
class SendDocument(Sending):
    document: str = ""
    caption: str = ""
    parse_mode: str = ""
    disable_content_type_detection: bool = False

    def content(self, account: Account) -> Json:
        return _media(account, "document", self.document, self.caption, self.parse_mode)


@dataclass(frozen=True, kw_only=True)
class SendMediaGroup(Addressed):
    media: list[Any] | None = None

    def answer(self, account: Account) -> list[Json]:
        sent = [only(MEDIA_FIELDS, one, "InputMedia") for one in self.media or []]
        if len(sent) not in ALBUM_SIZES:
            few = "few" if len(sent) < ALBUM_SIZES.start else "many"
            raise bad_request(f"too {few} messages to send as an album")
        kinds = {one.get("type") for one in sent}
        if not kinds <= {"photo", "document"}:
            raise bad_request("can't parse InputMedia: wrong type")
        if len(kinds) > 1:
            raise bad_request("document can't be mixed with other media types")
        contents = [
            _media(account, one["type"], one.get("media", ""), one.get("caption", ""), one.get("parse_mode", ""))
            for one in sent
        ]
        chat = account.chat(self.chat_id)
        replied = self.replied(chat)
        account.flood.count(chat.id)
        album = {"media_group_id": str(next(account.press_ids))}
        return [chat.add(account.bot, {**album, **content}, replied).json for content in contents]


@dataclass(frozen=True, kw_only=True)
class Editing(Method):
    """A change of one message of the bot."""

    chat_id: str = ""
    message_id: int = 0
    reply_markup: Json | None = None

    def message(self, account: Account) -> Message:
        """Return the message, if it can be changed."""
        check_keyboard(self.reply_markup)
        message = _found(account.chat(self.chat_id), self.message_id, "edit")
        if message.json["from"] != account.bot or message.force_reply:
            raise bad_request("message can't be edited")
        return message

    def markup(self) -> Json:
        """Return the new keyboard as a message has it. Without one, the message loses what it had."""
        return {"reply_markup": self.reply_markup} if (self.reply_markup or {}).get("inline_keyboard") else {}


@dataclass(frozen=True, kw_only=True)
class EditMessageText(Editing):
    text: str = ""
    parse_mode: str = ""
    link_preview_options: Json | None = None

    def answer(self, account: Account) -> Json:
        text = message_text(self.text, self.parse_mode).named("text")
        message = self.message(account)
        if "text" not in message.json:
            raise bad_request("there is no text in the message to edit")
        message.change({**text, **self.markup()}, {"text", "entities", "reply_markup"})
        return message.json


@dataclass(frozen=True, kw_only=True)
class EditMessageReplyMarkup(Editing):
    def answer(self, account: Account) -> Json:
        message = self.message(account)
        message.change(self.markup(), {"reply_markup"})
        return message.json


@dataclass(frozen=True, kw_only=True)
class DeleteMessage(Method):
    chat_id: str = ""
    message_id: int = 0

    def answer(self, account: Account) -> bool:
        chat = account.chat(self.chat_id)
        message = _found(chat, self.message_id, "delete")
        if chat.json["type"] != "private" and message.json["from"] != account.bot:
            raise bad_request("message can't be deleted")
        message.deleted = True
        return True


@dataclass(frozen=True, kw_only=True)
class SendChatAction(Method):
    chat_id: str = ""
    action: str = ""
    message_thread_id: int = 0

    def answer(self, account: Account) -> bool:
        if self.action not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        account.chat(self.chat_id)
        return True


@dataclass(frozen=True, kw_only=True)
class AnswerCallbackQuery(Method):
    callback_query_id: str = ""
    text: str = ""
    show_alert: bool = False
    cache_time: int = 0

    def answer(self, account: Account) -> bool:
        if units(self.text) > ANSWER_LIMIT:
            raise bad_request("MESSAGE_TOO_LONG")
        press = account.presses.get(self.callback_query_id)
        if press is None or press.answer is not None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        press.answer = {"text": self.text, "show_alert": self.show_alert, "cache_time": self.cache_time}
        return True


def _found(chat: Chat, message_id: int, to: str) -> Message:
    if not message_id:
        raise bad_request("message identifier is not specified")
    message = chat.find(message_id)
    if message is None:
        raise bad_request(f"message to {to} not found")
    return message


def _media(account: Account, kind: str, file_id: str, sent_caption: str, parse_mode: str) -> Json:
    """Return a photo or a document with its caption."""
    text = caption(sent_caption, parse_mode).named("caption")
    upload = account.files.sent(file_id, kind)
    media = account.files.photo(upload.content) if kind == "photo" else account.files.document(upload)
    return {kind: media, **text}
