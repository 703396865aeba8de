"""The source HARRISON: its two lists of paths and hashtags, matched by line number, and the pictures beside them."""

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

from corpus.raw import Raw, RawPost, SourceError, Unreadable

PATHS = "data_list.txt"
TAGS = "tag_list.txt"
VOCABULARY = "vocab_index.txt"
LONGEST_LINE = 10_000  # bytes; the longest of HARRISON's has 122
MOST_WORDS = 100_000
_CHUNK = 1_000_000
_PATH = re.compile(r"instagram_dataset/\w{1,100}/image_[0-9]{1,12}\.jpg", re.ASCII)


def count_lines(folder: Path) -> int:
    """Return how many posts the lists have. Raises SourceError where one is missing, or they differ in length."""
    paths, tags = (_count(_file(folder, name)) for name in (PATHS, TAGS))
    if paths != tags:
        raise SourceError(
            f"{PATHS} has {paths:,} lines and {TAGS} has {tags:,}, so nobody can say which tags belong to which "
            "picture. Fetch both files again."
        )
    return paths


def read(folder: Path, without_photos: bool, fixed: Mapping[str, Path] | None = None) -> Iterator[Raw]:
    """Yield every line of the lists as a post, or as unreadable with the reason. Raises SourceError.

    A post whose picture is not there keeps its path, so that it is counted as missing; with `without_photos` it becomes
    a post without one. `fixed` holds pictures that take the place of the folder's, by their path in the list.
    """
    count_lines(folder)
    replaced = fixed or {}
    lines = zip_longest(_lines(folder / PATHS), _lines(folder / TAGS))
    for number, (path, tags) in enumerate(lines, start=1):
        place = f"line {number}"
        if path is None or not is_path(path):
            yield Unreadable(place, f"of {PATHS} is no path like instagram_dataset/sea/image_1.jpg")
        elif tags is None:
            yield Unreadable(place, f"of {TAGS} is too long or not UTF-8 text")
        else:
            image = replaced.get(path, folder / path)
            missing = without_photos and not image.is_file()
            yield RawPost(place, path, tuple(tags.split()), None if missing else image, None)


def is_path(text: str) -> bool:
    """Whether this is a path as HARRISON's list has them; none of these leads out of the folder."""
    return _PATH.fullmatch(text) is not None


def vocabulary(folder: Path) -> list[str] | None:
    """Return HARRISON's words, the most frequent first, or None where the folder has no list of them.

    Raises SourceError where the list is another than it should be: a word and its rank from 0 on, a line each.
    """
    if not (folder / VOCABULARY).is_file():
        return None
    words: list[str] = []
    for number, line in enumerate(_lines(folder / VOCABULARY)):
        word, _, rank = (line or "").partition(" ")
        if not word or rank.strip() != str(number) or number == MOST_WORDS:
            raise SourceError(f"Line {number + 1} of {VOCABULARY} is not a word with its rank {number}.")
        words.append(word)
    return words


def _file(folder: Path, name: str) -> Path:
    file = folder / name
    if not file.is_file():
        raise SourceError(f"There is no {name} in {folder}. Name the folder that holds HARRISON's {PATHS} and {TAGS}.")
    return file


def _count(file: Path) -> int:
    lines, last = 0, b"\n"
    with file.open("rb") as data:
        while chunk := data.read(_CHUNK):  # not by line: one may be larger than the memory
            lines, last = lines + chunk.count(b"\n"), chunk[-1:]
    return lines + (last != b"\n")


def _lines(file: Path) -> Iterator[str | None]:
    """Yield each line without the blanks around it, or None where it is too long or no text."""
    with file.open("rb") as data:
        while line := data.readline(LONGEST_LINE + 1):
            if len(line) <= LONGEST_LINE:
                yield _text(line)
                continue
            while line and not line.endswith(b"\n"):
                line = data.readline(LONGEST_LINE)
            yield None


def _text(line: bytes) -> str | None:
    try:
        return line.decode().strip()
    except UnicodeDecodeError:
        return None
