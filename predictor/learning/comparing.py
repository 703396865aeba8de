"""What changed from one version of a kind to another: figures, golden photos, and the hashtags that they know."""

from __future__ import annotations

from dataclasses import dataclass

from predictor.learning.holdout import FIGURES, Measured
from predictor.ml.bootstrap import Difference
from predictor.models import ModelVersion, VersionHashtag

SHOWN = {  # the metrics of a version that are laid side by side, by their name in its row
    "P1": "P@1",
    "R5": "R@5",
    "A5": "A@5",
    "R10": "R@10",
    "microR10": "micro R@10",
    "F1": "F1",
    "tail_recall": "tail recall",
    "coverage": "coverage",
    "ECE": "ECE",
}
DRAWN = {"tail_recall": "tail"}  # metrics that the hold-out calls otherwise


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of both versions, and their paired difference where it was drawn."""

    title: str
    before: float | None
    after: float | None
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class GoldenChange:
    """One golden photo: the first ten of both versions, and what came and went between them."""

    photo: str
    before: list[str]
    after: list[str]

    @property
    def gained(self) -> list[str]:
        return [tag for tag in self.after if tag not in self.before]

    @property
    def lost(self) -> list[str]:
        return [tag for tag in self.before if tag not in self.after]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The hashtags that came and went, and how many both versions know."""

    came: list[str]
    went: list[str]
    stayed: int


@dataclass(frozen=True, slots=True)
class Change:
    """What changed from one version to another."""

    before: ModelVersion
    after: ModelVersion
    differences: dict[str, Difference]  # by figure of the hold-out; empty where they cannot be compared in pairs
    photos: int  # of the hold-out that both were measured on
    golden: list[GoldenChange]
    vocabulary: Vocabulary | None  # None where that of one of the two is not kept

    @property
    def figures(self) -> list[Figure]:
        """The metrics that at least one of the two has."""
        before, after = self.before.metrics, self.after.metrics
        rows = [
            Figure(title, before.get(name), after.get(name), self.differences.get(DRAWN.get(name, name)))
            for name, title in SHOWN.items()
        ]
        return [row for row in rows if (row.before, row.after) != (None, None)]


def change(before: ModelVersion, after: ModelVersion) -> Change:
    """Lay two versions side by side."""
    measured = _measured(before), _measured(after)
    differences, photos = dict[str, Difference](), 0
    if measured[0] and measured[1] and measured[0].on == measured[1].on:
        differences, photos = measured[1].against(measured[0]), measured[0].photos
    elif found := _at_the_gate(before, after):
        differences, photos = found, int(after.metrics.get("posts", 0))
    return Change(before, after, differences, photos, _golden(before, after), _vocabulary(before, after))


def history(kind: str, most: int) -> list[ModelVersion]:
    """Return the last versions of a kind whose R@5 was measured, oldest first."""
    rows = ModelVersion.objects.filter(kind=kind, metrics__R5__isnull=False).defer("gate", "golden", "parameters")
    return list(rows[:most])[::-1]


def _measured(version: ModelVersion) -> Measured | None:
    stored = version.gate.get("holdout")
    return Measured.from_dict(stored) if stored else None


def _at_the_gate(before: ModelVersion, after: ModelVersion) -> dict[str, Difference]:
    """What the gate found when it compared the two; it had asked the older one anew."""
    for one in after.gate.get("against", []):
        if one["version"] == before.pk:
            return {name: Difference(*values) for name, values in one["differences"].items() if name in FIGURES}
    return {}


def _golden(before: ModelVersion, after: ModelVersion) -> list[GoldenChange]:
    return [
        GoldenChange(photo, [tag for tag, _ in before.golden[photo]], [tag for tag, _ in answers])
        for photo, answers in after.golden.items()
        if photo in before.golden
    ]


def _vocabulary(before: ModelVersion, after: ModelVersion) -> Vocabulary | None:
    known = [set(VersionHashtag.objects.filter(version=one).values_list("tag", flat=True)) for one in (before, after)]
    if not known[0] or not known[1]:
        return None
    return Vocabulary(sorted(known[1] - known[0]), sorted(known[0] - known[1]), len(known[0] & known[1]))
