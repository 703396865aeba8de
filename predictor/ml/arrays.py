"""Learned arrays and facts of a model as .npy and .json files, which cannot run code, checked when read."""

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Matrix, ModelError

Array = NDArray[Any]
FACTS = "model.json"
KINDS_OF_NUMBERS = {"f": (np.float16, np.float32), "i": (np.int32, np.int64)}


def half(values: NDArray[np.floating[Any]]) -> Matrix:
    """Round to what float16 can hold, but keep float32 for fast arithmetic: so what is saved is what was learned."""
    rounded: Matrix = np.clip(values, -65504, 65504).astype(np.float16).astype(np.float32)
    return rounded


def save(folder: Path, arrays: Mapping[str, Array], facts: Mapping[str, Any], halved: frozenset[str]) -> None:
    """Write each array as `name.npy` (those named in `halved` as float16) and the facts as JSON. Raises OSError."""
    for name, array in arrays.items():
        _write(folder / f"{name}.npy", array.astype(np.float16) if name in halved else array)
    (folder / FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def load(folder: Path, shapes: Mapping[str, str]) -> tuple[dict[str, Array], dict[str, Any]]:
    """Read what `save` wrote.

    `shapes` names for each array its kind of number and its sides, such as `"f tags width"`: sides of the same name
    must be of the same length in all arrays. Floats come back as float32. Raises ModelError for what does not fit.
    """
    sides: dict[str, int] = {}
    arrays = {name: _read(folder, name, shape.split(), sides) for name, shape in shapes.items()}
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"The file {FACTS} of this model is missing or damaged.") from error
    if not isinstance(facts, dict) or len(facts.get("tags", ())) != sides["tags"]:
        raise ModelError("The names of the hashtags do not fit the learned numbers of this model.")
    return arrays, facts


def _write(file: Path, array: Array) -> None:
    try:
        np.save(file, array, allow_pickle=False)
    except OSError as error:
        if error.errno is None:  # numpy says how much found room, and not that the disk is full
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file)) from error
        raise


def _read(folder: Path, name: str, shape: list[str], sides: dict[str, int]) -> Array:
    try:
        with (folder / f"{name}.npy").open("rb") as file:
            array: Array = np.lib.format.read_array(file, allow_pickle=False)  # np.load would open archives as well
    except (OSError, ValueError, EOFError, MemoryError) as error:
        raise ModelError(f"The file {name}.npy of this model is missing or damaged.") from error
    kind, names = shape[0], shape[1:]
    if array.dtype not in KINDS_OF_NUMBERS[kind] or array.ndim != len(names):
        raise ModelError(f"The file {name}.npy of this model holds another kind of numbers than expected.")
    for side, length in zip(names, array.shape, strict=True):
        if sides.setdefault(side, length) != length:
            raise ModelError(f"The file {name}.npy does not fit the other files of this model: {side} is {length}.")
    if kind == "f" and not np.isfinite(array).all():
        raise ModelError(f"The file {name}.npy of this model holds values that are not numbers.")
    return array.astype(np.float32) if kind == "f" else array
