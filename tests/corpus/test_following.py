"""Commands that follow changes: once for each, one at a time, in a process of its own."""

import os
import subprocess
import time
from typing import cast

import pytest

from corpus import following
from corpus.following import Follower


class Process:
    """Stands in for the process, which would look into the site's own home."""

    def __init__(self, command: list[str], **options: object) -> None:
        assert command[-2:] == ["manage.py", "follow"]
        self.ended: int | None = None

    def poll(self) -> int | None:
        return self.ended


class Followed(Follower):
    """Follows a number that a test sets."""

    def __init__(self) -> None:
        self.number: int | None = 1
        super().__init__(["follow"], lambda: self.number)

    def end(self, status: int = 0) -> None:
        cast(Process, self._process).ended = status


@pytest.fixture
def follower(monkeypatch: pytest.MonkeyPatch) -> Followed:
    monkeypatch.setattr("corpus.following.subprocess.Popen", Process)
    return Followed()


def test_it_works(follower: Followed) -> None:
    assert follower.look()
    follower.end()
    assert not follower.look()
    follower.number = 2
    assert follower.look()


def test_one_at_a_time(follower: Followed) -> None:
    assert follower.look()
    follower.number = 2
    assert not follower.look()
    follower.end()
    assert follower.look()


def test_nothing_to_do(follower: Followed) -> None:
    follower.number = None
    assert not follower.look()


def test_what_failed_is_done_again_after_a_rest(follower: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert follower.look()
    follower.end(status=1)
    assert not follower.look()
    later = time.monotonic() + following.RETRY_SECONDS
    monkeypatch.setattr("corpus.following.time.monotonic", lambda: later)
    assert follower.look()
    follower.end()
    assert not follower.look()


def test_the_process_runs_and_yields_to_others() -> None:
    follower = Follower(["refresh_statistics", "--help"], lambda: 1)
    assert follower.look()
    process = cast("subprocess.Popen[bytes]", follower._process)
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(os.nice(0) + following.NICENESS, 19)
    assert process.wait() == 0
