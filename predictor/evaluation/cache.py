"""Rankings of baselines, kept in the home: fitting them takes minutes, and the same posts give the same ones."""

import hashlib
import json
import os
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from django.conf import settings

from predictor.ml.rankings import Rankings

KEPT = 40  # files


def folder() -> Path:
    """Where they are kept; the folder may be deleted at any time."""
    return Path(settings.HOME) / "evaluations" / "cache"


def kept(ingredients: object, make: Callable[[], Rankings]) -> Rankings:
    """Return what was made of these ingredients (anything that JSON takes) before, or make and keep it."""
    key = hashlib.sha256(json.dumps(ingredients, sort_keys=True).encode()).hexdigest()
    file = folder() / f"{key}.npz"
    found = _read(file)
    if found is None:
        found = make()
        _write(file, found)
    return found


def _read(file: Path) -> Rankings | None:
    """Return what a file holds; None where there is none, or a damaged one."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            found = Rankings(json.loads(stored["tags"].tobytes()), stored["cells"])
        os.utime(file)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    return found


def _write(file: Path, rankings: Rankings) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{uuid.uuid4().hex}.npz")
    tags = np.frombuffer(json.dumps(rankings.tags).encode(), np.uint8)
    np.savez_compressed(draft, tags=tags, cells=rankings.cells, allow_pickle=False)
    draft.rename(file)
    used = sorted(file.parent.glob("*.npz"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in used[KEPT:]:
        old.unlink(missing_ok=True)
