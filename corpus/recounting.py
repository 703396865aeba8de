"""Keeps the numbers of hashtags up with what curators, scrapes and contributions change; imports count themselves."""

from django.contrib.admin.models import LogEntry
from django.db.models import Count, Max

from corpus.following import Follower
from corpus.models import ImportRun, Post


def recounter() -> Follower:
    """Return what counts in a process of its own, which needs memory."""
    return Follower(["refresh_statistics"], _latest_change)


def _latest_change() -> tuple[object, ...]:
    """Return what differs after each decision of a curator, which is logged row by row, the end of each import, and
    each post that came or went.
    """
    logged = LogEntry.objects.aggregate(last=Max("pk"))["last"]
    imported = ImportRun.objects.aggregate(last=Max("finished"))["last"]
    return logged, imported, *Post.objects.aggregate(last=Max("pk"), number=Count("pk")).values()
