"""Where the embedded Redis listens."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tag4pic_site import home, redis_server


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "path", lambda: Path("/srv/tag4pic"))
    assert redis_server.socket_path() == Path("/srv/tag4pic/run/redis.sock")


@pytest.mark.parametrize("path", ["/srv/my photos", "/srv/a=b", "/srv/каталог", "/srv/" + "x" * 100])
def test_a_path_that_is_no_good_for_a_socket(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(home, "path", lambda: Path(path))
    socket = redis_server.socket_path()
    assert not socket.is_relative_to(path)
    assert " " not in str(socket) and len(bytes(socket)) <= redis_server.SOCKET_PATH_LIMIT
    assert socket == redis_server.socket_path()


@pytest.fixture
def long_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home whose path is too long for a socket, and a temporary folder of this test's own."""
    path = tmp_path / ("x" * 100)
    monkeypatch.setenv("TAG4PIC_HOME", str(path))
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        home.prepare()
        yield path


def test_the_configuration_is_private(long_home: Path) -> None:
    file = redis_server.write_config()
    assert file == long_home / "redis" / "redis.conf"
    assert file.stat().st_mode & 0o777 == 0o600
    lines = dict(line.split(" ", 1) for line in file.read_text().splitlines())
    assert lines["requirepass"] == home.read_key("redis_password")
    assert (lines["port"], lines["unixsocketperm"]) == ("0", "600")
    assert lines["unixsocket"] == f'"{redis_server.socket_path()}"'
    assert lines["dir"] == f'"{long_home / "redis"}"'
    assert redis_server.socket_path().parent.stat().st_mode & 0o777 == 0o700


def test_the_address_names_socket_and_password(long_home: Path) -> None:
    address = urlsplit(redis_server.embedded_url())
    assert unquote(address.path) == str(redis_server.socket_path())
    assert unquote(address.password or "") == home.read_key("redis_password")


def test_a_socket_folder_of_somebody_else_is_refused(long_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = redis_server.socket_path().parent
    folder.symlink_to(tempfile.gettempdir())
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        redis_server.write_config()
    folder.unlink()
    folder.mkdir()
    uid = os.getuid()
    monkeypatch.setattr(redis_server, "socket_path", lambda: folder / "redis.sock")
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        redis_server.write_config()
