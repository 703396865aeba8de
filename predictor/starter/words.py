"""The reviewed tables: which hashtags the words of the public sets and ImageNet's classes stand for."""

import csv
from collections.abc import Iterable
from pathlib import Path


class WordTable:
    """What people would post for a word. A word that the table drops, or does not hold, stands for nothing.

    A line `flickr8k:building` decides for that set alone; a line `building` for all sets.
    """

    def __init__(self, file: Path) -> None:
        self._hashtags = {row["word"]: tuple(row["hashtags"].split()) for row in _rows(file)}

    def hashtags(self, source: str, words: Iterable[str]) -> tuple[str, ...]:
        """Return the hashtags that a post's words stand for, each once, in the words' order."""
        found = (self._hashtags.get(f"{source}:{word}", self._hashtags.get(word, ())) for word in words)
        return tuple(dict.fromkeys(hashtag for hashtags in found for hashtag in hashtags))


def class_hashtags(file: Path) -> dict[int, tuple[str, ...]]:
    """Return the hashtags of ImageNet's classes, by the class's number."""
    return {int(row["class"]): tuple(row["hashtags"].split()) for row in _rows(file)}


def social_hashtags(file: Path) -> tuple[str, ...]:
    """Return the hashtags that say how people share a photo rather than what is on it."""
    return tuple(file.read_text(encoding="utf-8").split())


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
