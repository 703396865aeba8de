"""The bot's buttons: one function each, from a press to replies."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from predictor.models import TelegramChat, TelegramMessage, TelegramPhoto
from predictor.people import deleting
from predictor.telegram import answering, commands, finding, giving, keyboards, showing
from predictor.telegram.finding import NotThere
from predictor.telegram.replies import Edit, Reply, Say, Toast
from predictor.telegram.updates import Press
from predictor.telegram.wording import bold, cut, plain, under_each_other

TOAST = 200  # characters, at most


def respond(press: Press, chat: TelegramChat) -> list[Reply]:
    """Return what a button does; one that nobody knows, or whose photo is gone, says so for a moment."""
    try:
        replies = _do(press, chat)
    except NotThere as error:
        return [short(press, str(error))]
    is_answered = any(isinstance(reply, Toast) for reply in replies)
    return [*replies] if is_answered else [Toast(press.query), *replies]


def short(press: Press, sentence: str) -> Toast:
    """Say a sentence where a button was pressed."""
    return Toast(press.query, cut(sentence, TOAST), stays=True)


def _do(press: Press, chat: TelegramChat) -> Sequence[Reply]:
    for pattern, do in BUTTONS:
        if found := re.fullmatch(pattern, press.data, re.ASCII):
            return do(press, chat, *found.groups())
    raise NotThere(_("This button does nothing any more."))


def _answer(press: Press, chat: TelegramChat, number: str) -> list[Reply]:
    return [Edit(press.id, *answering.outcome(finding.pressed(number, chat)))]


def _show(press: Press, chat: TelegramChat, number: str) -> list[Reply]:
    return [answering.again(finding.pressed(number, chat))]


def _switch(press: Press, chat: TelegramChat, number: str, shows: str) -> list[Reply]:
    photo = finding.pressed(number, chat)
    photo.shows = shows
    photo.save(update_fields=["shows"])
    return [Edit(press.id, *answering.outcome(photo))]


def _choose(press: Press, chat: TelegramChat, number: str) -> list[Reply]:
    return [Edit(press.id, *answering.choosing(finding.pressed(number, chat)))]


def _drop(press: Press, chat: TelegramChat, number: str, mark: str) -> list[Reply]:
    photo = finding.pressed(number, chat)
    tag = next((tag for tag in _choices(photo) if keyboards.mark(tag) == mark), None)
    if tag is None:
        raise NotThere(_("This hashtag is not part of the answer any more."))
    kept = [other for other in photo.dropped if other != tag]
    photo.dropped = kept if tag in photo.dropped else [*kept, tag]
    photo.save(update_fields=["dropped"])
    return [Edit(press.id, *answering.choosing(photo))]


def _give(press: Press, chat: TelegramChat, number: str) -> list[Reply]:
    photo = finding.pressed(number, chat)
    kept = [tag for tag in _choices(photo) if tag not in photo.dropped]
    text, keyboard = giving.give(photo, kept, photo.dropped)
    said = Say(text, keyboard, reply_to=photo.message_id, photo=photo)
    return [Edit(press.id, *answering.outcome(photo)), said]


def _why(press: Press, chat: TelegramChat, number: str) -> list[Reply]:
    return [Edit(press.id, *answering.why(finding.pressed(number, chat)))]


def _add(press: Press, chat: TelegramChat, number: str) -> list[Reply]:
    return [giving.ask(finding.pressed(number, chat))]


def _offer(press: Press, chat: TelegramChat, number: str, said: str) -> list[Reply]:
    photo = finding.pressed(number, chat)
    if not photo.offered:
        raise NotThere(_("You have answered this already."))
    text, keyboard = (
        giving.give(photo, added=photo.offered)
        if said == "yes"
        else (plain(_("The models do not learn from your caption.")), ())
    )
    if said == "yes" and not keyboard:  # it was not taken: it can be offered again, or be left
        return [Edit(press.id, text, keyboards.offer(photo))]
    photo.offered = []
    photo.save(update_fields=["offered"])
    return [Edit(press.id, text, keyboard)]


def _state(press: Press, chat: TelegramChat, id: str) -> list[Reply]:
    row = giving.find(id, chat)
    said = Toast(press.query, cut(row.message, TOAST))  # seen too where the message stays as it is
    return [said, Edit(press.id, *giving.standing(row))]


def _withdraw(press: Press, chat: TelegramChat, id: str) -> list[Reply]:
    return [Edit(press.id, *giving.take_back(id, chat))]


def _default(press: Press, chat: TelegramChat, shows: str) -> list[Reply]:
    chat.shows = shows
    chat.save(update_fields=["shows"])
    return [Edit(press.id, *commands.model_view(chat))]


def _language(press: Press, chat: TelegramChat, code: str) -> list[Reply]:
    chat.chosen_language = "" if code == "auto" else code
    chat.save(update_fields=["chosen_language"])
    with translation.override(chat.speaks):
        return [Edit(press.id, plain(_("I speak English.")), keyboards.languages(chat))]


def _forget(press: Press, chat: TelegramChat, said: str) -> list[Reply]:
    if said == "no":
        return [Edit(press.id, plain(_("Everything stays as it is.")))]
    taken_back = deleting.delete_everything(chat.visitor)
    TelegramMessage.objects.filter(chat=chat).delete()
    TelegramPhoto.objects.filter(chat=chat).delete()
    chat.shows, chat.chosen_language, chat.forgotten = TelegramChat.Shows.BOTH, "", True
    chat.save(update_fields=["shows", "chosen_language", "forgotten"])
    receipt = bold(_("Receipt of your contributions")) + "\n" + giving.receipt(taken_back) if taken_back else ""
    gone = _("Everything that was stored of this chat is deleted. What you see in it, Telegram keeps.")
    return [Edit(press.id, under_each_other(plain(gone), receipt))]


def _choices(photo: TelegramPhoto) -> dict[str, str]:
    assert photo.upload is not None
    return showing.shown_of(photo, photo.upload).choices


PHOTO, UUID, SHOWS = r"(\d{1,18})", r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", "(als|w2v|both|blend)"
BUTTONS: tuple[tuple[str, Callable[..., list[Reply]]], ...] = (
    (f"answer:{PHOTO}", _answer),
    (f"show:{PHOTO}", _show),
    (f"model:{PHOTO}:{SHOWS}", _switch),
    (f"choose:{PHOTO}", _choose),
    (rf"drop:{PHOTO}:([0-9a-f]{{12}})", _drop),
    (f"give:{PHOTO}", _give),
    (f"why:{PHOTO}", _why),
    (f"add:{PHOTO}", _add),
    (f"offer:{PHOTO}:(yes|no)", _offer),
    (f"state:{UUID}", _state),
    (f"withdraw:{UUID}", _withdraw),
    (f"default:{SHOWS}", _default),
    ("lang:(en|ru|auto)", _language),
    ("forget:(yes|no)", _forget),
)
