"""The buttons under messages, and the data by which presses.py knows them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice

from django.utils.translation import gettext as _

from predictor.models import Contribution, TelegramChat, TelegramPhoto
from predictor.telegram.replies import Button, Keyboard
from predictor.telegram.wording import LABEL, cut

LANGUAGES = {"en": "English", "ru": "Русский"}
MOST = 98  # hashtags under a message: Telegram takes 100 buttons
IN_USE, KEPT, DROPPED = "✓ ", "✓ ", "✗ "


def answer(photo: TelegramPhoto) -> Keyboard:
    """Under an answer: the models, of which one is in use, and what else can be done."""
    models = [
        Button(_marked(str(label), value == photo.shows), f"model:{photo.pk}:{value}")
        for value, label in TelegramChat.Shows.choices
    ]
    deeds = (
        Button(_("Drop or keep"), f"choose:{photo.pk}"),
        Button(_("Why?"), f"why:{photo.pk}"),
        Button(_("Add mine"), f"add:{photo.pk}"),
    )
    return (*_rows(models), deeds)


def choices(photo: TelegramPhoto, displays: Mapping[str, str]) -> Keyboard:
    """Under a question which hashtags are good: each of them (by key), and what then becomes of them."""
    tags = [
        Button(cut((DROPPED if tag in photo.dropped else KEPT) + display, LABEL), f"drop:{photo.pk}:{mark(tag)}")
        for tag, display in islice(displays.items(), MOST)
    ]
    ends = (Button(_("Done"), f"answer:{photo.pk}"), Button(_("Give these"), f"give:{photo.pk}"))
    return (*_rows(tags), ends)


def mark(tag: str) -> str:
    """Return what stands for a hashtag in the 64 bytes of a button."""
    return hashlib.sha256(tag.encode()).hexdigest()[:12]


def back(photo: TelegramPhoto) -> Keyboard:
    return ((Button(_("Back"), f"answer:{photo.pk}"),),)


def offer(photo: TelegramPhoto) -> Keyboard:
    """Under the question whether the models may learn from the hashtags of a caption."""
    return ((Button(_("Yes"), f"offer:{photo.pk}:yes"), Button(_("No"), f"offer:{photo.pk}:no")),)


def contribution(row: Contribution) -> Keyboard:
    """Under a contribution that is in the corpus or may come into it."""
    return ((Button(_("How does it stand?"), f"state:{row.pk}"), Button(_("Take it back"), f"withdraw:{row.pk}")),)


def models(chat: TelegramChat) -> Keyboard:
    """All models, of which one is in use in a chat."""
    return _rows(
        [
            Button(_marked(str(label), value == chat.shows), f"default:{value}")
            for value, label in TelegramChat.Shows.choices
        ]
    )


def languages(chat: TelegramChat) -> Keyboard:
    own = [Button(_marked(label, code == chat.chosen_language), f"lang:{code}") for code, label in LANGUAGES.items()]
    return (tuple(own), (Button(_marked(_("As Telegram says"), not chat.chosen_language), "lang:auto"),))


def history(photos: Sequence[TelegramPhoto]) -> Keyboard:
    """A numbered button for each photo."""
    return (tuple(Button(str(number), f"show:{photo.pk}") for number, photo in enumerate(photos, 1)),)


def forget() -> Keyboard:
    return ((Button(_("Delete everything"), "forget:yes"), Button(_("Keep it"), "forget:no")),)


def _marked(label: str, is_in_use: bool) -> str:
    return f"{IN_USE}{label}" if is_in_use else label


def _rows(buttons: Sequence[Button]) -> Keyboard:
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
