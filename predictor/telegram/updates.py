"""What happened in a chat, as typed values: updates are parsed here, once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import telegram
from telegram.constants import ChatType, MessageEntityType

COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?:\s+|$)")
PICTURE = "image/"


class UpdateError(ValueError):
    """An update that cannot be read."""


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself."""

    id: int
    username: str
    commands: frozenset[str] = frozenset()  # that it knows, without /


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
    """A message."""

    chat: int
    id: int
    language: str
    text: str  # also of a caption; without the command and without the bot's name
    command: str = ""  # without / and without the bot's name
    hashtags: tuple[str, ...] = ()  # as written
    picture: Picture | None = None
    quoted: Quoted | None = None
    album: str = ""  # that it is part of
    is_odd: bool = False  # it holds something that is neither text nor a picture
    is_for_us: bool = True  # it is from a private chat, or addresses the bot


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed under one of the bot's messages."""

    chat: int
    id: int  # of the message
    language: str
    query: str  # what the press is answered by
    data: str


def parse(payload: dict[str, Any], me: Me) -> Message | Press | None:
    """Return what an update says, or None where it says nothing to the bot. Raises UpdateError."""
    try:
        return _parse(telegram.Update.de_json(payload), me)
    except (ArithmeticError, AttributeError, KeyError, OSError, TypeError, ValueError) as error:  # odd dates too
        raise UpdateError("The update is not of the form that Telegram documents.") from error


def _parse(update: telegram.Update, me: Me) -> Message | Press | None:
    if (press := update.callback_query) is not None:
        if press.message is None or press.data is None:
            return None
        language = press.from_user.language_code or ""
        return Press(press.message.chat.id, press.message.message_id, language, press.id, press.data)
    message = update.message
    if message is None or message.chat.type == ChatType.CHANNEL or _is_from_bot(message):
        return None
    if not message.text and message.effective_attachment is None:
        return None  # somebody came, a title changed
    return _message(message, me)


def _message(message: telegram.Message, me: Me) -> Message | None:
    text = message.text or message.caption or ""
    command, found = "", COMMAND.match(text)
    if found:
        if found[2] and found[2].casefold() != me.username.casefold():
            return None  # for another bot
        command, text = found[1].casefold(), text[found.end() :]
    picture, quoted = _picture(message), _quoted(message, me)
    is_reply = quoted is not None and quoted.is_ours
    return Message(
        chat=message.chat.id,
        id=message.message_id,
        language=(message.from_user.language_code or "") if message.from_user else "",
        text=re.sub(rf"@{re.escape(me.username)}\b", "", text, flags=re.IGNORECASE).strip(),
        command=command,
        hashtags=tuple(_entities(message, MessageEntityType.HASHTAG)),
        picture=picture,
        quoted=quoted,
        album=message.media_group_id or "",
        is_odd=picture is None and not message.text,
        is_for_us=message.chat.type == ChatType.PRIVATE or is_reply or _names(message, command, me),
    )


def _is_from_bot(message: telegram.Message) -> bool:
    """Whether another bot has sent a message; who writes in the name of a group or channel looks like one."""
    return message.from_user is not None and message.from_user.is_bot and message.sender_chat is None


def _names(message: telegram.Message, command: str, me: Me) -> bool:
    """Whether a message in a group names the bot, or begins with a command that the bot knows."""
    name = f"@{me.username}".casefold()
    if command in me.commands or (command and name in (message.text or message.caption or "").split()[0].casefold()):
        return True
    return any(text.casefold() == name for text in _entities(message, MessageEntityType.MENTION))


def _entities(message: telegram.Message, kind: str) -> list[str]:
    found = message.parse_entities([kind]) if message.text else message.parse_caption_entities([kind])
    return list(found.values())


def _quoted(message: telegram.Message, me: Me) -> Quoted | None:
    other = message.reply_to_message
    if other is not None and other.forum_topic_created is None:  # all messages in a topic reply to its head
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
    if document is not None and (document.mime_type or "").startswith(PICTURE):
        return Picture(document.file_id, document.file_name or "", document.file_size)
    return None
