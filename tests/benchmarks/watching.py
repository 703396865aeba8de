"""A training run as it is seen from outside: its stages, and what its process takes."""

import os
import threading
import time
from pathlib import Path
from typing import Self

from tests.benchmarks.speed import children_of

LOOK_SECONDS = 0.1
BEGINNING = "Beginning"  # before a run names its first stage
TICKS = os.sysconf("SC_CLK_TCK")


class Watch(threading.Thread):
    """Looks at a run until it is over; `worker` is the process that forks the run's own."""

    def __init__(self, run: int, worker: int) -> None:
        super().__init__(daemon=True)
        self.run_id, self.worker = run, worker
        self.stages: dict[str, tuple[float, float]] = {}  # seconds of each by the clock, and of the processor
        self.seconds = 0.0
        self.outcome = ""
        self._used: dict[int, tuple[float, float]] = {}  # by process: megabytes at most, seconds of processor time

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.join()

    def run(self) -> None:
        from django.db import connection

        from predictor.models import TrainingRun

        since = worked = 0.0
        while (row := TrainingRun.objects.get(pk=self.run_id)).is_open:
            if row.started and row.state == TrainingRun.State.WORKING:
                since = since or row.started.timestamp()
                self._used |= used_by(self.worker)
                stage, now, work = row.stage or BEGINNING, time.time(), self.processor
                before = self.stages.get(stage, (0.0, 0.0))
                self.stages[stage] = before[0] + now - since, before[1] + work - worked
                since, worked = now, work
            time.sleep(LOOK_SECONDS)
        if row.started and row.finished:
            self.seconds = (row.finished - row.started).total_seconds()
        self.outcome = row.message
        connection.close()

    @property
    def megabytes(self) -> float:
        """The most that the run's process has held."""
        return max(self._used.values(), default=(0.0, 0.0))[0]

    @property
    def processor(self) -> float:
        """Seconds of processor time of the run's process and those that it has started and seen end."""
        return max(self._used.values(), default=(0.0, 0.0))[1]


def used_by(worker: int) -> dict[int, tuple[float, float]]:
    """The most megabytes and the processor time so far of each process below a worker."""
    found = {}
    for pid in children_of(worker):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            times = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:15]
            most = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        except (FileNotFoundError, ProcessLookupError, StopIteration):  # it has just ended
            continue
        found[pid] = int(most) / 1024, sum(map(int, times)) / TICKS
    return found
