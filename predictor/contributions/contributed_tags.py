"""The rules for hashtags that people give: how many, which words, what is new, and what a contradiction counts as."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from corpus import hashtags
from corpus.models import Hashtag

MOST = 30  # hashtags on one photo, as on Instagram before 2026
SHOWN = 40  # characters of a word that a sentence repeats
REFUSED = (Hashtag.Status.BANNED, Hashtag.Status.SPAM)


class ContributionError(Exception):
    """A contribution, or a decision on one, that is not taken; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person says of a photo, as keys; no word stands in two lists."""

    kept: list[str]
    dropped: list[str]
    added: list[str]
    note: str = ""  # how a contradiction was settled, in a sentence


def read(
    suggested: Collection[str],
    kept: Iterable[str],
    dropped: Iterable[str],
    added: Iterable[str],
    may_all_be_dropped: bool = False,
) -> Opinion:
    """Return what a person says, normalised. Raises ContributionError.

    A word that was suggested counts as kept, also where it was typed; one that was not counts as added, and cannot be
    dropped. What is kept and dropped at once counts as kept.
    """
    wanted, unwanted = _keys([*kept, *added]), _keys(dropped)
    if not wanted and not (may_all_be_dropped and unwanted):
        raise ContributionError(_("Tick or type at least one hashtag that belongs to the photo."))
    if len(wanted) > MOST:
        sentence = _("These are %(n)d hashtags. A photo takes at most %(most)d; please leave some out.")
        raise ContributionError(sentence % {"n": len(wanted), "most": MOST})
    if refused := unusable(wanted):
        sentence = _("These hashtags are not taken here: %(tags)s. Please leave them out.")
        raise ContributionError(sentence % {"tags": signs(key for key in wanted if key in refused)})
    both = [key for key in unwanted if key in wanted]
    return Opinion(
        kept=[key for key in wanted if key in suggested],
        dropped=[key for key in unwanted if key in suggested and key not in both],
        added=[key for key in wanted if key not in suggested],
        note=_("Both kept and dropped, which counts as kept: %(tags)s.") % {"tags": signs(both)} if both else "",
    )


def unusable(keys: Collection[str]) -> set[str]:
    """Return those of some hashtags that are banned or spam, or stand for one that is."""
    bad = Q(status__in=REFUSED) | Q(alias_of__status__in=REFUSED)
    return set(Hashtag.objects.filter(bad, key__in=keys).values_list("key", flat=True))


def unknown(keys: Collection[str]) -> list[str]:
    """Return those of some hashtags that the vocabulary does not have, in order."""
    known = set(Hashtag.objects.filter(key__in=keys).values_list("key", flat=True))
    return [key for key in keys if key not in known]


def signs(keys: Iterable[str]) -> str:
    return ", ".join(f"#{key}" for key in keys)


def words(text: str) -> list[str]:
    """Return the words of a text in which hashtags are typed, with blanks or commas between them, with or without #."""
    return text.replace(",", " ").replace("#", " #").split()


def _keys(texts: Iterable[str]) -> list[str]:
    """Return the distinct keys of some texts, in order. Raises ContributionError."""
    found: dict[str, None] = {}
    for text in texts:
        try:
            found[hashtags.parse(text).key] = None
        except hashtags.HashtagRefused as refused:
            short = "".join(char for char in text if char.isprintable())[:SHOWN]
            raise ContributionError(f"{short}: {refused.sentence(_)}") from refused
    return list(found)
