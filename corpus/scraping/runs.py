"""Orders scrapes: the row of a run is made here, or found where one is open already."""

from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from corpus import hashtags
from corpus.ingest import open_source
from corpus.models import ScrapeRun, Source
from corpus.raw import SourceError
from corpus.scraping import sessions

SOURCE = "instagram"
MOST_POSTS = 100_000


class ScrapeError(ValueError):
    """A scrape that cannot be ordered; the text is a sentence for a person."""


def order(
    tag: str, section: str, limit: int, account: str = "", source: str = SOURCE, user: User | None = None
) -> ScrapeRun:
    """Return the run that scrapes a hashtag: the one that is open already, with the new limit, or a new one.

    One that is paused goes on. It waits where its account has been told to wait. Raises ScrapeError.
    """
    tag = searched(tag)
    account = _account(account)
    if not 1 <= limit <= MOST_POSTS:
        raise ScrapeError(f"The limit must be from 1 to {MOST_POSTS:,} posts.")
    row = _source(source)
    same = ScrapeRun.objects.open().filter(source=row, tag=tag, section=section, account=account)
    found = same.first()
    if found is None:
        told: dict[str, Any] = {"limit": limit, "requested_by": user, **ScrapeRun.objects.beginning(account)}
        try:
            with transaction.atomic():
                return ScrapeRun.objects.create(source=row, tag=tag, section=section, account=account, **told)
        except IntegrityError:  # somebody else has ordered it at the same moment
            found = same.get()
    ScrapeRun.objects.filter(pk=found.pk).update(limit=limit)
    found.resume()
    return found


def searched(tag: str) -> str:
    """Return a hashtag as it is searched for. Raises ScrapeError."""
    try:
        return hashtags.parse(tag).display.lower()
    except hashtags.HashtagRefused as error:
        raise ScrapeError(f"{tag!r} is no hashtag: {error}") from error


def _account(name: str) -> str:
    """Return an account's name if its session is here; no name means nobody's session."""
    if not name:
        return ""
    try:
        sessions.load(name)
        return sessions.valid_name(name)
    except sessions.SessionError as error:
        raise ScrapeError(str(error)) from error


def _source(name: str) -> Source:
    try:
        return open_source(name, Source.Kind.INSTALOADER)
    except SourceError as error:
        raise ScrapeError(str(error)) from error
