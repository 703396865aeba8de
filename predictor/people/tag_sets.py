"""Sets of hashtags that people keep under a name."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from corpus import hashtags
from predictor.models import TagSet
from predictor.people.visitors import Visitor

MOST, TAGS_MOST = 100, 30  # sets of one visitor, hashtags of one set
SHOWN = 40  # characters of a word that a sentence repeats


class TagSetError(Exception):
    """A set that is not kept; the text is a sentence for a person."""


def read(words: Iterable[str]) -> list[str]:
    """Return the hashtags of some words as they are shown, each once, in order. Raises TagSetError."""
    found: dict[str, str] = {}
    for word in words:
        try:
            tag = hashtags.parse(word)
        except hashtags.HashtagRefused as refused:
            raise TagSetError(f"{word[:SHOWN]}: {refused.sentence(_)}") from refused
        found.setdefault(tag.key, tag.display)
    if not found:
        raise TagSetError(_("Type at least one hashtag."))
    if len(found) > TAGS_MOST:
        sentence = _("These are %(n)d hashtags. A set takes at most %(most)d; please leave some out.")
        raise TagSetError(sentence % {"n": len(found), "most": TAGS_MOST})
    return list(found.values())


def add(visitor: Visitor, name: str, tags: list[str]) -> TagSet:
    """Keep a set; the very same set is kept once, however often its form is sent. Raises TagSetError."""
    with transaction.atomic():
        own = TagSet.objects.of(visitor)
        if same := own.filter(name=name, tags=tags).first():
            return same
        if own.count() >= MOST:
            raise TagSetError(_("You have %(n)d sets already. Please delete one that you do not need.") % {"n": MOST})
        return TagSet.objects.create(owner=visitor.user, owner_token=visitor.token, name=name, tags=tags)
