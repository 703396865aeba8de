"""Raw posts and pictures for the tests of the door into the corpus."""

from pathlib import Path

import numpy as np
from PIL import Image

from corpus.hash_index import HashIndex
from corpus.images import PhotoHashes
from corpus.raw import RawPost


def picture(path: Path, seed: int, quality: int = 90) -> Path:
    """Write a picture of soft patches; other seeds look quite different, other qualities have other bytes."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(patches).resize((96, 64), Image.Resampling.BICUBIC).save(path, quality=quality)
    return path


def raw(id: str, *tags: str, image: Path | None = None, split: str | None = "train") -> RawPost:
    return RawPost(place=f"line {id}", external_id=id, tags=tags or ("sea",), image=image, split=split)


def are_duplicates(a: PhotoHashes, b: PhotoHashes) -> bool:
    """Tell whether the index finds the first of two pictures when it is asked for the second."""
    index = HashIndex()
    index.add(1, a)
    return index.find(b) is not None
