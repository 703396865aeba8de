"""Commands that follow what changes in the database, each in a process of its own, which is gone when it is done."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from django.conf import settings

MANAGE = [sys.executable, "-m", "tag4pic_site.processes", sys.executable, "manage.py"]
NICENESS = 5  # behind what somebody waits for, before a training
RETRY_SECONDS = 60.0  # after a process that failed


class Follower:
    """Runs a command of manage.py where something has changed since its last run, one at a time.

    Parameters
    ----------
    command
        Its words.
    state
        Returns what differs after each change; None where there is nothing to do.
    """

    def __init__(self, command: list[str], state: Callable[[], object]) -> None:
        self.command, self.state = command, state
        self._followed: object = None
        self._process: subprocess.Popen[bytes] | None = None
        self._rests_until = 0.0

    def look(self) -> bool:
        """Return whether a process was started."""
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                return False
            self._process = None
            if status:
                self._followed, self._rests_until = None, time.monotonic() + RETRY_SECONDS
        now = self.state()
        if now in (None, self._followed) or time.monotonic() < self._rests_until:
            return False
        self._followed = now
        self._process = subprocess.Popen(
            [*MANAGE, *self.command],
            cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: os.nice(NICENESS),
        )
        return True
