"""Logged-in sessions of Instagram, taken over from Instaloader's own file and kept as private JSON."""

import io
import json
import os
import pickle
import pickletools
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.conf import settings

NAME = re.compile(r"[a-z0-9_.]{1,30}")
NEEDED = ("sessionid", "csrftoken")  # cookies without which nobody is logged in
MOST_BYTES = 100_000
MOST_REMEMBERED = 10_000  # a pickle may ask for a table of any size, of which it uses one place


class SessionError(Exception):
    """A session that cannot be taken over or found; the text is a sentence for the operator."""


class _PlainUnpickler(pickle.Unpickler):
    """Builds dictionaries, texts, numbers, booleans and None; every class or function that a file names is refused."""

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def valid_name(name: str) -> str:
    """Return an account's name as it is kept. It becomes part of a file's name. Raises SessionError."""
    name = name.strip().removeprefix("@").lower()
    if not NAME.fullmatch(name):
        raise SessionError("The name of an account has 1 to 30 letters, digits, dots or underscores.")
    return name


def take_over(file: Path, account: str) -> Path:
    """Read a session file of Instaloader's command line and keep it for an account. Raises SessionError."""
    account = valid_name(account)
    cookies = _read(file)
    place = _place(account)
    _write(place, {"account": account, "cookies": cookies})
    return place


def load(account: str) -> dict[str, str]:
    """Return the cookies of an account's session. Raises SessionError where there is none."""
    account = valid_name(account)
    try:
        cookies = json.loads(_place(account).read_text())["cookies"]
    except FileNotFoundError as error:
        raise SessionError(
            f"There is no session of the account {account}: import it with manage.py import_session {account}."
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SessionError(
            f"The session of the account {account} cannot be read: import it again with manage.py import_session."
        ) from error
    return _checked(cookies)


def accounts() -> list[str]:
    """Return the accounts whose sessions were imported."""
    found = (file.stem.removeprefix("instagram-") for file in _folder().glob("instagram-*.json"))
    return sorted(name for name in found if NAME.fullmatch(name))


def _read(file: Path) -> dict[str, str]:
    try:
        with file.open("rb") as opened:
            return _checked(_unpickled(opened))
    except OSError as error:
        raise SessionError(f"The session file {file} cannot be read: {error.strerror or error}.") from error


def _unpickled(file: IO[bytes]) -> object:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise SessionError("This file is too large for a session of Instaloader.")
    try:
        for code, place, _ in pickletools.genops(content):
            if code.name in ("PUT", "LONG_BINPUT") and (place is None or place > MOST_REMEMBERED):
                raise pickle.UnpicklingError("it asks for too much memory")
        return _PlainUnpickler(io.BytesIO(content)).load()
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise SessionError(f"This file is no session of Instaloader's command line: {error}.") from error
    except (OverflowError, MemoryError, RecursionError) as error:
        raise SessionError("This file is no session of Instaloader's command line.") from error


def _checked(cookies: object) -> dict[str, str]:
    """Return cookies, if they are texts and belong to somebody who is logged in."""
    if not isinstance(cookies, dict):
        raise SessionError("This file holds no cookies of Instagram.")
    found = {key: value for key, value in cookies.items() if isinstance(key, str) and isinstance(value, str)}
    if any(not found.get(name) for name in NEEDED):
        raise SessionError("Nobody is logged in with this session: log in with instaloader --login NAME first.")
    if any(not (key + value).isascii() or not (key + value).isprintable() for key, value in found.items()):
        raise SessionError("This file holds cookies that no browser would send.")
    if sum(len(key) + len(value) for key, value in found.items()) > MOST_BYTES:  # a pickle can repeat itself
        raise SessionError("This file holds more cookies than any browser would send.")
    return found


def _folder() -> Path:
    return Path(settings.HOME) / "keys"


def _place(account: str) -> Path:
    return _folder() / f"instagram-{account}.json"


def _write(place: Path, content: dict[str, Any]) -> None:
    """Write a file that this user alone can read, whole or not at all."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
