"""Pictures of posts: opened and found sound, then kept in the home, each with a small copy that curators see."""

import hashlib
import io
import os
import shutil
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from corpus import images
from corpus.decoder import Decoder
from corpus.models import Post, Source


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a raw post that was opened and found sound."""

    path: Path
    sha256: str
    suffix: str
    size: tuple[int, int]
    hashes: images.PhotoHashes
    thumbnail: bytes


def read(path: Path, decoder: Decoder) -> Picture:
    """Open a picture. Raises ImageRefused, and OSError where the file cannot be read."""
    if not path.is_file():
        raise OSError(f"{path} is no file")  # a pipe would never come to an end
    with path.open("rb") as file:
        header = images.check_header(file)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    opened = decoder.decode(path)
    thumbnail = images.display_copy(opened, images.THUMBNAIL_SIDE)
    size = (header.width, header.height)
    return Picture(path, sha256, header.format.lower(), size, images.photo_hashes(opened), thumbnail)


def describe(post: Post, picture: Picture) -> None:
    """Write what is known of a picture on its post. A flat picture gets no hashes: it has nothing to compare."""
    post.sha256, (post.width, post.height) = picture.sha256, picture.size
    post.image = f"posts/{picture.sha256[:2]}/{picture.sha256}.{picture.suffix}"
    if not picture.hashes.flat:
        post.average_hash, post.difference_hash = picture.hashes.average, picture.hashes.difference


def keep(pairs: Iterable[tuple[Post, Picture]]) -> list[Path]:
    """Copy pictures and their small copies into the home, all or none, and return the files that are new.

    Each is written elsewhere, made durable, and moved to its place when all are: so no file is ever half there, and the
    disk can make many durable at once, which is faster than one by one. What a killed import leaves, the sweeper finds.
    """
    parts: dict[Path, Path] = {}
    try:
        for post, picture in pairs:
            _write(post.thumbnail_path, io.BytesIO(picture.thumbnail), parts)
            with picture.path.open("rb") as source:
                _write(post.image_path, source, parts)
        for part in parts.values():
            _sync(part)
        for place, part in parts.items():
            part.rename(place)
    except OSError:
        for place, part in parts.items():
            part.unlink(missing_ok=True)
            place.unlink(missing_ok=True)
        raise
    return list(parts)


def of(sha256: str) -> list[Path]:
    """Return the files of the picture with this content, the small copy among them."""
    media = Path(settings.MEDIA_ROOT)
    return [file for folder in ("posts", "thumbnails") for file in (media / folder / sha256[:2]).glob(f"{sha256}.*")]


def discard(files: Sequence[Path]) -> None:
    """Delete files of a batch that failed. What a post names stays: the batch may have been stored all the same."""
    with transaction.atomic():
        Source.objects.lock()
        mentioned = Post.objects.filter(sha256__in={file.stem for file in files}).values_list("sha256", flat=True)
        named = set(mentioned)
        for file in files:
            if file.stem not in named:
                file.unlink(missing_ok=True)


def _write(place: Path, content: BinaryIO, parts: dict[Path, Path]) -> None:
    if place in parts or place.exists():
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    parts[place] = Path(settings.FILE_UPLOAD_TEMP_DIR) / uuid.uuid4().hex
    with parts[place].open("wb") as target:
        shutil.copyfileobj(content, target)


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
