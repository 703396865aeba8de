"""What the bot says of a photo: its answer, which hashtags to keep, and why they were suggested."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictor.models import TelegramChat, TelegramPhoto, Upload
from predictor.telegram import keyboards, reasoning, showing
from predictor.telegram.finding import GONE
from predictor.telegram.replies import Edit, Keyboard, Reply, Say
from predictor.telegram.wording import block, bold, cut, plain, signs, under_each_other

NAMED = 800  # UTF-16 units of the hashtags that a question names

View = tuple[str, Keyboard]  # what a message says and offers


def answer(photo: TelegramPhoto) -> list[Reply]:
    """Say what became of a photo, and ask about the hashtags of its caption."""
    text, keyboard = outcome(photo)
    replies: list[Reply] = [
        Edit(photo.answer_id, text, keyboard)
        if photo.answer_id is not None
        else Say(text, keyboard, reply_to=photo.message_id, photo=photo, is_answer=True)
    ]
    if photo.offered and keyboard:
        replies.append(_offer(photo))
    return replies


def again(photo: TelegramPhoto) -> Say:
    """Say once more what became of a photo."""
    text, keyboard = outcome(photo)
    return Say(text, keyboard, reply_to=photo.message_id, photo=photo)


def slow(photo: TelegramPhoto, waiting: int) -> Say:
    """Say that an answer takes long, while so many photos wait before it; the answer will replace this message."""
    if not Upload.objects.filter(state=Upload.State.WORKING, lease_until__gt=timezone.now()).exists():
        text = _("The site does not work on photos right now. Yours is kept, and answered as soon as it does again.")
    elif waiting:
        sentence = ngettext(
            "Still working: %(n)d photo is before yours.", "Still working: %(n)d photos are before yours.", waiting
        )
        text = sentence % {"n": waiting}
    else:
        text = _("Still working on your photo.")
    return Say(plain(text), reply_to=photo.message_id, photo=photo, is_answer=True)


def outcome(photo: TelegramPhoto) -> View:
    """Return the answer to a photo, or why there is none."""
    upload = photo.upload
    if upload is None:
        return plain(str(GONE)), ()
    if upload.state == Upload.State.DONE:
        upload.note_named()
        return _hashtags(photo, upload), keyboards.answer(photo)
    return plain(upload.failure or _("None of the models had an answer. You can send another photo.")), ()


def best_five(photo: TelegramPhoto) -> Say:
    """Say the five of an answered photo alone."""
    assert photo.upload is not None
    shown = showing.shown_of(photo, photo.upload)
    return Say(_titled(_("The best five"), shown.display(shown.five)), reply_to=photo.message_id, photo=photo)


def choosing(photo: TelegramPhoto) -> View:
    """Return the question which hashtags are good."""
    assert photo.upload is not None
    text = under_each_other(
        _("Tap a hashtag to drop it, and again to keep it. What is dropped leaves the answer."),
        _(
            "“Give these” lets the models learn from the photo and from what is kept and dropped. A moderator sees it "
            "first; a copy is stored until you take it back, and is shown to nobody else."
        ),
    )
    return plain(text), keyboards.choices(photo, showing.shown_of(photo, photo.upload).choices)


def why(photo: TelegramPhoto) -> View:
    """Return the strongest evidence for each of the five."""
    assert photo.upload is not None
    return reasoning.text(showing.shown_of(photo, photo.upload)), keyboards.back(photo)


def _hashtags(photo: TelegramPhoto, upload: Upload) -> str:
    shown = showing.shown_of(photo, upload)
    columns = [_titled(str(TelegramChat.Shows(column).label), shown.kept(column)) for column in shown.columns]
    return under_each_other(_titled(_("The best five"), shown.display(shown.five)), *columns)


def _titled(title: str, displays: list[str]) -> str:
    return f"{bold(title)}\n{block(displays)}"


def _offer(photo: TelegramPhoto) -> Say:
    text = under_each_other(
        _("May the models learn from the hashtags of your caption?"),
        cut(signs(tag.removeprefix("#") for tag in photo.offered), NAMED),
        _("A moderator sees the photo first. A copy is stored until you take it back, and is shown to nobody else."),
    )
    return Say(plain(text), keyboards.offer(photo), reply_to=photo.message_id, photo=photo)
