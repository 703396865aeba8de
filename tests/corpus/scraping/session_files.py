"""Sessions as Instaloader's own code writes them."""

import json
from pathlib import Path

from instaloader import Instaloader

COOKIES = {"sessionid": "9%3Asecret", "csrftoken": "token", "ds_user_id": "9", "mid": "x"}


def write_session(file: Path, account: str = "ann", **other: str) -> Path:
    """Write a session file as Instaloader's command line does after a login."""
    loader = Instaloader(quiet=True)
    loader.load_session(account, {**COOKIES, **other})
    loader.save_session_to_file(str(file))
    return file


def keep_session(home: Path, account: str) -> None:
    """Leave a session in a home as `import_session` does."""
    (home / "keys").mkdir(exist_ok=True)
    content = {"account": account, "cookies": COOKIES}
    (home / "keys" / f"instagram-{account}.json").write_text(json.dumps(content))
