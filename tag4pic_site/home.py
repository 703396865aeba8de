"""The one folder that holds all state: database, photos, trained versions, Redis files, logs and keys."""

import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
FOLDERS = (
    "media",
    "media/posts",
    "media/uploads",
    "media/incoming",
    "versions",
    "backbones",
    "redis",
    "logs",
    "keys",
    "run",
    "static",
)
KEYS = ("secret_key", "redis_password")


def path() -> Path:
    """Return the home: TAG4PIC_HOME, or `var/` in the repository."""
    return Path(os.environ.get("TAG4PIC_HOME") or BASE_DIR / "var").expanduser().resolve()


def prepare() -> Path:
    """Make the folders and the keys that are not there yet, readable by this user alone. Safe to run at any time."""
    home = path()
    for folder in FOLDERS:
        (home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    for name in KEYS:
        _make_key(home / "keys" / name)
    return home


def read_key(name: str) -> str:
    """Return a key of this home. A home that was not prepared has none: the key then lives as long as the process."""
    file = path() / "keys" / name
    return file.read_text().strip() if file.exists() else secrets.token_urlsafe(50)


def limit_threads() -> None:
    """Keep numeric libraries from spinning on each other's cores; must run before numpy is imported."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _make_key(file: Path) -> None:
    """Write a new key; of two processes that try at once, one wins and both read the same whole key."""
    if file.exists():
        return
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_urlsafe(50))
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
