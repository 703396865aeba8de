"""What an import counts: read, new, known, duplicates, and what was refused for which reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

NAMED = 20  # refusals that are kept word for word
PAIRS = 1000  # pairs of posts with the same picture, likewise


@dataclass(slots=True)
class Counts:
    """What an import read, and what became of it."""

    read: int = 0
    new: int = 0
    known: int = 0
    duplicates: int = 0
    listed: int = 0  # pictures that come twice in a source that gives the splits: both posts are kept
    tags_refused: int = 0
    skipped: Counter[str] = field(default_factory=Counter)  # parts of the source that are no posts, by what they are
    refused: Counter[str] = field(default_factory=Counter)  # by reason
    named: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    seconds: float = 0.0
    opening_seconds: float = 0.0  # of these, spent on opening pictures

    @classmethod
    def of(cls, stored: dict[str, Any], named: list[str]) -> Counts:
        """Return the counts of a run that goes on."""
        counts = cls(**{name: value for name, value in stored.items() if name in cls.__dataclass_fields__})
        counts.skipped, counts.refused = Counter(counts.skipped), Counter(counts.refused)
        counts.named = list(named)
        return counts

    def refuse(self, place: str, reason: str, why: str) -> None:
        self.refused[reason] += 1
        if len(self.named) < NAMED:
            self.named.append(f"{place} {why}"[:500])

    def pair(self, post: str, twin: str, set_aside: bool) -> None:
        """Count and list two posts with the same picture."""
        if set_aside:
            self.duplicates += 1
        else:
            self.listed += 1
        if len(self.pairs) < PAIRS:
            fate = "one is set aside" if set_aside else "both are kept, as their split is given"
            self.pairs.append(f"{post} = {twin} ({fate})")

    def as_dict(self) -> dict[str, Any]:
        """Return what a run's row keeps."""
        numbers = ("read", "new", "known", "duplicates", "listed", "tags_refused", "seconds", "opening_seconds")
        return {
            **{name: getattr(self, name) for name in numbers},
            "skipped": dict(self.skipped),
            "refused": dict(self.refused),
        }

    def table(self) -> list[tuple[str, int]]:
        """Return what was counted, as labelled rows."""
        rows = [("read", self.read), ("new", self.new), ("known already", self.known), ("duplicates", self.duplicates)]
        rows += [("same picture, but both kept", self.listed)] if self.listed else []
        rows += [("tags refused", self.tags_refused)]
        rows += [(f"skipped: {what}", number) for what, number in sorted(self.skipped.items())]
        return rows + [(f"refused: {reason}", number) for reason, number in sorted(self.refused.items())]
