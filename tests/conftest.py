"""Fixtures for every test: a home of its own, no rate limit, and no Redis."""

import uuid
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import Settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from predictor import limits, queue

BOT = "tests/telegram/test_"
pytest_plugins = ["tests.running_site", "tests.trained_home", "tests.uploads", "tests.curators", "tests.contributions"]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Keep the tests of a file in one process, and all that need the bot's site, which is then started once."""
    return ByFileOrSite(config, log)


class ByFileOrSite(LoadFileScheduling):  # type: ignore[misc]
    """Gives out files; the bot's go together."""

    def _split_scope(self, nodeid: str) -> str:
        return BOT if nodeid.startswith(BOT) else str(super()._split_scope(nodeid))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep a SQLite database in a file: all threads of a live server would share one connection to one in memory."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = tmp_path_factory.mktemp("database") / "test.sqlite3"


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a test calls, a job say, go on in the test's own transaction, where it would take a new connection."""
    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete
    monkeypatch.setattr(
        BaseDatabaseWrapper,
        "close_if_unusable_or_obsolete",
        lambda connection: None if connection.in_atomic_block else close(connection),
    )


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """Keep everything that a test writes in a folder of its own."""
    home = tmp_path_factory.mktemp("home")
    for name in ("media/incoming", "versions", "backbones", "static"):
        (home / name).mkdir(parents=True)
    settings.HOME = home
    settings.MEDIA_ROOT = home / "media"
    settings.FILE_UPLOAD_TEMP_DIR = home / "media" / "incoming"
    settings.VERSIONS_ROOT = home / "versions"
    settings.BACKBONES_ROOT = home / "backbones"
    settings.STATIC_ROOT = home / "static"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    return home


@pytest.fixture(autouse=True)
def no_rate_limit(settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 0
    limits._limiter.storage.reset()


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """Keep jobs away from Redis, and return the ids of the uploads that would have been enqueued."""
    ids: list[uuid.UUID] = []
    monkeypatch.setattr(queue, "_enqueue", ids.append)
    return ids
