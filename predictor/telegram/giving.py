"""Hashtags that a chat gives to the models: given, how they stand, and taken back with a receipt."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from predictor import limits
from predictor.contributions import contributing, receipts
from predictor.contributions.contributing import ContributionError
from predictor.contributions.receipts import Receipt
from predictor.models import Contribution, TelegramChat, TelegramPhoto, Upload
from predictor.telegram import keyboards
from predictor.telegram.answering import View
from predictor.telegram.finding import GONE, NotThere
from predictor.telegram.replies import Keyboard, Say
from predictor.telegram.wording import TEXT, bold, cut, plain, signs, under_each_other

RECEIPTS, NAMED = 6, 300  # receipts in one message, and UTF-16 units of the hashtags that each names


def ask(photo: TelegramPhoto) -> Say:
    """Ask which hashtags a photo is to carry; a reply with hashtags answers."""
    question = _("Which hashtags belong to this photo? Reply with them, each with its #.")
    then = _("A moderator sees them first, with a copy of the photo that is kept until you take them back.")
    return Say(plain(f"{question} {then}"), reply_to=photo.message_id, asks=True, photo=photo)


def add(photo: TelegramPhoto, tags: Sequence[str], title: str = "") -> Say:
    """Give hashtags that somebody typed, and say what became of them, under the photo."""
    text, keyboard = give(photo, added=tags)
    return Say(under_each_other(bold(title) if title else "", text), keyboard, photo.message_id, photo=photo)


def give(
    photo: TelegramPhoto, kept: Iterable[str] = (), dropped: Iterable[str] = (), added: Iterable[str] = ()
) -> View:
    """Let the models learn from a photo; return what became of that, or why it is not taken."""
    upload = photo.upload
    if upload is None:
        return plain(str(GONE)), ()
    if upload.is_open:
        return plain(_("This photo has no answer yet. Please give its hashtags once it has one.")), ()
    try:
        limits.check_contribution([photo.chat.key])
        return standing(contributing.contribute(upload, None, kept, dropped, added, may_be_shown=False))
    except ContributionError as error:
        return plain(str(error)), _of_open(upload)
    except limits.Refusal as refused:
        return plain(refused.sentence), ()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return plain(limits.disk_full().sentence), ()


def standing(row: Contribution) -> View:
    """Return how a contribution stands; once it was taken back, the receipt."""
    if row.state == Contribution.State.WITHDRAWN:
        return under_each_other(bold(_("Your contribution is taken back.")), receipt([receipts.receipt(row)])), ()
    if row.state == Contribution.State.REJECTED:
        return under_each_other(bold(_("A moderator has turned your contribution down.")), plain(row.message)), ()
    said = _("Thank you for your contribution: %(tags)s") % {"tags": signs(row.tags)}
    copy = _("A copy of the photo is kept with it until you take it back.")
    return under_each_other(plain(said), plain(row.message), plain(copy)), keyboards.contribution(row)


def take_back(id: str, chat: TelegramChat) -> View:
    """Withdraw a contribution of a chat; twice is as good as once. Raises NotThere."""
    row = find(id, chat)
    if row.is_open:
        try:
            row = contributing.withdraw(row)
        except ContributionError:  # a moderator was faster
            row.refresh_from_db()
    return standing(row)


def find(id: str, chat: TelegramChat) -> Contribution:
    """Return a contribution of a chat. Raises NotThere."""
    row = Contribution.objects.of(chat.visitor).filter(pk=id).first()
    if row is None:
        raise NotThere(_("This contribution is not there any more."))
    return row


def receipt(taken_back: Sequence[Receipt]) -> str:
    """Say what became of contributions that were taken back."""
    lines = [f"{cut(signs(one.hashtags), NAMED)}: {_learned(one)}" for one in taken_back[:RECEIPTS]]
    if len(taken_back) > RECEIPTS:
        lines.append("…")
    return plain("\n".join(lines), 2 * TEXT)


def _learned(one: Receipt) -> str:
    versions = {"versions": ", ".join(map(str, one.serving or one.learned))}
    if one.serving:
        sentence = _(
            "%(versions)s had learned from it and still serve; the next run trains without it, and from then on none "
            "does."
        )
        return sentence % versions
    if one.learned:
        return _("%(versions)s had learned from it and do not serve any more.") % versions
    return _("no version had learned from it.")


def _of_open(upload: Upload) -> Keyboard:
    """What can be done with what was given for this photo before."""
    row = upload.contributions.open().first()
    return keyboards.contribution(row) if row else ()
