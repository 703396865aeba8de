"""Where the embedded Redis listens."""

from pathlib import Path

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
