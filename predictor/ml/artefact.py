"""The artefact of a trained model: a folder of plain files with a manifest, checked before anything of it is used.

Run as a program, it reloads an artefact in a fresh process: `python -m predictor.ml.artefact FOLDER MANIFEST_SHA256`.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from predictor.ml import kinds
from predictor.ml.contract import Model, ModelError

MANIFEST = "manifest.json"
SUFFIXES = {".npy", ".json"}  # formats that cannot run code
LARGEST_MANIFEST = 1_000_000  # bytes


class ArtefactError(Exception):
    """An artefact that is damaged or not what it says; the text is a sentence for a person."""


def write(model: Model, folder: Path, about: dict[str, Any]) -> str:
    """Write a model with its manifest into an empty folder, safe on the disk, and return the manifest's sha256.

    `about` (backbone, parent, watermark, metrics, ...) goes into the manifest beside the list of files.
    """
    model.save(folder)
    files = {file.name: _describe(file) for file in sorted(folder.iterdir())}
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps({"kind": model.kind, **about, "files": files}, indent=1, sort_keys=True))
    for file in folder.iterdir():
        sync(file)
    sync(folder)
    return _sha256(manifest)


def open_model(folder: Path, manifest_sha256: str) -> Model:
    """Check an artefact from its manifest's hash down to every byte, and load it. Raises ArtefactError."""
    manifest = check(folder, manifest_sha256)
    try:
        return kinds.get(manifest["kind"]).model_class().load(folder)
    except ModelError as error:
        raise ArtefactError(f"The version in {_called(folder)} does not load: {error}") from error


def check(folder: Path, manifest_sha256: str) -> dict[str, Any]:
    """Return the manifest of an artefact whose files are all as they were written. Raises ArtefactError otherwise."""
    manifest = check_manifest(folder, manifest_sha256)
    try:
        for name, facts in manifest["files"].items():
            _check_file(folder, name, facts)
    except OSError as error:
        raise ArtefactError(f"The version in {_called(folder)} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtefactError(f"The manifest in {_called(folder)} is not one.") from error
    return manifest


def check_manifest(folder: Path, manifest_sha256: str) -> dict[str, Any]:
    """Return the manifest of an artefact, which is as it was written; its files are not read. Raises ArtefactError."""
    file = folder / MANIFEST
    try:
        if file.is_symlink() or file.stat().st_size > LARGEST_MANIFEST or _sha256(file) != manifest_sha256:
            raise ArtefactError(f"The manifest in {_called(folder)} was changed after it was published.")
        manifest: dict[str, Any] = json.loads(file.read_text())
    except OSError as error:
        raise ArtefactError(f"The version in {_called(folder)} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise ArtefactError(f"The manifest in {_called(folder)} is not one.") from error
    return manifest


def sync(path: Path) -> None:
    """Make a file or folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_file(folder: Path, name: str, facts: dict[str, Any]) -> None:
    path = folder / name
    if Path(name).name != name or path.suffix not in SUFFIXES or path.is_symlink():
        raise ArtefactError(f"The manifest in {_called(folder)} names a file that no version has: {name!r}.")
    if path.stat().st_size != facts["bytes"] or _sha256(path) != facts["sha256"]:
        raise ArtefactError(f"{name} in {_called(folder)} was changed after it was published.")


def _describe(file: Path) -> dict[str, Any]:
    facts: dict[str, Any] = {"sha256": _sha256(file), "bytes": file.stat().st_size}
    if file.suffix == ".npy":
        array = np.load(file, mmap_mode="r", allow_pickle=False)
        facts |= {"shape": list(array.shape), "dtype": str(array.dtype)}
    return facts


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _reload(folder: Path, manifest_sha256: str) -> str:
    """Load an artefact and ask it once; return what is wrong with it, or nothing."""
    try:
        model = open_model(folder, manifest_sha256)
        width = json.loads((folder / MANIFEST).read_text())["width"]
        probe = np.abs(np.random.default_rng(0).standard_normal(width)).astype(np.float32)
        answer = model.suggest(probe, 10)
    except (ArtefactError, ModelError) as error:
        return str(error)
    scores = [item.score for item in answer]
    if not answer or not np.isfinite(scores).all() or scores != sorted(scores, reverse=True):
        return f"The version in {_called(folder)} does not answer with a sound ranking."
    return ""


if __name__ == "__main__":
    sys.exit(_reload(Path(sys.argv[1]), sys.argv[2]) or None)


def _called(folder: Path) -> str:
    """A version's folder as people are told of it, who need not know the way to it."""
    return f"{folder.parent.name}/{folder.name}"
