"""Keeps the numbers of hashtags up with what curators and scrapes change: imports by command count by themselves."""

import subprocess
import sys

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Max

from corpus.models import ImportRun

COMMAND = [sys.executable, "-m", "tag4pic_site.processes", sys.executable, "manage.py", "refresh_statistics"]


class Recounter:
    """Starts a count where the corpus has changed since the last one, in a process of its own, which needs memory."""

    def __init__(self) -> None:
        self._counted: tuple[object, object] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def look(self) -> bool:
        """Return whether a count was started."""
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                return False
            if status:
                self._counted = None  # it failed, so it is done again
        now = _latest_change()
        if now == self._counted:
            return False
        self._counted = now
        self._process = subprocess.Popen(COMMAND, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
        return True


def _latest_change() -> tuple[object, object]:
    """Return what differs after each decision of a curator, which is logged row by row, and the end of each import."""
    logged = LogEntry.objects.aggregate(last=Max("pk"))["last"]
    return logged, ImportRun.objects.aggregate(last=Max("finished"))["last"]
