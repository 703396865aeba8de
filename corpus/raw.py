"""A post as a source hands it in, before anything is checked against the database."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


class SourceError(Exception):
    """A source that cannot be read at all; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class RawPost:
    """One post of a source, parsed and typed. `image` is a path on this machine, or None for a tag-only post."""

    place: str  # where it stands in the source, for messages: "line 12"
    external_id: str
    tags: tuple[str, ...]
    image: Path | None
    split: str | None  # train, dev, test, or None where the source gives none
    caption: str = ""
    taken: datetime | None = None  # aware; when it was posted


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a source that is no post, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of a source that is known to hold no post, and is passed over without being wrong."""

    place: str
    what: str  # a phrase for the table of counts: "frozen iterator"


Raw = RawPost | Unreadable | Skipped
