"""Waiting inside a request for the answer to a photo. Only so many may wait at once: the others ask again."""

import threading
import time

from predictor.models import Upload

LONGEST_WAIT = 30  # seconds
AT_ONCE = 16  # requests that wait, a third of the web server's threads
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.02, 0.25, 1.25  # seconds between two looks

_places = threading.BoundedSemaphore(AT_ONCE)


def until_answered(upload: Upload, seconds: float) -> None:
    """Refresh an upload until it is answered or so many seconds are over; return at once where no place is free.

    Between two short looks neither a transaction nor the processor is held. Raises Upload.DoesNotExist where somebody
    deletes it meanwhile.
    """
    if not seconds or not upload.is_open or not _places.acquire(blocking=False):
        return
    try:
        until, pause = time.monotonic() + seconds, FIRST_PAUSE
        while upload.is_open and (left := until - time.monotonic()) > 0:
            time.sleep(min(pause, left))
            pause = min(pause * GROWTH, LONGEST_PAUSE)
            upload.refresh_from_db()
    finally:
        _places.release()
