"""Texts as Telegram takes them: its HTML, and never longer than it allows."""

from collections.abc import Iterable
from html import escape

from django.utils.translation import gettext as _

BLOCK = 1100  # UTF-16 units for the hashtags of one block: three blocks and their heads stay under 4,096
TEXT = 1500  # for a text whose length nobody knows; two of them and a few sentences stay under 4,096
LABEL = 60  # for what stands on a button


def plain(text: str, room: int = TEXT) -> str:
    """Return a text without markup, cut where it is longer than that many UTF-16 units."""
    return escape(cut(text, room), quote=False)


def bold(text: str) -> str:
    return f"<b>{plain(text)}</b>"


def block(displays: Iterable[str]) -> str:
    """Return hashtags that one tap copies: as many whole ones as there is room for."""
    taken = ""
    for display in displays:
        longer = f"{taken} #{display}".lstrip()
        if units(longer) > BLOCK:
            break
        taken = longer
    return f"<pre>{plain(taken)}</pre>" if taken else plain(_("Nothing is left here."))


def signs(tags: Iterable[str]) -> str:
    return " ".join(f"#{tag}" for tag in tags)


def under_each_other(*parts: str) -> str:
    """Return parts of a message with a blank line between them."""
    return "\n\n".join(filter(None, parts))


def cut(text: str, room: int) -> str:
    """Return a text, or its beginning where it has more UTF-16 units than there is room for."""
    if units(text) <= room:
        return text
    return text.encode("utf-16-le")[: 2 * (room - 1)].decode("utf-16-le", "ignore") + "…"


def units(text: str) -> int:
    """Return how long a text is for Telegram, which counts UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
