"""Why hashtags were suggested, in a few lines: for each of the five the strongest evidence of each model."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from predictor.models import TelegramChat
from predictor.telegram.showing import Shown
from predictor.telegram.wording import bold, cut, plain, under_each_other
from predictor.why.evidence import Reason, reasons

NAMED = 120  # UTF-16 units of what is named as evidence


def text(shown: Shown) -> str:
    """Say what speaks for each of the five."""
    stored = shown.answer.evidence
    keys = [(kind, tag) for tag in shown.five for kind in shown.answer.versions if (kind, tag) in stored]
    found = reasons({key: stored[key] for key in keys})
    return under_each_other(
        *(_part(shown, tag, {kind: found[kind, of] for kind, of in keys if of == tag}) for tag in shown.five)
    )


def _part(shown: Shown, tag: str, found: dict[str, list[Reason]]) -> str:
    lines = [
        plain(f"{TelegramChat.Shows(kind).label}: {_said(max(pieces, key=lambda one: (one.share, one.similarity)))}")
        for kind, pieces in found.items()
    ]
    far_down = _("No model has it among its first ten, for which evidence is kept.")
    return "\n".join([bold(f"#{shown.displays.get(tag, tag)}"), *(lines or [plain(far_down)])])


def _said(reason: Reason) -> str:
    similarity = _("similarity %(similarity)s") % {"similarity": number_format(reason.similarity, 2)}
    return " · ".join(filter(None, [_named(reason), similarity, _share(reason)]))


def _named(reason: Reason) -> str:
    text = {"text": cut(reason.text, NAMED)}
    if not reason.is_post:
        return _("the hashtag %(text)s") % text
    return _("a photo tagged %(text)s") % text if reason.text else _("a photo that is no longer in the corpus")


def _share(reason: Reason) -> str:
    if not reason.share:
        return ""
    if reason.percent < 1:
        return _("under 1 %% of the score") % {}
    return _("%(percent)s %% of the score") % {"percent": number_format(reason.percent, 0)}
