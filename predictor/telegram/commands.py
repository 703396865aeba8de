"""The bot's commands: one function each, from a message to replies."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from predictor.contributions import contributed_tags
from predictor.ml import backbones
from predictor.models import ActiveVersion, TelegramChat, Upload
from predictor.telegram import answering, finding, giving, keyboards, showing
from predictor.telegram.replies import Reply, Say
from predictor.telegram.updates import Message
from predictor.telegram.wording import bold, plain, signs, under_each_other

LISTED = 6  # photos of the history
DESCRIPTIONS: dict[str, Promise] = {
    "model": gettext_lazy("choose the model that answers"),
    "which": gettext_lazy("which model is in use, and since when"),
    "five": gettext_lazy("the best five hashtags, to copy"),
    "add": gettext_lazy("give hashtags that the models may learn from"),
    "history": gettext_lazy("your last photos"),
    "lang": gettext_lazy("choose the language"),
    "forget": gettext_lazy("delete all that is stored of this chat"),
    "help": gettext_lazy("what I can do, and what is stored"),
}


def respond(message: Message, chat: TelegramChat) -> list[Reply]:
    """Return what a command says."""
    command = COMMANDS.get(message.command)
    if command is None:
        sentence = _("I do not know /%(command)s. /help lists what I understand.") % {"command": message.command[:32]}
        return [Say(plain(sentence))]
    return [command(message, chat)]


def tags_of(message: Message) -> list[str]:
    """Return the hashtags of a message; of /add, also words that stand there without #."""
    if message.hashtags or message.command != "add":
        return list(message.hashtags)
    return contributed_tags.words(message.text)


def model_view(chat: TelegramChat) -> answering.View:
    """Return the question which model answers in a chat."""
    return plain(_in_use(chat)), keyboards.models(chat)


def _start(message: Message, chat: TelegramChat) -> Say:
    text = under_each_other(
        _("Send me a photo, and I suggest hashtags for it: two learned models look at it, each in its own way."),
        _("/model chooses which of them answers, /help says what else I can do and what is stored."),
    )
    return Say(plain(text))


def _help(message: Message, chat: TelegramChat) -> Say:
    listed = "\n".join(f"/{name}: {what}" for name, what in DESCRIPTIONS.items())
    days = ngettext(
        "Photos and their hashtags are deleted after %(days)d day.",
        "Photos and their hashtags are deleted after %(days)d days.",
        settings.UPLOAD_DAYS,
    )
    stored = [
        days % {"days": settings.UPLOAD_DAYS},
        _("Of a photo a smaller copy without place and camera data is kept. Nobody else gets to see it."),
        _("This chat is stored as a keyed hash. Its number and your messages are kept only until they are handled."),
        _("Your choice of model and language is kept for two years after your last message."),
        _("Hashtags that you give are kept with a copy of the photo until you take them back."),
        _("A moderator looks at them before the models learn from them."),
        _("/forget deletes everything at once."),
    ]
    title = bold(_("What is stored"))
    text = under_each_other(
        plain(_("Send a photo, or an image as a file. Reply to a photo with hashtags to add them.")),
        plain(listed),
        f"{title}\n{plain(' '.join(stored))}",
        plain(_("In groups I answer only where I am named, given a command or replied to.")),
    )
    return Say(text)


def _model(message: Message, chat: TelegramChat) -> Say:
    return Say(*model_view(chat))


def _which(message: Message, chat: TelegramChat) -> Say:
    serving = ActiveVersion.objects.select_related("version").order_by("kind")
    sentence = _("%(model)s: version %(version)s, sees with %(backbone)s, since %(moment)s UTC.")
    lines = [
        sentence
        % {
            "model": active.version.label,
            "version": active.version,
            "backbone": backbones.get(active.version.backbone_id).label,
            "moment": date_format(active.since, "SHORT_DATETIME_FORMAT"),
        }
        for active in serving
    ]
    return Say(under_each_other(plain(_in_use(chat)), plain("\n".join(lines) or _("No trained version serves now."))))


def _five(message: Message, chat: TelegramChat) -> Say:
    photo = finding.meant(message, chat)
    if photo is None:
        return Say(plain(_no_photo(message)))
    if photo.upload is not None and photo.upload.is_open:
        return Say(plain(_("This photo has no answer yet.")), reply_to=photo.message_id, photo=photo)
    is_answered = photo.upload is not None and photo.upload.state == Upload.State.DONE
    return answering.best_five(photo) if is_answered else answering.again(photo)


def _add(message: Message, chat: TelegramChat) -> Say:
    photo = finding.meant(message, chat)
    if photo is None:
        return Say(plain(_no_photo(message)))
    tags = tags_of(message)
    return giving.add(photo, tags, "" if message.quoted else _("Your last photo")) if tags else giving.ask(photo)


def _history(message: Message, chat: TelegramChat) -> Say:
    photos = finding.latest(chat, LISTED)
    if not photos:
        return Say(plain(_("No photo of this chat is stored.")))
    lines = []
    for number, photo in enumerate(photos, 1):
        assert photo.upload is not None
        shown = showing.shown_of(photo, photo.upload)
        tags = signs(shown.display(shown.five))
        lines.append(f"{number}. {date_format(photo.upload.created, 'SHORT_DATETIME_FORMAT')} UTC: {plain(tags, 500)}")
    lines.append(plain(_("Press a number to see that answer again.")))
    return Say("\n".join(lines), keyboards.history(photos))


def _forget(message: Message, chat: TelegramChat) -> Say:
    text = _(
        "Shall I delete all that is stored of this chat: photos, answers, choices and what you gave to the models?"
    )
    return Say(plain(text), keyboards.forget())


def _lang(message: Message, chat: TelegramChat) -> Say:
    return Say(plain(_("Which language shall I speak?")), keyboards.languages(chat))


def _in_use(chat: TelegramChat) -> str:
    return _("Photos of this chat are answered by: %(model)s.") % {"model": TelegramChat.Shows(chat.shows).label}


def _no_photo(message: Message) -> str:
    return _("I do not know that photo. Please send it to me.") if message.quoted else _("Please send a photo first.")


COMMANDS: dict[str, Callable[[Message, TelegramChat], Say]] = {
    "start": _start,
    "help": _help,
    "model": _model,
    "which": _which,
    "five": _five,
    "add": _add,
    "history": _history,
    "forget": _forget,
    "lang": _lang,
}
