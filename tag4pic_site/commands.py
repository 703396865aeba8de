"""The base of tag4pic's commands: each prepares a fresh home by itself and says in a sentence what it did."""

import fcntl
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from tqdm import tqdm


class HomeCommand(BaseCommand):
    """A command that works in a fresh home: the database is brought up to date before it runs."""

    requires_system_checks = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        migrate()
        return super().execute(*args, **options)


def migrate() -> None:
    """Apply the migrations that the database lacks; of several commands at once, one does it and the others wait."""
    if not _is_behind():
        return
    with (Path(settings.HOME) / "run" / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_behind():
            call_command("migrate", verbosity=0, interactive=False)


def _is_behind() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class StageBar:
    """A progress bar for work in stages; call it with a stage's name and the part of it that is done (0 to 1)."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None
        self._stage = ""

    def __call__(self, stage: str, done: float) -> None:
        if self._bar is None or stage != self._stage:
            self.close()
            self._stage = stage
            self._bar = counted_bar(100, stage, bar_format="{desc}: {percentage:3.0f}% |{bar}| {elapsed}")
        self._bar.update(max(0, round(100 * done) - self._bar.n))

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def counted_bar(total: int | None, text: str, **options: Any) -> "tqdm[Any]":
    """Return a progress bar on standard error; it stays silent where that is no terminal."""
    return tqdm(total=total, desc=text, disable=None, leave=True, dynamic_ncols=True, **options)
