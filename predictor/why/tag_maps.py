"""The map of a version's hashtags as the page draws it, with a photo's place on it and labels that do not overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corpus.models import Hashtag
from predictor.ml.best_set import NEVER
from predictor.ml.contract import SuggestedTag
from predictor.models import ModelVersion, VersionHashtag

WIDTH, HEIGHT, MARGIN = 600, 440, 24  # units of the drawing
LETTER, LINE, GAP = 7.2, 15, 7  # of a label: width of a letter, height, and distance from its dot
COMMON = 250  # hashtags, the commonest ones, that make the land around the suggested ones
LABELS = 40
NEAR = 3  # hashtags that are named to say where the photo lies
BESIDE = (  # where a label may stand: from its dot to the start, the end or the middle of its base line
    *((GAP, 4, "start"), (-GAP, 4, "end"), (0, -GAP, "middle"), (0, GAP + 10, "middle")),
    *((5, -5, "start"), (-5, -5, "end"), (5, 14, "start"), (-5, 14, "end")),
    *((0, -GAP - LINE, "middle"), (0, GAP + 10 + LINE, "middle")),
)
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Spot:
    """One hashtag on the map."""

    display: str
    x: int
    y: int
    rank: int  # among the suggested ones; 0 for others
    asked: bool = False  # whether it is the one that the page is about
    label: tuple[int, int, str] | None = None  # where its name stands, and its anchor: start, middle or end


@dataclass(frozen=True, slots=True)
class TagMap:
    """A photo on the map of one version."""

    version: ModelVersion
    x: int
    y: int
    spots: list[Spot]  # suggested ones last, so that they lie on top
    near: list[str]  # hashtags nearest to the photo that were not suggested
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def suggested(self) -> list[Spot]:
        return sorted((spot for spot in self.spots if spot.rank), key=lambda spot: spot.rank)


@dataclass(slots=True)
class _Labels:
    """Places of labels that are taken."""

    taken: list[Box] = field(default_factory=list)

    def place(self, text: str, x: int, y: int) -> tuple[int, int, str] | None:
        """Find room for a label beside a dot."""
        wide = LETTER * (len(text) + 1)
        for dx, dy, anchor in BESIDE:
            left = x + dx - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
            box = (left, y + dy - LINE + 3, left + wide, y + dy + 3)
            if self.free(box):
                self.taken.append(box)
                return x + dx, y + dy, anchor
        return None

    def free(self, box: Box) -> bool:
        left, top, right, bottom = box
        inside = left >= 0 and top >= 0 and right <= WIDTH and bottom <= HEIGHT
        return inside and all(right <= a or left >= c or bottom <= b or top >= d for a, b, c, d in self.taken)


def tag_map(version: ModelVersion, ranking: Sequence[SuggestedTag], asked: str = "") -> TagMap | None:
    """Put a photo on the map of a version by what that suggested first; None where it has no map, by three queries.

    The photo's place is the mean of its hashtags' places, weighted by their probabilities.
    """
    displays = _displays({item.tag for item in ranking})
    places = _places(version, displays)
    ranks = {item.tag: rank for rank, item in enumerate(ranking, 1) if item.tag in places}
    weights = {item.tag: max(item.score, 1e-9) for item in ranking if item.tag in places}
    if not weights:
        return None
    total = sum(weights.values())
    x, y = (round(sum(weight * places[tag][way] for tag, weight in weights.items()) / total) for way in (0, 1))
    order = sorted(ranks, key=lambda tag: (tag != asked, ranks[tag]))
    order += [tag for tag in displays if tag in places and tag not in ranks]
    labels, named, spots = _Labels([(x - 9, y - 9, x + 9, y + 9)]), 0, []
    labels.taken += [(places[tag][0] - 3, places[tag][1] - 3, places[tag][0] + 3, places[tag][1] + 3) for tag in ranks]
    for tag in order:
        label = labels.place(displays[tag], *places[tag]) if named < LABELS else None
        named += label is not None
        spots.append(Spot(displays[tag], *places[tag], ranks.get(tag, 0), tag == asked, label))
    others = [spot for spot in spots if spot.label and not spot.rank]
    near = sorted(others, key=lambda spot: (spot.x - x) ** 2 + (spot.y - y) ** 2)[:NEAR]
    return TagMap(version, x, y, spots[::-1], [spot.display for spot in near])


def _displays(suggested: set[str]) -> dict[str, str]:
    """How hashtags are shown, the commonest first; the suggested ones are among them."""
    common = Hashtag.objects.exclude(status__in=NEVER).order_by("-posts_number", "key")
    named = Hashtag.objects.filter(key__in=suggested).values_list("key", "display")
    return dict(common.values_list("key", "display")[:COMMON]) | {tag: tag for tag in suggested} | dict(named)


def _places(version: ModelVersion, displays: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    known = VersionHashtag.objects.filter(version=version, tag__in=displays).values_list("tag", "x", "y")
    return {
        tag: (round(MARGIN + x * (WIDTH - 2 * MARGIN)), round(MARGIN + y * (HEIGHT - 2 * MARGIN)))
        for tag, x, y in known
        if x is not None and y is not None
    }
