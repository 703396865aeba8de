"""The home: made once, private, with keys that stay."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tag4pic_site import home


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAG4PIC_HOME", str(tmp_path / "a home"))
    return tmp_path / "a home"


def test_it_works(place: Path) -> None:
    assert home.prepare() == place
    assert all((place / folder).is_dir() for folder in home.FOLDERS)
    assert {folder.stat().st_mode & 0o777 for folder in [place, *place.rglob("*")] if folder.is_dir()} == {0o700}
    for name in home.KEYS:
        assert (place / "keys" / name).stat().st_mode & 0o777 == 0o600
        assert len(home.read_key(name)) > 40


def test_keys_are_made_once(place: Path) -> None:
    home.prepare()
    first = [home.read_key(name) for name in home.KEYS]
    home.prepare()
    assert [home.read_key(name) for name in home.KEYS] == first
    assert len(set(first)) == len(first)
    assert sorted(file.name for file in (place / "keys").iterdir()) == sorted(home.KEYS)


def test_without_a_home_nothing_is_written(place: Path) -> None:
    assert home.read_key("secret_key") != home.read_key("secret_key")
    assert not place.exists()


def test_processes_that_start_at_once_agree(place: Path) -> None:
    code = "from tag4pic_site import home; home.prepare(); print(home.read_key('secret_key'))"
    command = [sys.executable, "-c", code]
    several = [
        subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, env=os.environ) for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in several}) == 1
