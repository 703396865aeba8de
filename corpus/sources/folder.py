"""The source `folder`: a directory with `posts.jsonl`, one JSON object a line, and the pictures that it names."""

import json
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from corpus.raw import Raw, RawPost, SourceError, Unreadable

KEYS = {"id", "image", "tags", "split"}
SPLITS = {"train", "dev", "test", None}
LONGEST_LINE = 1_000_000  # bytes
MOST_TAGS = 1000
ID_LENGTH = 255


class LineError(ValueError):
    """A line that is no post; says why."""


def count_lines(folder: Path) -> int:
    """Return how many lines `posts.jsonl` has, for a progress bar."""
    lines, last = 0, b"\n"
    with _file(folder).open("rb") as file:
        while chunk := file.read(LONGEST_LINE):  # not by line: one may be larger than the memory
            lines, last = lines + chunk.count(b"\n"), chunk[-1:]
    return lines + (last != b"\n")


def read(folder: Path) -> Iterator[Raw]:
    """Yield every line of `posts.jsonl` as a post, or as unreadable with the reason. Raises SourceError."""
    with _file(folder).open("rb") as lines:
        number = 0
        while line := lines.readline(LONGEST_LINE + 1):
            number += 1
            place = f"line {number}"
            if len(line) > LONGEST_LINE:
                while line and not line.endswith(b"\n"):
                    line = lines.readline(LONGEST_LINE)
                yield Unreadable(place, "is longer than a megabyte")
            elif line.strip():
                try:
                    yield _parse(line, place, str(number), folder)
                except LineError as error:
                    yield Unreadable(place, str(error))


def _file(folder: Path) -> Path:
    file = folder / "posts.jsonl"
    if not file.is_file():
        raise SourceError(f"There is no posts.jsonl in {folder}. Name the folder that holds it.")
    return file


def _parse(line: bytes, place: str, number: str, folder: Path) -> RawPost:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError("is not JSON") from error
    if not isinstance(row, dict):
        raise LineError("is not a JSON object")
    if unknown := sorted(set(row) - KEYS):
        raise LineError(f"has unknown keys: {', '.join(repr(key) for key in unknown[:5])}")
    image = row.get("image")
    if image is not None and not isinstance(image, str):
        raise LineError("has an image that is neither a path nor null")
    return RawPost(
        place=place,
        external_id=_external_id(row.get("id"), image, number),
        tags=_tags(row.get("tags")),
        image=_inside(image, folder) if image else None,
        split=_split(row),
    )


def _tags(tags: Any) -> tuple[str, ...]:
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise LineError("has no list of tags")
    if len(tags) > MOST_TAGS:
        raise LineError(f"has more than {MOST_TAGS} tags")
    return tuple(tags)


def _split(row: dict[str, Any]) -> str | None:
    split = row.get("split")
    if not (split is None or isinstance(split, str)) or split not in SPLITS:
        raise LineError(f"has the split {split!r}; it must be train, dev, test or null")
    return split


def _external_id(id: Any, image: str | None, number: str) -> str:
    """Return the post's own id: what the line says, else its picture's path, else its line number."""
    if isinstance(id, bool) or not isinstance(id, str | int | None):
        raise LineError("has an id that is neither a text nor a number")
    text = image or number if id is None or id == "" else str(id)
    if len(text) > ID_LENGTH or not text.isprintable():
        raise LineError("has an id that is too long or holds control characters")
    return text


def _inside(image: str, folder: Path) -> Path:
    """Return the picture's path. Links are followed; a path that climbs out of the folder by itself is refused."""
    path = PurePosixPath(image)
    if path.is_absolute() or ".." in path.parts or "\0" in image or not _is_path(image):
        raise LineError(f"names a picture outside the folder: {image[:100]!r}")
    return folder / path


def _is_path(text: str) -> bool:
    """Whether the file system can be asked for it: lone surrogates have no bytes."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True
