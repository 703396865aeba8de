"""Updates of a chat as typed values, and what is looked at in replies, short to write in tests."""

from collections.abc import Sequence
from typing import Any

from predictor.models import TelegramChat
from predictor.telegram import talk
from predictor.telegram.replies import Edit, Keyboard, Reply, Say, Toast
from predictor.telegram.updates import Message, Picture, Press, Quoted

NUMBER, MESSAGE_ID, PRESSED_ID = 77, 500, 600
PICTURE = Picture("file", "cat.jpg", 1000)


def message(text: str = "", command: str = "", to: Quoted | int | None = None, **fields: Any) -> Message:
    """Return a message with the hashtags of its text; one to a number replies to that message of somebody."""
    tags = tuple(word for word in text.split() if word.startswith("#"))
    quoted = Quoted(to, False, None) if isinstance(to, int) else to
    return Message(NUMBER, MESSAGE_ID, "en", text, command, tags, quoted=quoted, **fields)


def press(data: str) -> Press:
    return Press(NUMBER, PRESSED_ID, "en", "query", data)


def said(update: Message | Press, chat: TelegramChat) -> Say:
    """Return the only message that answers an update, beside the toast of a press."""
    (reply,) = (reply for reply in talk.respond(update, chat, None) if not isinstance(reply, Toast))
    assert isinstance(reply, Say)
    return reply


def edited(data: str, chat: TelegramChat) -> Edit:
    """Press a button, and return what becomes of the message that it stands under, the only thing that happens."""
    toast, reply = talk.respond(press(data), chat, None)
    assert toast == Toast("query") and isinstance(reply, Edit) and reply.id == PRESSED_ID
    return reply


def refused(data: str, chat: TelegramChat) -> str:
    """Press a button that does nothing, and return what is said there."""
    (toast,) = talk.respond(press(data), chat, None)
    assert isinstance(toast, Toast) and toast.stays and toast.query == "query"
    return toast.text


def labels(keyboard: Keyboard) -> list[str]:
    return [button.label for row in keyboard for button in row]


def data(keyboard: Keyboard, label: str) -> str:
    """Return what the button with this label sends."""
    (found,) = (button.data for row in keyboard for button in row if button.label == label)
    assert len(found.encode()) <= 64
    return found


def one(replies: Sequence[Reply]) -> Say:
    (reply,) = replies
    assert isinstance(reply, Say)
    return reply
