"""Trains a toy corpus with a kill -9 at every stage, and prints what is left each time; run in a fresh home of its own.

    python -m tests.end_to_end.killing KIND

Each training is a child of this process; the sweeper's looks are taken here.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

RENAMED = "renamed, and not committed"  # a moment inside of the last stage


def main(kind: str) -> None:
    import django

    from tag4pic_site import home
    from tag4pic_site.commands import migrate

    home.prepare()
    django.setup()
    migrate()
    prepare()
    from predictor.learning import runs, train_lock
    from predictor.models import ModelVersion, TrainingRun

    def new() -> Any:
        return runs.ask(kind, False, TrainingRun.Trigger.BUTTON)

    for _ in ("full", "incremental"):
        run = new()
        in_child(lambda run=run: train(run.pk))  # type: ignore[misc]
    run.refresh_from_db()
    stages = [line.split("  ", 1)[1] for line in run.log.splitlines()]
    for stage in [*stages, RENAMED]:
        run, versions = new(), ModelVersion.objects.count()
        status = in_child(lambda run=run, stage=stage: train(run.pk, stage))  # type: ignore[misc]
        train_lock.recover()
        run.refresh_from_db()
        after = {"state": run.state, "folders": strange_folders(), "versions": ModelVersion.objects.count() - versions}
        in_child(lambda run=run: train(run.pk))  # type: ignore[misc]
        run.refresh_from_db()
        again = {"state": run.state, "folders": strange_folders(), "versions": ModelVersion.objects.count() - versions}
        say({"stage": stage, "killed": os.WIFSIGNALED(status), "after": after, "again": again, "message": run.message})


def say(facts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")


def prepare() -> None:
    """Store the toy corpus, and let the toy embedder see its photos; reloading happens in the same process."""
    from predictor import queue
    from predictor.learning import embeddings, versions
    from predictor.ml import artefact
    from tests.predictor.conftest import ToyEmbedder, store

    def reload(folder: Path, manifest_sha256: str) -> None:
        assert artefact._reload(folder, manifest_sha256) == ""

    embeddings.open_embedder = lambda id, threads=None: ToyEmbedder()  # type: ignore[assignment,return-value]
    versions._reload = reload
    queue._enqueue_run = lambda id: None
    store(60)
    store(20, split="dev")


def train(id: int, kill_at: str = "") -> None:
    from predictor import jobs
    from predictor.ml import artefact
    from predictor.models import TrainingRun

    note, sync = TrainingRun.note, artefact.sync

    def kill_in_stage(run: TrainingRun, stage: str, done: float) -> bool:
        going_on = note(run, stage, done)
        if stage == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return going_on

    def kill_when_renamed(path: Path) -> None:
        if kill_at == RENAMED and path.name == "versions":
            os.kill(os.getpid(), signal.SIGKILL)
        sync(path)

    TrainingRun.note, artefact.sync = kill_in_stage, kill_when_renamed  # type: ignore[method-assign,assignment]
    jobs.run_training(id)


def in_child(task: Callable[[], None]) -> int:
    """Do something in a child and return how that ended, as `os.wait` says it."""
    from django.db import connections

    sys.stdout.flush()
    connections.close_all()
    if pid := os.fork():
        return os.waitpid(pid, 0)[1]
    try:
        task()
    finally:
        sys.stderr.flush()
        os._exit(0)


def strange_folders() -> list[str]:
    """Return what lies among the versions and is none."""
    from django.conf import settings

    from predictor.models import ModelVersion

    known = {str(id) for id in ModelVersion.objects.values_list("pk", flat=True)}
    return sorted({folder.name for folder in Path(settings.VERSIONS_ROOT).iterdir()} - known)


if __name__ == "__main__":
    main(sys.argv[1])
