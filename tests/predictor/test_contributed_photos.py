"""The photos of contributions: nothing stays of one that was taken back, even where its process died in the middle."""

import os
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from corpus import pictures
from corpus.models import Post
from predictor import sweeper
from predictor.contributions import contributed_photos, contributing
from predictor.models import Contribution
from tests.contributions import Give


class Killed(BaseException):
    """Stands in for a kill."""


def die(*args: object, **options: object) -> None:
    raise Killed


def files(home: Path) -> list[str]:
    """Return the folder of each file of posts and contributions under media."""
    folders = ("contributions", "posts", "thumbnails")
    return [name for name in folders for file in (home / "media" / name).rglob("*") if file.is_file()]


def clean_later(home: Path) -> None:
    """Clean up when the copies are old."""
    then = time.time() - sweeper.LEFTOVER_SECONDS - 60
    for file in (home / "media" / "contributions").glob("*/*"):
        os.utime(file, (then, then))
    sweeper.clean()


@pytest.mark.parametrize("died_at", [(contributed_photos, "discard"), (pictures, "discard"), (Path, "unlink")])
def test_withdrawn_by_a_process_that_dies(
    trusted: list[User], give: Give, home: Path, monkeypatch: pytest.MonkeyPatch, died_at: tuple[object, str]
) -> None:
    row = give(trusted[0])
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(*died_at, die)
        contributing.withdraw(row)
    row.refresh_from_db()
    assert row.state == "withdrawn" and not Post.objects.exists() and "contributions" in files(home)
    sweeper.clean()
    assert "contributions" in files(home), "so young, its process may still be at it"
    clean_later(home)
    assert files(home) == []


def test_sent_by_a_process_that_dies(ann: User, give: Give, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Contribution, "save", die)
        patch.setattr(Path, "unlink", die)  # as nothing is cleared away by a process that was killed
        give(ann)
    assert files(home) == ["contributions"]
    clean_later(home)
    assert files(home) == []


def test_approved_by_a_process_that_dies(
    ann: User, moderator: User, give: Give, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = give(ann)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(contributing, "_fate", die)  # the pictures of the post are at their place
        contributing.approve(row, moderator)
    assert files(home) == ["contributions", "posts", "thumbnails"] and not Post.objects.exists()
    contributing.reject(row, moderator, "It shows a stranger.")
    assert files(home) == []


def test_what_is_named_stays(trusted: list[User], ann: User, give: Give, home: Path) -> None:
    first, twin, waiting = give(trusted[0], seed=7), give(trusted[1], seed=7), give(ann)
    clean_later(home)
    assert len(files(home)) == 3 + 2, "the twins share the pictures of their posts"
    Contribution.objects.filter(pk=first.pk).update(state="withdrawn", image="", post=None)
    Post.objects.filter(contributions=None).delete()
    clean_later(home)
    assert len(files(home)) == 2 + 2
    assert twin.post is not None and twin.post.image_path.is_file() and twin.post.thumbnail_path.is_file()
    assert twin.image_path.is_file() and waiting.image_path.is_file()


def test_a_copy_that_is_gone_already(trusted: list[User], give: Give, home: Path) -> None:
    row = give(trusted[0])
    row.image_path.unlink()
    contributing.withdraw(row)
    assert files(home) == []
