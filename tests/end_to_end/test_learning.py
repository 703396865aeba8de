"""From pictures in a folder to hashtags for a new photo: by commands alone, and while a site runs."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.benchmarks.client import Client
from tests.end_to_end import tiny
from tests.end_to_end.waiting import wait_for
from tests.running_site import Site, address_of, processes_of, start, stop, wait_until_ready

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "fresh"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write(tmp_path_factory.mktemp("sets") / "tiny")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return tiny.new_photo(tmp_path)


@pytest.fixture
def site(own_home: Path) -> Iterator[Site]:
    process = start(own_home, 8965)
    try:
        yield Site(address_of(wait_until_ready(process)), own_home)
    finally:
        stop(process)
    assert processes_of(own_home) == {}


def manage(home: Path, *arguments: str | Path) -> str:
    """Run a command that must succeed, where no Redis is, and return its standard output."""
    environment = {**os.environ, "TAG4PIC_HOME": str(home), "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "manage.py", *(str(argument) for argument in arguments)]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(home: Path, query: str, *values: object) -> Any:
    """Return the first row of an answer of the database."""
    with closing(sqlite3.connect(home / "tag4pic.sqlite3", timeout=20, isolation_level=None)) as database:
        return database.execute(query, values).fetchone()


def test_it_works(own_home: Path, folder: Path, photo: Path) -> None:
    said = manage(own_home, "import_posts", folder)
    assert "Imported 27 new posts into the source tiny." in said
    assert not (own_home / "versions").is_dir() or not list((own_home / "versions").iterdir()), "no starter is loaded"
    said = manage(own_home, "train", "als", "w2v")
    assert said.count("R@5 on dev 100.0 %") == 2
    report = json.loads(manage(own_home, "evaluate", "--json"))
    assert (report["split"], report["posts"]) == ("dev", 6)
    rows = {row["name"]: row for row in report["rows"]}
    assert rows["als"]["P1"] == rows["w2v"]["P1"] == 1.0 > rows["popularity"]["P1"]
    found = json.loads(manage(own_home, "suggest", photo, "--json", "--top", "2"))
    for kind in ("als", "w2v", "blend"):
        assert {item["tag"] for item in found[kind]} == {"cat", "pet"}


def test_a_running_site_learns_and_takes_the_new_version_over(site: Site, photo: Path) -> None:
    parent = ask(site.home, "SELECT version_id FROM predictor_activeversion WHERE kind = 'als'")[0]
    run = ask(
        site.home,
        "INSERT INTO predictor_trainingrun (kind, full, activate, sources, state, stage, message, created, trigger, "
        "done, log, unwanted, batch, attempts) "
        "VALUES ('als', 1, 1, '[]', 'new', '', '', datetime(), 'button', 0, '', 0, '{}', 0) RETURNING id",
    )[0]  # no job for it is in the queue: the sweeper sees to that

    def ended() -> bool:
        state, message = ask(site.home, "SELECT state, message FROM predictor_trainingrun WHERE id = ?", run)
        assert state != "failed", message
        return bool(state == "done")

    wait_for(ended, 120)
    version = ask(site.home, "SELECT version_id FROM predictor_activeversion WHERE kind = 'als'")[0]
    assert version != parent
    id = Client(site.url).upload(photo.read_bytes(), "new.jpg").replace("-", "")
    wait_for(lambda: ask(site.home, "SELECT state FROM predictor_upload WHERE id = ?", id)[0] == "done", 30)
    answered_by = ask(site.home, "SELECT answered_by FROM predictor_upload WHERE id = ?", id)[0]
    assert f"als:{version}" in answered_by.split()
    query = "SELECT tag FROM predictor_suggestion WHERE upload_id = ? AND version_id = ? ORDER BY rank"
    assert ask(site.home, query, id, version)[0] in ("cat", "pet")
