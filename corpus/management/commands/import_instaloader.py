"""Imports a folder into which Instaloader downloaded: posts, captions and pictures, without asking Instagram."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from corpus.importing import ImportCommand
from corpus.models import Source
from corpus.raw import Raw
from corpus.sources import instaloader_folder


class Command(ImportCommand):
    help = __doc__ or ""
    kind = Source.Kind.INSTALOADER
    approved = False

    def open(self, directory: Path, options: dict[str, Any]) -> tuple[int | None, Iterable[Raw]]:
        return instaloader_folder.count(directory), instaloader_folder.read(directory)
