"""Orders scrapes: the row of a run is made here, or found where one is open already."""

from django.contrib.auth.models import User
from django.db import transaction

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

    A new run waits where its account has been told to wait. Raises ScrapeError.
    """
    tag = _searched(tag)
    account = _account(account)
    if not 1 <= limit <= MOST_POSTS:
        raise ScrapeError(f"The limit must be from 1 to {MOST_POSTS:,} posts.")
    row = _source(source)
    same = ScrapeRun.objects.open().filter(source=row, tag=tag, section=section, account=account)
    with transaction.atomic():
        if found := same.first():
            ScrapeRun.objects.filter(pk=found.pk).update(limit=limit)
            found.refresh_from_db()
            return found
        run = ScrapeRun(source=row, tag=tag, section=section, limit=limit, account=account, requested_by=user)
        if told := ScrapeRun.objects.told_to_wait(account):
            run.state, run.not_before = run.State.WAITING, told.not_before
            run.reason, run.message = told.reason, told.message
        run.save(force_insert=True)
    return run


def _searched(tag: str) -> str:
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
