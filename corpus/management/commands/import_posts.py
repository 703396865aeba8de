"""Imports a folder of posts: `posts.jsonl` and the pictures that it names."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from corpus.importing import ImportCommand
from corpus.models import Source
from corpus.raw import Raw
from corpus.sources import folder


class Command(ImportCommand):
    help = __doc__ or ""
    kind = Source.Kind.FOLDER

    def open(self, directory: Path, options: dict[str, Any]) -> tuple[int | None, Iterable[Raw]]:
        return folder.count_lines(directory), folder.read(directory)
