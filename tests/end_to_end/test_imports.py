"""The command `import_posts` in processes of its own: killed in the middle, two at once, and on a full disk."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tests.corpus.sources import picture
from tests.end_to_end.waiting import wait_for

pytestmark = pytest.mark.slow
POSTS, PICTURES = 20_000, 60
TABLES = {"corpus_post": POSTS, "corpus_tagging": 2 * POSTS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of many posts with hashtags alone, and some with pictures."""
    folder = tmp_path_factory.mktemp("posts")
    for number in range(PICTURES):
        picture(folder / f"{number}.jpg", number)
    with (folder / "posts.jsonl").open("w") as file:
        for number in range(POSTS):
            image = f"{number // 100}.jpg" if number % 100 == 0 and number // 100 < PICTURES else None
            file.write(json.dumps({"id": str(number), "image": image, "tags": ["sea", f"tag{number % 500}"]}) + "\n")
    return folder


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("migrated") / "home"
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env={**os.environ, "TAG4PIC_HOME": str(home)}, check=True)
    return home


@pytest.fixture
def own_home(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(migrated, tmp_path / "home"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def start(home: Path, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_posts", str(folder), "--source", "mine"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "TAG4PIC_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(home: Path, table: str) -> int:
    with closing(sqlite3.connect(home / "tag4pic.sqlite3", timeout=20)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def assert_whole(home: Path) -> None:
    """Every post is there once, with its tags and its picture, and nothing else."""
    assert {table: count(home, table) for table in TABLES} == TABLES
    pictures = [file for file in (home / "media" / "posts").rglob("*") if file.is_file()]
    assert len(pictures) == PICTURES
    assert not list((home / "media" / "incoming").iterdir())


def test_it_works_after_a_kill(own_home: Path, folder: Path) -> None:
    process = start(own_home, folder)
    wait_for(lambda: count(own_home, "corpus_post") > POSTS // 4)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    stored = count(own_home, "corpus_post")
    assert stored < POSTS
    assert count(own_home, "corpus_tagging") == 2 * stored, "a batch is stored whole or not at all"
    out, err = start(own_home, folder).communicate()
    assert f"Imported {POSTS - stored:,} new posts into the source mine." in out, err
    assert_whole(own_home)


def test_two_at_once_store_every_post_once(own_home: Path, folder: Path) -> None:
    both = [start(own_home, folder), start(own_home, folder)]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert_whole(own_home)


def test_a_full_disk_is_a_sentence_and_leaves_whole_posts(small_disk: Path, migrated: Path, folder: Path) -> None:
    home = Path(shutil.copytree(migrated, small_disk / "home"))
    process = start(home, folder)
    _, err = process.communicate()
    assert process.returncode == 1
    assert "The import stopped: " in err and "Traceback" not in err
    with closing(sqlite3.connect(f"file:{home / 'tag4pic.sqlite3'}?mode=ro", uri=True)) as database:
        posts, tags = (database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES)
        images = {row[0] for row in database.execute("SELECT image FROM corpus_post WHERE image != ''")}
    assert 0 < posts < POSTS and tags == 2 * posts
    assert {str(file.relative_to(home / "media")) for file in (home / "media" / "posts").rglob("*.jpeg")} == images
