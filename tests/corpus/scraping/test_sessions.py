"""Sessions: Instaloader's own file is read without running anything, and kept where this user alone can read it."""

import json
import os
import pickle
import stat
from pathlib import Path
from typing import Any

import pytest

from corpus.scraping import sessions
from tests.corpus.scraping.session_files import COOKIES, write_session


class Trap:
    """Runs a command when it is unpickled carelessly."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


def test_it_works(home: Path, tmp_path: Path) -> None:
    kept = sessions.take_over(write_session(tmp_path / "session-ann"), "Ann")
    assert kept == home / "keys" / "instagram-ann.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text()) == {"account": "ann", "cookies": COOKIES}
    assert sessions.load("ann") == COOKIES
    assert sessions.accounts() == ["ann"]
    assert [file.name for file in kept.parent.iterdir()] == [kept.name], "no draft stays"


def test_a_newer_session_takes_the_place_of_the_older(tmp_path: Path) -> None:
    for secret in ("old", "new"):
        sessions.take_over(write_session(tmp_path / "session-ann", sessionid=secret), "ann")
    assert sessions.load("ann")["sessionid"] == "new"


@pytest.mark.parametrize("name", ["", "a/b", "../x", "a b", "x" * 31, "ä", "a\0", "a\nb", "-" * 5])
def test_names_that_no_account_has(tmp_path: Path, name: str) -> None:
    file = write_session(tmp_path / "session-ann")
    with pytest.raises(sessions.SessionError, match="The name of an account has"):
        sessions.take_over(file, name)
    with pytest.raises(sessions.SessionError):
        sessions.load(name)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_is_run(tmp_path: Path, protocol: int) -> None:
    file = tmp_path / "session-ann"
    file.write_bytes(pickle.dumps({**COOKIES, "x": Trap(tmp_path / "trace")}, protocol))
    with pytest.raises(sessions.SessionError, match=r"is no session .* asks for posix\.mkdir"):
        sessions.take_over(file, "ann")
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no pickle",
        b"\x80\x04",
        b"{}",
        pickle.dumps(COOKIES)[:-5],
        b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\xff",
        b"I" + b"9" * 10_000 + b"\n.",
        b"(" * 50_000,
        pickle.dumps([]),
        pickle.dumps({}),
        pickle.dumps({**COOKIES, "sessionid": ""}),
        pickle.dumps({**COOKIES, "csrftoken": None}),
        pickle.dumps({**COOKIES, "x": "a\r\nHost: evil"}),
        pickle.dumps({**COOKIES, "x": "ü"}),
        pickle.dumps({**COOKIES, "x": "a" * sessions.MOST_BYTES}),
    ],
)
def test_files_that_are_no_session(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "session-ann"
    file.write_bytes(content)
    with pytest.raises(sessions.SessionError):
        sessions.take_over(file, "ann")
    assert sessions.accounts() == []


@pytest.mark.parametrize("content", [b"}r\x00\x00\x00\x04.", b"}p99999999\n."])
def test_a_small_file_gets_no_large_memory(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "session-ann").write_bytes(content)
    with pytest.raises(sessions.SessionError, match="asks for too much memory"):
        sessions.take_over(tmp_path / "session-ann", "ann")


def test_cookies_that_repeat_themselves_are_too_many(tmp_path: Path) -> None:
    long = "x" * 50_000
    (tmp_path / "session-ann").write_bytes(pickle.dumps({**COOKIES, **{str(place): long for place in range(3)}}))
    with pytest.raises(sessions.SessionError, match="more cookies than any browser"):
        sessions.take_over(tmp_path / "session-ann", "ann")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for missing in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(sessions.SessionError, match="cannot be read"):
            sessions.take_over(missing, "ann")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"cookies": 5}', '{"cookies": {"sessionid": "x"}}', "\0"])
def test_a_kept_session_that_was_damaged(home: Path, content: str) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "instagram-ann.json").write_text(content)
    with pytest.raises(sessions.SessionError):
        sessions.load("ann")


def test_without_a_session_the_way_to_one_is_told() -> None:
    with pytest.raises(sessions.SessionError, match="manage.py import_session ann"):
        sessions.load("ann")
    assert sessions.accounts() == []
