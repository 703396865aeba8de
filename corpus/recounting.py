"""Keeps the numbers of hashtags up with what curators and scrapes change: imports by command count by themselves."""

from django.contrib.admin.models import LogEntry
from django.db.models import Max

from corpus.following import Follower
from corpus.models import ImportRun


def recounter() -> Follower:
    """Return what counts in a process of its own, which needs memory."""
    return Follower(["refresh_statistics"], _latest_change)


def _latest_change() -> tuple[object, object]:
    """Return what differs after each decision of a curator, which is logged row by row, and the end of each import."""
    logged = LogEntry.objects.aggregate(last=Max("pk"))["last"]
    return logged, ImportRun.objects.aggregate(last=Max("finished"))["last"]
