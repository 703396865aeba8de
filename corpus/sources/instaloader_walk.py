"""The files in a folder of Instaloader's: which may be posts, which pictures are theirs, and what the others are."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PICTURES = {".jpg": 0, ".jpeg": 1, ".webp": 2, ".png": 3, ".heic": 4}  # in the order of choice
OTHER_MEDIA = {".mp4", ".mov", ".webm"}
_JSON = re.compile(r"(?P<stem>.+?)\.json(\.xz)?", re.DOTALL)
_OF_SEVERAL = re.compile(r"(?P<stem>.+)_(?P<number>[0-9]{1,3})", re.DOTALL)
_KNOWN = (  # files that never hold a post, by their names
    (re.compile(r"(iterator_.*|.*_iterator_[\w-]{8})\.json(\.xz)?", re.DOTALL), "frozen iterator"),
    (re.compile(r".*_comments\.json", re.DOTALL), "comments"),
    (re.compile(r".*_location\.txt", re.DOTALL), "location"),
    (re.compile(r".*_old_[0-9]{2,}\.txt", re.DOTALL), "older caption"),
    (re.compile(r"session-.*|.*\.session", re.DOTALL), "session"),
)
_KNOWN_MEDIA = (  # media that belong to no post
    (re.compile(r".*_profile_pic", re.DOTALL), "profile picture"),
    (re.compile(r".*_cover", re.DOTALL), "cover of a highlight"),
    (re.compile(r".*", re.DOTALL), "picture or video of no post"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A JSON file or a caption that may be a post, and its picture."""

    file: Path
    stem: str
    image: Path | None


@dataclass(frozen=True, slots=True)
class Other:
    """A file that is no post, and what it is."""

    file: Path
    what: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A folder that cannot be looked into, and why."""

    file: Path
    why: str


def walk(folder: Path) -> Iterator[Candidate | Other | Closed]:
    """Yield what lies in a folder and the folders in it, sorted by name, without opening a file.

    Pictures and videos of a candidate are not told of apart. Links are followed; a folder is entered once.
    """
    waiting, entered = [folder], set()
    while waiting:
        directory = waiting.pop()
        try:
            status = directory.stat()
            if (status.st_dev, status.st_ino) in entered:
                continue
            entered.add((status.st_dev, status.st_ino))
            with os.scandir(directory) as entries:
                kinds = {entry.name: _kind(entry) for entry in entries}
        except OSError as error:
            yield Closed(directory, error.strerror or type(error).__name__)
            continue
        yield from _sorted_out(directory, sorted(name for name, kind in kinds.items() if kind == "file"))
        for name in sorted(name for name, kind in kinds.items() if kind == "special"):
            yield Other(directory / name, "special file")
        waiting += [directory / name for name in sorted(kinds, reverse=True) if kinds[name] == "folder"]


def _kind(entry: "os.DirEntry[str]") -> str:
    """Return what a name stands for; only a real file is ever opened, since others may not come to an end."""
    try:
        return "file" if entry.is_file() else "folder" if entry.is_dir() else "special"
    except OSError:  # a link that leads to itself
        return "special"


def _sorted_out(directory: Path, names: list[str]) -> Iterator[Candidate | Other]:
    """Yield the files of one folder, each picture with its post."""
    known = {name: what for name in names if (what := _what(name, _KNOWN))}
    described = {stem for name in names if name not in known and (stem := _json_stem(name))}
    told = described | {name.removesuffix(".txt") for name in names if name not in known and name.endswith(".txt")}
    images = _first_pictures(directory, names, told)
    for name in names:
        stem, suffix = _split(name)
        if name in known:
            yield Other(directory / name, known[name])
        elif post := _json_stem(name):
            yield Candidate(directory / name, post, images.get(post))
        elif suffix == ".txt":
            if stem not in described:
                yield Candidate(directory / name, stem, images.get(stem))
        elif suffix not in PICTURES and suffix not in OTHER_MEDIA:
            yield Other(directory / name, "file of another kind")
        elif _owner(stem, told) is None:
            yield Other(directory / name, _what(stem, _KNOWN_MEDIA))


def _first_pictures(directory: Path, names: list[str], told: set[str]) -> dict[str, Path]:
    """Return the picture of each post: the one of its very name, else the first of several."""
    ranked = []
    for name in names:
        stem, suffix = _split(name)
        owner = _owner(stem, told)
        if owner is not None and suffix in PICTURES:
            number = 0 if owner == stem else int(stem.removeprefix(f"{owner}_"))
            ranked.append((owner, number, PICTURES[suffix], name))
    return {owner: directory / name for owner, _, _, name in sorted(ranked, reverse=True)}


def _owner(stem: str, told: set[str]) -> str | None:
    """Return the post to which a picture or video of this name belongs: STEM.jpg, STEM_1.jpg, STEM_2.mp4."""
    if stem in told:
        return stem
    found = _OF_SEVERAL.fullmatch(stem)
    return found["stem"] if found and found["stem"] in told else None


def _split(name: str) -> tuple[str, str]:
    """Return a name without its ending, and the ending in small letters."""
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending.lower()}") if dot else (name, "")


def _json_stem(name: str) -> str:
    found = _JSON.fullmatch(name)
    return found["stem"] if found else ""


def _what(name: str, patterns: "tuple[tuple[re.Pattern[str], str], ...]") -> str:
    return next((what for pattern, what in patterns if pattern.fullmatch(name)), "")
