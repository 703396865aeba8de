"""What the bot says: replies as values, which outbox.py sends."""

from __future__ import annotations

from dataclasses import dataclass

from predictor.models import TelegramPhoto


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; `data` has at most 64 bytes."""

    label: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]  # rows of buttons


@dataclass(frozen=True, slots=True)
class Say:
    """A new message. Texts are Telegram's HTML, at most 4,096 characters as they are read."""

    text: str
    keyboard: Keyboard = ()
    reply_to: int | None = None  # the message that it stands under
    asks: bool = False  # the answer to it is typed as a reply to it
    photo: TelegramPhoto | None = None  # that it is about: a reply to it, or a button of it, means this photo
    is_answer: bool = False  # it is the answer to that photo


@dataclass(frozen=True, slots=True)
class Edit:
    """Another text for a message of the bot."""

    id: int
    text: str
    keyboard: Keyboard = ()


@dataclass(frozen=True, slots=True)
class Toast:
    """A line that is shown for a moment where a button was pressed. Every press needs one, even an empty one."""

    query: str
    text: str = ""  # plain, at most 200 characters
    stays: bool = False  # until it is tapped away


Reply = Say | Edit | Toast
