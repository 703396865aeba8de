"""What happened in a chat, as typed values: updates are parsed here, once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import telegram
from telegram.constants import ChatType, MessageEntityType

COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?:\s+|$)")
PICTURES = ("image/",)


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be fetched; size in bytes where it is known."""

    file_id: str
    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that another one replies to, or quotes from another chat (then without an id)."""

    id: int | None
    is_ours: bool
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is meant for the bot."""

    chat: int
    id: int
    language: str
    text: str  # also of a caption; without the command and without the bot's name
    command: str = ""  # without / and without the bot's name
    hashtags: tuple[str, ...] = ()  # as written
    picture: Picture | None = None
    quoted: Quoted | None = None
    is_odd: bool = False  # it holds something that is neither text nor a picture


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed under one of the bot's messages."""

    chat: int
    id: int  # of the message
    language: str
    query: str  # what the press is answered by
    data: str


def parse(payload: dict[str, Any], me: Me) -> Message | Press | None:
    """Return what an update says, or None where it is not meant for the bot."""
    update = telegram.Update.de_json(payload)
    if (press := update.callback_query) is not None:
        if press.message is None or press.data is None:
            return None
        language = press.from_user.language_code or ""
        return Press(press.message.chat.id, press.message.message_id, language, press.id, press.data)
    message = update.message
    if message is None or (message.from_user is not None and message.from_user.is_bot):
        return None
    quoted = _quoted(message, me)
    if message.chat.type == ChatType.CHANNEL or not (
        message.chat.type == ChatType.PRIVATE or _names(message, me) or (quoted is not None and quoted.is_ours)
    ):
        return None
    return _message(message, quoted, me)


def _message(message: telegram.Message, quoted: Quoted | None, me: Me) -> Message | None:
    text = (message.text or message.caption or "").strip()
    command, found = "", COMMAND.match(text)
    if found:
        if found[2] and found[2].casefold() != me.username.casefold():
            return None  # for another bot
        command, text = found[1].casefold(), text[found.end() :]
    picture = _picture(message)
    return Message(
        chat=message.chat.id,
        id=message.message_id,
        language=(message.from_user.language_code or "") if message.from_user else "",
        text=re.sub(rf"@{re.escape(me.username)}\b", "", text, flags=re.IGNORECASE).strip(),
        command=command,
        hashtags=tuple(_entities(message, MessageEntityType.HASHTAG)),
        picture=picture,
        quoted=quoted,
        is_odd=picture is None and not message.text,
    )


def _names(message: telegram.Message, me: Me) -> bool:
    """Whether a message in a group names the bot, or gives it a command."""
    name = f"@{me.username}".casefold()
    if any(text.casefold() == name for text in _entities(message, MessageEntityType.MENTION)):
        return True
    commands = _entities(message, MessageEntityType.BOT_COMMAND)
    return any("@" not in text or text.casefold().endswith(name) for text in commands)


def _entities(message: telegram.Message, kind: str) -> list[str]:
    found = message.parse_entities([kind]) if message.text else message.parse_caption_entities([kind])
    return list(found.values())


def _quoted(message: telegram.Message, me: Me) -> Quoted | None:
    if (other := message.reply_to_message) is not None:
        is_ours = other.from_user is not None and other.from_user.id == me.id
        return Quoted(other.message_id, is_ours, _picture(other))
    if (foreign := message.external_reply) is not None:
        return Quoted(None, False, _picture(foreign))
    return None


def _picture(message: telegram.Message | telegram.ExternalReplyInfo) -> Picture | None:
    """Return the largest form of a photo, or a document that says it is an image."""
    if message.photo:
        best = max(message.photo, key=lambda size: size.width * size.height)
        return Picture(best.file_id, "", best.file_size)
    document = message.document
    if document is not None and (document.mime_type or "").startswith(PICTURES):
        return Picture(document.file_id, document.file_name or "", document.file_size)
    return None
