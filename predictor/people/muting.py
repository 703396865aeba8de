"""Hashtags that a person never wants to be suggested again."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from corpus import hashtags
from corpus.models import Hashtag
from predictor.models import MutedTag
from predictor.people.visitors import Visitor

MOST = 500  # of one visitor


class MutingError(Exception):
    """A hashtag that is not muted; the text is a sentence for a person."""


def mute(visitor: Visitor, text: str) -> MutedTag:
    """Never suggest a hashtag to a visitor again; twice is as good as once. Raises MutingError."""
    try:
        key = hashtags.parse(text).key
    except hashtags.HashtagRefused as refused:
        raise MutingError(refused.sentence(_)) from refused
    with transaction.atomic():
        own = MutedTag.objects.of(visitor)
        if known := own.filter(tag=key).first():
            return known
        if own.count() >= MOST:
            sentence = _("You have muted %(n)d hashtags already. Please let some of them be suggested again first.")
            raise MutingError(sentence % {"n": MOST})
        holder = {"owner": visitor.user} if visitor.user else {"owner": None, "owner_token": visitor.token}
        return MutedTag.objects.get_or_create(**holder, tag=key, defaults={"owner_token": visitor.token})[0]


def muted(visitor: Visitor) -> set[str]:
    """Return the keys of all hashtags that are not to be suggested to a visitor: muted ones, and their other forms."""
    keys = set(MutedTag.objects.of(visitor).values_list("tag", flat=True))
    if not keys:
        return keys
    kin = Hashtag.objects.filter(Q(key__in=keys) | Q(alias_of__key__in=keys)).values_list("key", "alias_of__key")
    return keys | {key for pair in kin for key in pair if key}
