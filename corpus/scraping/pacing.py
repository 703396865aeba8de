"""Instaloader's pacing, kept from run to run: when an account has asked lies in a file of the home."""

import json
import os
import secrets
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from instaloader import InstaloaderContext, RateController

from corpus.scraping import troubles

LONGEST_SLEEP = 10.0  # seconds; who should wait longer gives its run back
WHOLE_REST = 666.0  # seconds; then all that Instaloader allows in eleven minutes is free again
REMEMBERED = 3600.0  # seconds; Instaloader looks back no further
MOST_TIMES = 500  # of each kind of query; Instaloader's highest limit is 275


class Pacer(RateController):
    """Instaloader's own pacing, but a long wait ends the work for now, and the runs before this one count as well.

    A rest is a whole one: top posts are read anew after it, and would never be done with a query or two at a time.
    Runs of one account follow each other, so nobody else writes its file meanwhile.
    """

    def __init__(self, context: InstaloaderContext, account: str = "") -> None:
        super().__init__(context)
        self._file = Path(settings.HOME) / "run" / f"pacing-{account}.json"
        self._query_timestamps = _load(self._file)

    def sleep(self, secs: float) -> None:
        if secs > LONGEST_SLEEP:
            raise troubles.Pacing(pause=timedelta(seconds=max(secs, WHOLE_REST)))
        time.sleep(secs)

    def wait_before_query(self, query_type: str) -> None:
        super().wait_before_query(query_type)
        try:
            _save(self._file, self._query_timestamps)
        except OSError as error:
            raise troubles.NotStored(error.strerror or type(error).__name__) from error


def _load(file: Path) -> dict[str, list[float]]:
    """Return the times of queries, as `time.monotonic` counts them; those of the last hour, by kind of query."""
    try:
        kept = json.loads(file.read_bytes())
        now = time.time()
        recent = {kind: [float(at) for at in times if 0 <= now - at < REMEMBERED] for kind, times in kept.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError, RecursionError):  # not a file of ours: it is written anew
        return {}
    return {kind: [at - _monotonic_start() for at in times[-MOST_TIMES:]] for kind, times in recent.items() if times}


def _save(file: Path, asked: dict[str, list[float]]) -> None:
    """Write the times as those of the clock, since `time.monotonic` starts anew with the machine."""
    oldest = time.monotonic() - REMEMBERED
    kept = {
        kind: [round(at + _monotonic_start(), 3) for at in times[-MOST_TIMES:] if at > oldest]
        for kind, times in asked.items()
    }
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as opened:
            json.dump({kind: times for kind, times in kept.items() if times}, opened)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _monotonic_start() -> float:
    return time.time() - time.monotonic()
