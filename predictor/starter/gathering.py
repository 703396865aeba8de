"""Reads the public sets that the starter is made from, and embeds their photos once."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.decoder import Decoder
from predictor.ml.contract import Matrix, Progress
from predictor.ml.embedder import Embedder

TAGGED_SETS = ("corel5k", "flickr8k")
UNTAGGED_SET = "photos"
BATCH = 32


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a public set; `words` are those that people gave it, none in the set without words."""

    source: str
    path: Path
    words: tuple[str, ...]


def read_photos(folder: Path) -> list[Photo]:
    """Return the photos of the sets' train splits, those with words first; dev and test photos stay out."""
    photos = []
    for source in TAGGED_SETS:
        with (folder / source / "posts.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        photos += [
            Photo(source, folder / source / row["image"], tuple(row["tags"])) for row in rows if row["split"] == "train"
        ]
    untagged = folder / UNTAGGED_SET
    files = sorted(untagged.iterdir()) if untagged.is_dir() else []
    return photos + [Photo(UNTAGGED_SET, file, ()) for file in files]


def read_lists(folder: Path) -> list[tuple[str, ...]]:
    """Return HARRISON's hashtag lists."""
    with (folder / "harrison" / "tag_list.txt").open(encoding="utf-8") as lines:
        return [tuple(line.split()) for line in lines]


def embed(photos: Sequence[Photo], embedders: Sequence[Embedder], cache: Path, progress: Progress) -> list[Matrix]:
    """Return the photos' embeddings by each backbone; they are kept in `cache`, as computing them takes minutes."""
    names = "\n".join(f"{photo.source}/{photo.path.name}" for photo in photos)
    key = hashlib.sha256(names.encode()).hexdigest()[:12]
    cache.mkdir(parents=True, exist_ok=True)
    files = [cache / f"{key}-{embedder.full_name}.npy" for embedder in embedders]
    if not all(file.exists() for file in files):
        for file, vectors in zip(files, _embed_all(photos, embedders, progress), strict=True):
            np.save(file, vectors)
    return [np.load(file).astype(np.float16).astype(np.float32) for file in files]


def _embed_all(photos: Sequence[Photo], embedders: Sequence[Embedder], progress: Progress) -> list[Matrix]:
    found: list[list[Matrix]] = [[] for _ in embedders]
    with Decoder() as decoder:
        for start in range(0, len(photos), BATCH):
            progress("Embedding", start / len(photos))
            pictures = [decoder.decode(photo.path) for photo in photos[start : start + BATCH]]
            for rows, embedder in zip(found, embedders, strict=True):
                rows.append(embedder.embed(pictures))
    return [np.concatenate(rows) for rows in found]
