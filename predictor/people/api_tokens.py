"""Tokens: with one in its requests, a program acts for an account. Only a token's digest is kept."""

import hashlib
import secrets

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from predictor.models import ApiToken

PREFIX = "t4p_"  # tells people and scanners of secrets what it is
START = 8  # characters that are kept, to tell tokens apart
MOST = 20  # of one account
NAME_MOST = 60  # characters


class TokenError(Exception):
    """A token that is not made; the text is a sentence for a person."""


def make(user: User, name: str) -> tuple[ApiToken, str]:
    """Make a token and return its row and its text, which nobody sees again. Raises TokenError."""
    name = "".join(char for char in name if char.isprintable()).strip()[:NAME_MOST]
    if not name:
        raise TokenError(_("Say what the token is for, so that you know later which one to revoke."))
    if ApiToken.objects.filter(user=user).count() >= MOST:
        raise TokenError(_("You have %(n)d tokens already. Please revoke one that you do not need.") % {"n": MOST})
    text = PREFIX + secrets.token_urlsafe(32)
    return ApiToken.objects.create(user=user, name=name, start=text[:START], digest=_digest(text)), text


def user_of(text: str) -> User | None:
    """Return the account for which a token stands, and note that it was used; None where there is no such token."""
    row = ApiToken.objects.select_related("user").filter(digest=_digest(text), user__is_active=True).first()
    if row is None:
        return None
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    if row.used != hour:  # to the hour, so that a busy program does not write with every request
        ApiToken.objects.filter(Q(used=None) | Q(used__lt=hour), pk=row.pk).update(used=hour)
    return row.user


def revoke(user: User, id: int) -> bool:
    """Delete a token of this user, which ends what it allows at once; return whether there was one."""
    return bool(ApiToken.objects.filter(user=user, pk=id).delete()[0])


def _digest(text: str) -> str:
    """Return what is kept of a token. Its 256 random bits cannot be guessed, so a plain hash is enough."""
    return hashlib.sha256(text.encode()).hexdigest()
