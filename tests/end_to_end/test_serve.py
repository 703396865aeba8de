"""The command `serve`: from a fresh home to an answered photo, and back to no process at all."""

import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.benchmarks.client import Client
from tests.benchmarks.photos import data_folder
from tests.end_to_end.waiting import wait_for
from tests.running_site import Site, address_of, processes_of, start, stop, wait_until_ready

pytestmark = pytest.mark.slow
ANSWER_SECONDS = STOP_SECONDS = 30.0
AGAIN_SECONDS = 15.0  # a second start has nothing to prepare; generous, since tests share their cores


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One home for the tests of this file, with a name that is hard on careless programs."""
    home = tmp_path_factory.mktemp("100% of it, twice") / "ein Zuhause für 'Fotos'"
    yield home
    for pid in processes_of(home):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def site(own_home: Path) -> Iterator[tuple["subprocess.Popen[str]", Site]]:
    """A running site that a test may end as it likes."""
    process = start(own_home, 8865)
    try:
        yield process, Site(address_of(wait_until_ready(process)), own_home)
    finally:
        process.kill()
        process.wait()
    wait_for(lambda: processes_of(own_home) == {}, STOP_SECONDS)


def answer(address: str, home: Path) -> None:
    """Send a photo and wait for both rankings."""
    id = Client(address).upload((data_folder() / "rocket.jpg").read_bytes() + os.urandom(4), "rocket.jpg")

    def is_done() -> bool:
        with closing(sqlite3.connect(home / "tag4pic.sqlite3", timeout=20)) as database:
            query = "SELECT count(DISTINCT version_id) FROM predictor_suggestion WHERE upload_id = ?"
            return bool(database.execute(query, [id.replace("-", "")]).fetchone()[0] == 2)

    wait_for(is_done, ANSWER_SECONDS)


def test_it_works(own_home: Path, taken_port: int) -> None:
    process = start(own_home, taken_port)
    said = wait_until_ready(process)
    assert f"Port {taken_port} is taken, so tag4pic takes {taken_port + 1}." in "".join(said)
    answer(address_of(said), own_home)
    assert stop(process) == 0
    assert processes_of(own_home) == {}

    started = time.monotonic()
    process = start(own_home, taken_port)
    said = wait_until_ready(process)
    seconds = time.monotonic() - started
    assert "starter" not in "".join(said)
    answer(address_of(said), own_home)
    assert stop(process) == 0
    assert processes_of(own_home) == {}
    assert seconds < AGAIN_SECONDS


@pytest.mark.parametrize("victim", ["manage.py serve", "supervisor.supervisord"])
def test_nothing_stays_where_its_head_is_killed(site: tuple["subprocess.Popen[str]", Site], victim: str) -> None:
    process, running = site
    for pid in running.pids(victim):
        os.kill(pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)
    wait_for(lambda: processes_of(running.home) == {}, STOP_SECONDS)


def test_nothing_stays_where_it_is_stopped_while_it_prepares(tmp_path: Path) -> None:
    process = start(tmp_path / "home", 8866)
    wait_for(lambda: (tmp_path / "home" / "tag4pic.sqlite3").exists(), STOP_SECONDS)
    for pid in processes_of(tmp_path / "home"):  # a terminal sends Ctrl-C to all of them
        os.kill(pid, signal.SIGINT)
    assert process.wait(STOP_SECONDS) != 0
    wait_for(lambda: processes_of(tmp_path / "home") == {}, STOP_SECONDS)
