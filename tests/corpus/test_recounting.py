"""Counting hashtags anew after changes: once for each, in a process of its own."""

import subprocess
from typing import cast

import pytest
from django.contrib.auth.models import User

from corpus import curation, recounting
from corpus.ingest import ingest, open_run
from corpus.models import ImportRun, Post
from corpus.recounting import Recounter
from tests.corpus.sources import raw


class Process:
    """Stands in for the process that counts, which would look into the site's own home."""

    def __init__(self, command: list[str], **options: object) -> None:
        assert command[-1] == "refresh_statistics"
        self.ended: int | None = None

    def poll(self) -> int | None:
        return self.ended


@pytest.fixture
def recounter(run: ImportRun, monkeypatch: pytest.MonkeyPatch) -> Recounter:
    monkeypatch.setattr("corpus.recounting.subprocess.Popen", Process)
    return Recounter()


def end(recounter: Recounter, status: int = 0) -> None:
    cast(Process, recounter._process).ended = status


def test_it_works(recounter: Recounter, run: ImportRun) -> None:
    ingest(run, [raw("a")])
    assert recounter.look()
    end(recounter)
    assert not recounter.look()
    ingest(open_run("mine", "folder"), [raw("b")])
    assert recounter.look()


def test_a_decision_counts(recounter: Recounter, run: ImportRun) -> None:
    ingest(run, [raw("a")])
    recounter.look()
    end(recounter)
    user = User.objects.create_user("ann", is_staff=True)
    change = curation.set_status(Post.objects.all(), Post.Status.REJECTED, user)
    assert recounter.look()
    end(recounter)
    curation.undo(change, user)
    assert recounter.look()


def test_one_count_at_a_time(recounter: Recounter, run: ImportRun) -> None:
    assert recounter.look()
    ingest(run, [raw("a")])
    assert not recounter.look()
    end(recounter)
    assert recounter.look()


def test_a_count_that_failed_is_done_again(recounter: Recounter) -> None:
    assert recounter.look()
    end(recounter, status=1)
    assert recounter.look()
    end(recounter)
    assert not recounter.look()


def test_the_command_runs() -> None:
    command = [*recounting.COMMAND, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Counts the posts" in done.stdout
