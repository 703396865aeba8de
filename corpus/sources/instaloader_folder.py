"""The source `instaloader`: a folder into which Instaloader downloaded, with the folders in it. Nothing is unpickled.

A post is a file `STEM.json.xz` or `STEM.json`, or a caption `STEM.txt` where there is neither. Its picture is
`STEM.jpg` (or .webp, .png, .heic), or the first of `STEM_1.jpg`, `STEM_2.jpg` where it has several. The picture that
Instaloader saves of a video counts as one; a video without it, and a post whose picture is not there, has no photo.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from corpus import hashtags
from corpus.raw import Raw, RawPost, Skipped, SourceError, Unreadable
from corpus.sources import instaloader_file
from corpus.sources.instaloader_file import FileError, Node, NoPost
from corpus.sources.instaloader_walk import Candidate, Closed, Other, walk

MOST_TAGS = 1000
ID_LENGTH = 255
_TIME = re.compile(r"(?P<time>\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)_UTC", re.ASCII)  # in Instaloader's own names


def count(folder: Path) -> int:
    """Return how many files `read` tells of, for a progress bar. Raises SourceError where none may be a post."""
    told = candidates = 0
    for part in walk(folder):
        told += 1
        candidates += isinstance(part, Candidate)
    if not candidates:
        raise SourceError(
            f"There is nothing of Instaloader's in {folder}: no .json.xz, .json or .txt file. Name the folder into "
            "which it downloaded."
        )
    return told


def read(folder: Path) -> Iterator[Raw]:
    """Yield every post, and every file that is none, folder by folder and sorted by name."""
    for part in walk(folder):
        place = _shown(part.file, folder)
        if isinstance(part, Other):
            yield Skipped(place, part.what)
        elif isinstance(part, Closed):
            yield Unreadable(place, f"cannot be opened ({part.why})")
        else:
            yield _raw(part, place, folder)


def _raw(part: Candidate, place: str, folder: Path) -> Raw:
    try:
        node = _captioned(part, folder) if part.file.suffix == ".txt" else instaloader_file.read(part.file)
        tags = hashtags.find(node.caption)
        if len(tags) > MOST_TAGS:
            raise FileError(f"has more than {MOST_TAGS} hashtags")
    except NoPost as other:
        return Skipped(place, str(other))
    except FileError as error:
        return Unreadable(place, str(error))
    except OSError as error:
        return Unreadable(place, f"cannot be opened ({error.strerror or type(error).__name__})")
    return RawPost(place, node.id, tuple(tags), part.image, None, node.caption, node.taken)


def _captioned(part: Candidate, folder: Path) -> Node:
    """Return the post of a caption without JSON. Its name stands for its id, and says when it was posted."""
    id = (part.file.relative_to(folder).parent / part.stem).as_posix()
    if len(id) > ID_LENGTH or not id.isprintable():
        raise FileError("has a name that is too long or holds control characters")
    return Node(id, instaloader_file.read_caption(part.file), _time_of(part.stem))


def _time_of(stem: str) -> datetime | None:
    found = _TIME.search(stem)
    try:
        return datetime.strptime(found["time"], "%Y-%m-%d_%H-%M-%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _shown(file: Path, folder: Path) -> str:
    """Return where a file lies, fit for a terminal and a page: controls and halves of characters are spelt."""
    text = file.relative_to(folder).as_posix()
    return text if text.isprintable() else repr(text)[1:-1]
