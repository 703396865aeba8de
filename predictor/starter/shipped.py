"""What the starter ships: compact embeddings, hashtag lists that our models gave, and the two models' parameters."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from predictor.ml import kinds
from predictor.ml.contract import Model, TaggedPost
from predictor.ml.tables import tag_table, vocabulary
from predictor.starter.compact import Compact

FILES = Path(__file__).parent / "files"
ARRAYS = ("mean", "basis", "steps", "codes")


@dataclass(frozen=True, slots=True)
class Shipped:
    """The starter's corpus: first the posts with embeddings, then those with hashtags alone."""

    lists: list[tuple[str, ...]]
    embeddings: Mapping[str, Compact]  # by the backbone's full name; rows are the first posts


def write(
    folder: Path, lists: Sequence[tuple[str, ...]], embeddings: Mapping[str, Compact], models: Sequence[Model]
) -> None:
    """Write the starter; `models` must hold no posts, since those are attached when it is loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    posts = [TaggedPost(number, tags) for number, tags in enumerate(lists)]
    tags = vocabulary(posts)
    table = tag_table(posts, tags)
    np.save(folder / "starts.npy", table.starts.astype(np.int32), allow_pickle=False)
    np.save(folder / "columns.npy", table.columns.astype(np.int16), allow_pickle=False)
    for name, compact in embeddings.items():
        for array in ARRAYS:
            values = getattr(compact, array)
            half = values.astype(np.float16) if array == "basis" else values
            np.save(folder / _file(name, array), half, allow_pickle=False)
    for model in models:
        shutil.rmtree(folder / model.kind, ignore_errors=True)  # an older starter may have had other files
        (folder / model.kind).mkdir()
        model.save(folder / model.kind)
    about = {"backbones": list(embeddings), "tags": tags}
    (folder / "about.json").write_text(json.dumps(about, indent=1), encoding="utf-8")


def read(folder: Path) -> Shipped:
    """Read the starter's corpus."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    starts, columns = np.load(folder / "starts.npy"), np.load(folder / "columns.npy")
    tags = [about["tags"][column] for column in columns]
    lists = [tuple(tags[start:end]) for start, end in zip(starts[:-1], starts[1:], strict=True)]
    return Shipped(lists, {name: _read_compact(folder, name) for name in about["backbones"]})


def read_model(folder: Path, kind: str) -> Model:
    """Read one model; it answers once posts are attached. Raises ModelError where its files are damaged."""
    return kinds.get(kind).model_class().load(folder / kind)


def _read_compact(folder: Path, name: str) -> Compact:
    mean, basis, steps, codes = (np.load(folder / _file(name, array), allow_pickle=False) for array in ARRAYS)
    return Compact(mean, basis.astype(np.float32), steps, codes)


def _file(backbone: str, array: str) -> str:
    return f"{backbone.split('@')[0]}-{array}.npy"
