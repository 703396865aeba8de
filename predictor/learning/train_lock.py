"""Who trains a kind: a lock that is gone with its process, however that ends, and what is left to do after such an end.

The lock of the operating system tells a dead process from a slow one at once and without a clock.
"""

import fcntl
import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from predictor.learning.runs import TrainingError
from predictor.ml import kinds
from predictor.models import ModelVersion, TrainingRun

DRAFTS = ".tmp-*"  # as versions.publish names them
LONGEST_NUMBER = 18  # digits
PATIENCE_SECONDS = 1.0  # for somebody who only looks whether the lock is free

logger = logging.getLogger(__name__)


@contextmanager
def exclusive(kind: str) -> Iterator[None]:
    """Hold this home's training of a kind. What a process that died has left of it is cleared away first.

    Raises TrainingError where another process trains this kind now.
    """
    with _lock(kind, PATIENCE_SECONDS) as mine:
        if not mine:
            sentence = _("Another process trains %(kind)s right now; please wait until it is done.")
            raise TrainingError(sentence % {"kind": kind})
        _take_back(kind)
        yield


def is_free(kind: str) -> bool:
    """Whether no process trains a kind now."""
    with _lock(kind) as free:
        return free


def recover() -> int:
    """Give back the runs whose process is gone, and delete what it had begun to write; return how many runs.

    Files are left alone while any kind is being trained: they may belong to that.
    """
    working = TrainingRun.objects.filter(state=TrainingRun.State.WORKING)
    given_back = 0
    for kind in set(working.values_list("kind", flat=True)):
        with _lock(kind) as free:
            given_back += _take_back(kind) if free else 0
    if _leftovers():
        with ExitStack() as stack:
            if all(stack.enter_context(_lock(kind)) for kind in kinds.IDS):
                for folder in _leftovers():
                    logger.warning("Deleted %s, which a training that was stopped has left.", folder)
                    shutil.rmtree(folder, ignore_errors=True)
    return given_back


def _take_back(kind: str) -> int:
    dead = list(TrainingRun.objects.filter(kind=kind, state=TrainingRun.State.WORKING))
    for run in dead:
        run.give_back()
        logger.warning("The process of %s is gone; the run is %s now.", run, run.get_state_display())
    return len(dead)


def _leftovers() -> list[Path]:
    """Return the folders of versions that were never finished: drafts, and artefacts that got no row any more.

    Only above the newest row, where the next version would overwrite them: others may belong to another database.
    """
    root = Path(settings.VERSIONS_ROOT)
    newest = ModelVersion.objects.aggregate(newest=Max("pk"))["newest"]
    numbered = [folder for folder in root.glob("[0-9]*") if folder.name.isdecimal() and folder.name.isascii()]
    short = [folder for folder in numbered if len(folder.name) <= LONGEST_NUMBER]
    return [*root.glob(DRAFTS), *(folder for folder in short if newest and int(folder.name) > newest)]


@contextmanager
def _lock(kind: str, patience: float = 0.0) -> Iterator[bool]:
    """Try to hold the lock of a kind for a while; yield whether it is held."""
    until = time.monotonic() + patience
    file = Path(settings.HOME) / "run" / f"train-{kind}.lock"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with file.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    yield False
                    return
                time.sleep(0.05)
            else:
                yield True
                return
