"""What was kept for a browser with whose cookie nobody can come back any more."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from predictor.models import Judgement, MutedTag, TagSet, Vote

# A cookie lasts from when its session last changed, and what is kept may be older than that by as much again.
LOST_AFTER = timedelta(seconds=2 * settings.SESSION_COOKIE_AGE)


def forget() -> None:
    """Delete sets and muted hashtags of lost sessions, and the sessions; what was judged stays, nameless."""
    lost = {"owner": None, "created__lt": timezone.now() - LOST_AFTER}
    TagSet.objects.filter(**lost).delete()
    MutedTag.objects.filter(**lost).delete()
    for table in (Vote, Judgement):
        table.objects.filter(**lost).exclude(owner_token="").update(owner_token="")
    SessionStore.clear_expired()
