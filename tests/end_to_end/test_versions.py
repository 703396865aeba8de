"""Going back and forth between versions while a site runs: every photo is answered, soon by what was activated."""

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.benchmarks.client import Client
from tests.end_to_end import tiny
from tests.end_to_end.test_learning import ask, manage
from tests.end_to_end.waiting import wait_for
from tests.running_site import Site, address_of, processes_of, start, stop, wait_until_ready

pytestmark = pytest.mark.slow
MOVES = 6


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, trained_home: Callable[[Path], Path]) -> Iterator[Site]:
    """A running site with two versions of `als` and one of `w2v`."""
    home = trained_home(tmp_path_factory.mktemp("home") / "copy")
    manage(home, "train", "als", "--full")
    process = start(home, 8975)
    try:
        yield Site(address_of(wait_until_ready(process)), home)
    finally:
        stop(process)
    assert processes_of(home) == {}


@pytest.fixture
def photo(tmp_path: Path) -> bytes:
    return tiny.new_photo(tmp_path).read_bytes()


def answer(site: Site, id: str) -> tuple[str, str]:
    """Return state and versions of an answered upload."""
    id = id.replace("-", "")

    def row() -> tuple[str, str]:
        found: tuple[str, str] = ask(site.home, "SELECT state, answered_by FROM predictor_upload WHERE id = ?", id)
        return found

    wait_for(lambda: row()[0] in ("done", "failed"), 30)
    return row()


def serves(site: Site, photo: bytes, version: str) -> bool:
    """Return whether a version answers a photo that is sent now: while photos follow each other, it loads beside."""
    state, answered_by = answer(site, Client(site.url).upload(photo + uuid.uuid4().bytes, "new.jpg"))
    assert state == "done"
    return version in answered_by.split()


def test_it_works(site: Site, photo: bytes) -> None:
    present = ask(site.home, "SELECT version_id FROM predictor_activeversion WHERE kind = 'als'")[0]
    earlier = ask(site.home, "SELECT parent_id FROM predictor_modelversion WHERE id = ?", present)[0]
    client, sent, over = Client(site.url), list[str](), threading.Event()

    def send() -> None:
        while not over.wait(0.1):
            sent.append(client.upload(photo + len(sent).to_bytes(4, "big"), "new.jpg"))

    sending = threading.Thread(target=send)
    sending.start()
    try:
        for number in range(MOVES):
            wanted = earlier if number % 2 == 0 else present
            manage(site.home, "versions", "activate", str(wanted))
            wait_for(partial(serves, site, photo, f"als:{wanted}"), 30)
    finally:
        over.set()
        sending.join()
    assert len(sent) > MOVES
    assert {answer(site, id)[0] for id in sent} == {"done"}
    with closing(sqlite3.connect(site.home / "tag4pic.sqlite3", timeout=20)) as database:
        moves = database.execute("SELECT count(*) FROM predictor_activation WHERE kind = 'als'").fetchone()[0]
    assert moves == 2 + MOVES, "the site has not moved it by itself"
