"""`make drill-training`: kills the train worker in the middle of ten runs of a whole site, and counts what is lost.

A site starts in a fresh home with a tiny corpus of real photos. Each run is asked for as the button does it; a moment
after it has begun, another one each time, every process of the train worker gets kill -9, while photos are sent all
along. In the end every run must have made its version, every photo its answer, and nothing may lie among the versions
that is none.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from tag4pic_site.home import prepare as prepare_home
from tests.benchmarks.client import Client
from tests.benchmarks.photos import data_folder
from tests.running_site import Site, address_of, start, stop, wait_until_ready

if TYPE_CHECKING:
    from predictor.models import TrainingRun

RUNS, SEED, PORT = 10, 5, 8465
MOMENTS = (0.0, 2.5)  # seconds from the beginning of a run to the kill, at least and at most
PATIENCE_SECONDS = 180
VARIABLES = {
    "TAG4PIC_STARTER_UNTIL": "1",
    "TAG4PIC_VERSIONS_KEPT": "100",
    "DJANGO_SETTINGS_MODULE": "tag4pic_site.settings",
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="tag4pic-drill-") as folder:
        home = Path(folder) / "home"
        os.environ |= {**VARIABLES, "TAG4PIC_HOME": str(home)}
        prepare_home()  # the settings read its keys once
        process = start(home, PORT)
        try:
            site = Site(address_of(wait_until_ready(process)), home)
            prepare(Path(folder))
            return drill(site)
        finally:
            stop(process)


def prepare(folder: Path) -> None:
    """Import the tiny corpus into the site that runs."""
    import django
    from django.core.management import call_command

    from tests.end_to_end import tiny

    django.setup()
    call_command("import_posts", str(tiny.write(folder / "tiny")), stdout=StringIO())


def drill(site: Site) -> int:
    """Kill and wait ten times; return how much was lost."""
    from django.conf import settings

    from predictor.learning import runs
    from predictor.models import ModelVersion, TrainingRun, Upload

    client, photo = Client(site.url), (data_folder() / "rocket.jpg").read_bytes()
    moments, sent, lost = random.Random(SEED), 0, 0
    for number in range(RUNS):
        run = runs.ask(("als", "w2v")[number % 2], False, TrainingRun.Trigger.BUTTON)
        client.upload(photo + bytes([number]), "rocket.jpg")
        sent += 1
        run = until(run.pk, lambda run: run.state != TrainingRun.State.NEW)
        time.sleep(moments.uniform(*MOMENTS))
        run.refresh_from_db()
        at = run.stage if run.is_open else run.state
        killed = site.pids("work train")
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        run = until(run.pk, lambda run: not run.is_open)
        lost += run.state != TrainingRun.State.DONE
        say(f"run {number + 1}: {len(killed)} processes killed at {at!r}; {run.attempts} attempts; {run.message}")
    names = {str(id) for id in ModelVersion.objects.values_list("pk", flat=True)}
    strange = [path.name for path in Path(settings.VERSIONS_ROOT).iterdir() if path.name not in names]
    unanswered = Upload.objects.exclude(state=Upload.State.DONE).count()
    say(f"{RUNS} runs, {lost} lost; {sent} photos, {unanswered} without an answer; {len(strange)} folders left behind")
    return lost + unanswered + len(strange)


def until(id: int, wanted: Callable[[TrainingRun], bool]) -> TrainingRun:
    """Return a run as soon as it stands as wanted, or as it stands when the patience is over."""
    from predictor.models import TrainingRun

    end = time.monotonic() + PATIENCE_SECONDS
    while not wanted(run := TrainingRun.objects.get(pk=id)) and time.monotonic() < end:
        time.sleep(0.05)
    return run


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
