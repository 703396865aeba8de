"""Scrapes in processes of their own, killed in the middle: by the command, and by the worker of a real Redis."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tag4pic_site import home as home_folder
from tag4pic_site import redis_server
from tests.corpus.scraping.instagram import Instagram
from tests.corpus.scraping.session_files import keep_session
from tests.end_to_end.waiting import wait_for
from tests.running_site import processes_of

pytestmark = pytest.mark.slow


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a session; nothing that runs in it is left afterwards."""
    home = tmp_path / "home"
    monkeypatch.setenv("TAG4PIC_HOME", str(home))
    monkeypatch.delenv("REDIS_URL", raising=False)
    home_folder.prepare()
    keep_session(home, "ann")
    yield home
    for pid in processes_of(home):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: processes_of(home) == {})


def start(instagram: Instagram, *command: str) -> "subprocess.Popen[str]":
    program = [sys.executable, "-m", "tests.corpus.scraping.rerouted_manage", instagram.address, *command]
    return subprocess.Popen(program, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def scrape(instagram: Instagram, *options: str) -> "subprocess.Popen[str]":
    return start(instagram, "scrape_hashtags", "sea", "--section", "recent", "--limit", "100", *options)


def ask(home: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(home / "tag4pic.sqlite3", timeout=20, isolation_level=None)) as database:
        return database.execute(query).fetchall()


def let_the_lease_run_out(home: Path) -> None:
    ask(home, "UPDATE corpus_scraperun SET lease_until = '2020-01-01 00:00:00'")


def assert_all_are_there_once(home: Path) -> None:
    ((state, position),) = ask(home, "SELECT state, position FROM corpus_scraperun")
    assert (state, position) == ("done", 30)
    rows = ask(
        home,
        "SELECT external_id, sighting.position FROM corpus_post post "
        "JOIN corpus_sighting sighting ON sighting.post_id = post.id ORDER BY 1",
    )
    assert rows == [(f"R{number:02}", number + 1) for number in range(30)]
    assert len(list((home / "media" / "posts").rglob("*.jpeg"))) == 30
    assert list((home / "run").glob("scrape-*")) == [], "no picture of the killed process is left"


def test_it_works(instagram: Instagram, own_home: Path) -> None:
    instagram.hold.clear()
    process = scrape(instagram)
    wait_for(lambda: instagram.count("after") == 1)
    process.kill()
    process.wait()
    assert ask(own_home, "SELECT state, position FROM corpus_scraperun") == [("working", 12)]
    instagram.hold.set()
    again = scrape(instagram)
    said, _ = again.communicate(timeout=60)
    assert "Another process has it" in said and "it can go on after" in said
    let_the_lease_run_out(own_home)
    again = scrape(instagram)
    said, _ = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert "1 of 1 scrapes are done, with 30 new posts" in said
    assert_all_are_there_once(own_home)
    assert instagram.count("web_info") == 1


@contextmanager
def redis() -> Iterator[None]:
    process = subprocess.Popen([redis_server.program(), redis_server.write_config()], stdout=subprocess.DEVNULL)
    wait_for(redis_server.socket_path().exists)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def test_the_worker_is_killed_and_another_goes_on(instagram: Instagram, own_home: Path) -> None:
    instagram.hold.clear()
    with redis():
        said, _ = scrape(instagram, "--queue").communicate(timeout=60)
        assert "1 runs are noted for the scrape worker" in said
        worker = start(instagram, "work", "scrape")
        wait_for(lambda: instagram.count("after") == 1)
        worker.kill()  # its child, which reads, ends with it
        worker.wait()
        wait_for(lambda: not any("work scrape" in line for line in processes_of(own_home).values()))
        instagram.hold.set()
        let_the_lease_run_out(own_home)
        start(instagram, "work", "scrape")
        start(instagram, "sweep")
        wait_for(lambda: ask(own_home, "SELECT state FROM corpus_scraperun") == [("done",)])
        assert_all_are_there_once(own_home)


def test_a_run_that_waits_goes_on_when_it_is_due(instagram: Instagram, own_home: Path) -> None:
    instagram.say("after", 429, {"status": "fail"})
    with redis():
        scrape(instagram, "--queue").wait(60)
        start(instagram, "work", "scrape")
        start(instagram, "sweep")
        wait_for(lambda: ask(own_home, "SELECT state FROM corpus_scraperun") == [("waiting",)])
        ask(own_home, "UPDATE corpus_scraperun SET not_before = '2020-01-01 00:00:00'")
        wait_for(lambda: ask(own_home, "SELECT state FROM corpus_scraperun") == [("done",)])
        assert_all_are_there_once(own_home)
