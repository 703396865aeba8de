"""The report of an evaluation: what was measured, as numbers for machines and for the pages and plots."""

from dataclasses import asdict, dataclass
from typing import Any

from predictor.evaluation.by_tag import Band, Tag
from predictor.evaluation.contestants import BASELINE, BLEND, MODEL, SET, Contestant
from predictor.ml.bootstrap import Difference
from predictor.ml.metrics import Metrics
from predictor.ml.reliability import Reliability

DIGITS = 5  # behind the point, of the figures that are many
MADE_OF = {BLEND: MODEL, SET: BLEND}  # what the rows of a group are made of


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    contestant: Contestant
    metrics: Metrics
    reliability: Reliability | None
    twins: float  # share of first fives that hold two hashtags that say nearly the same

    @property
    def name(self) -> str:
        return self.contestant.name

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "version": self.contestant.version,
            "group": self.contestant.group,
            **asdict(self.metrics),
            "twins": self.twins,
            "ECE": self.reliability and self.reliability.error,
            "reliability": asdict(self.reliability)["bins"] if self.reliability else [],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """One ranking against another on the same photos."""

    name: str
    than: str
    differences: dict[str, Difference]  # by figure

    def as_dict(self) -> dict[str, Any]:
        figures = {
            figure: [round(value, DIGITS) for value in (found.measured, found.low, found.high)]
            for figure, found in self.differences.items()
        }
        return {"name": self.name, "than": self.than, **figures}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a ranking scores with the control at one setting."""

    name: str
    specificity: float
    R5: float
    R10: float
    F1: float
    Nplus: int


@dataclass(frozen=True, slots=True)
class Report:
    """Every ranking measured on the same photos."""

    split: str
    posts: int
    sources: list[str]  # empty for all
    words: int | None  # how many limited truth and answers
    specific: list[float]  # settings of the control that have rows of their own
    rows: list[Row]
    comparisons: list[Comparison]  # of any two rows, the later against the earlier
    bands: list[Band]
    control: list[Setting]
    tags: list[Tag]
    tag_rows: list[str]  # the rows that `tags` counts
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        return {
            "split": self.split,
            "posts": self.posts,
            "rows": [row.as_dict() for row in self.rows],
            "sources": self.sources,
            "words": self.words,
            "specific": self.specific,
            "notes": self.notes,
            "comparisons": [comparison.as_dict() for comparison in self.comparisons],
            "by_frequency": [{"label": band.label, **asdict(band)} for band in self.bands],
            "control": [asdict(setting) for setting in self.control],
            "tag_rows": self.tag_rows,
            "tags": [asdict(tag) for tag in self.tags],
        }

    def telling(self) -> list[Comparison]:
        """The comparisons that people ask for: models against their baselines, the blend against the models, the five
        against the blend."""
        by_name = {row.name: row.contestant for row in self.rows}
        return [found for found in self.comparisons if _is_telling(by_name[found.name], by_name[found.than])]


def _is_telling(ours: Contestant, theirs: Contestant) -> bool:
    if ours.group in MADE_OF:
        return theirs.group == MADE_OF[ours.group]
    return ours.group == MODEL and theirs.group == BASELINE and ours.kind == theirs.kind
