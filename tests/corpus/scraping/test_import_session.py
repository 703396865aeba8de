"""The command `import_session`: where it looks for the file, and whose session it takes it for."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from corpus.scraping import sessions
from tests.corpus.scraping.session_files import COOKIES, write_session

pytestmark = pytest.mark.django_db


def run(*arguments: str | Path) -> str:
    out = StringIO()
    call_command("import_session", *(str(argument) for argument in arguments), stdout=out)
    return out.getvalue()


def test_it_works(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    write_session(tmp_path / "instaloader" / "session-ann")
    kept = home / "keys" / "instagram-ann.json"
    assert run("ann") == f"The session of ann is kept in {kept}, readable by you alone.\n"
    assert sessions.load("ann") == COOKIES


def test_a_file_whose_name_says_whose_it_is(tmp_path: Path) -> None:
    assert "The session of bob is kept" in run(write_session(tmp_path / "session-bob", "bob"))


def test_a_file_with_another_name(tmp_path: Path) -> None:
    file = write_session(tmp_path / "mine")
    with pytest.raises(CommandError, match="add --username NAME"):
        run(file)
    assert "The session of ann is kept" in run(file, "--username", "ann")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/nowhere/session-ann", "nobody", "a b"])
def test_what_is_not_there(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(CommandError):
        run(name, *(["--username", "ann"] if "passwd" in name else []))
    assert sessions.accounts() == []
