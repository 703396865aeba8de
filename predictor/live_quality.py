"""Live quality: what people do with suggestions, by kind and version, over time and by rank.

People look at the first ranks first, so that a high rank is kept more often for that alone (rank bias). It is the same
for kinds that answer a photo side by side: compare these at the same rank, or on the same photos.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, combinations
from typing import Any

from django.utils import timezone

from predictor.contributions.receipts import FIRST
from predictor.models import Contribution, Copying, Judgement
from predictor.shares import Paired, Share

SPAN = timedelta(weeks=26)  # that is looked back
MOST = 20_000  # contributions, judgements and copyings that count: the newest, so that a page stays quick
BY_DAY = timedelta(days=28)  # up to here, figures are by day
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(slots=True)
class Tally:
    """How many suggestions people saw, and what they did with them."""

    shown: int = 0  # on photos that people said something of
    kept: int = 0
    dropped: int = 0
    offered: int = 0  # on photos from which people copied
    copied: int = 0

    def add(self, other: Tally) -> None:
        self.shown += other.shown
        self.kept += other.kept
        self.dropped += other.dropped
        self.offered += other.offered
        self.copied += other.copied

    @property
    def acceptance(self) -> Share:
        """Of what was kept or dropped, how much was kept."""
        return Share(self.kept, self.kept + self.dropped)

    @property
    def judged(self) -> Share:
        """Of what was shown, how much was kept or dropped."""
        return Share(self.kept + self.dropped, self.shown)

    @property
    def copying(self) -> Share:
        """Of what was shown on photos from which something was copied, how much was copied."""
        return Share(self.copied, self.offered)


@dataclass(slots=True)
class Period:
    """A day, a week, or the whole time."""

    start: date
    versions: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))  # by name: "als:1"
    given: int = 0  # hashtags that people kept or typed
    unseen: int = 0  # those of them that none of the versions that had answered knew

    @property
    def kinds(self) -> defaultdict[str, Tally]:
        found: defaultdict[str, Tally] = defaultdict(Tally)
        for name, tally in self.versions.items():
            found[_kind(name)].add(tally)
        return found

    @property
    def novelty(self) -> Share:
        return Share(self.unseen, self.given)

    def add(self, other: Period) -> None:
        for name, tally in other.versions.items():
            self.versions[name].add(tally)
        self.given += other.given
        self.unseen += other.unseen


@dataclass(slots=True)
class LiveQuality:
    """What people did in the last half year. What was rejected or withdrawn does not count."""

    contributions: int
    judgements: int  # good, bad and missing, said without the photo
    copyings: int
    is_weekly: bool
    periods: list[Period]  # one after the other; the last holds today
    whole: Period
    ranks: Mapping[str, list[Tally]]  # by kind, the first rank first; without copying
    pairs: Mapping[tuple[str, str], Paired]  # how much more of its first ten was kept of the one kind, by photo


def measure() -> LiveQuality:
    """Count what people did, by three queries and one walk over the newest rows."""
    now, today = timezone.now(), timezone.localdate()
    recent = {"created__gte": now - SPAN, "created__lt": now + DAY}  # a row of a clock that ran wild is left out
    days = dict[date, Period]()
    ranks = defaultdict[str, list[Tally]](lambda: [Tally() for _ in range(FIRST)])
    pairs = defaultdict[tuple[str, str], Paired](Paired)
    copyings = 0

    said = Contribution.objects.open().filter(**recent).order_by("-created")
    judged = Judgement.objects.filter(**recent).order_by("-created")
    given = list(said.values_list("created", "acceptance", "kept", "added", "unseen")[:MOST])
    told = list(judged.values_list("created", "acceptance", "good", "missing", "unseen")[:MOST])
    for created, acceptance, kept, added, unseen in chain(given, told):
        period = _period(days, created)
        _judge(period, ranks, acceptance)
        _pair(pairs, acceptance)
        if unseen is not None:
            period.given += len(kept) + len(added)
            period.unseen += len(set(unseen).intersection(added))  # a moderator may have left some out

    copied = Copying.objects.filter(**recent).order_by("-created").values_list("created", "acceptance")
    for created, acceptance in copied[:MOST].iterator():
        copyings += 1
        versions = _period(days, created).versions
        for name, counts in acceptance.items():
            versions[name].offered += counts["shown"]
            versions[name].copied += len(counts["copied"])

    first = min(days, default=today)
    is_weekly = today - first >= BY_DAY
    whole = Period(first)
    for period in days.values():
        whole.add(period)
    periods = _in_order(days.values(), first, today, is_weekly)
    return LiveQuality(len(given), len(told), copyings, is_weekly, periods, whole, ranks, pairs)


def _period(days: dict[date, Period], created: Any) -> Period:
    day = timezone.localdate(created)
    if day not in days:
        days[day] = Period(day)
    return days[day]


def _judge(period: Period, ranks: Mapping[str, list[Tally]], acceptance: dict[str, Any]) -> None:
    """Count what one contribution kept and dropped."""
    for name, counts in acceptance.items():
        tally = period.versions[name]
        tally.shown += counts["shown"]
        tally.kept += len(counts["kept"])
        tally.dropped += len(counts["dropped"])
        of_kind = ranks[_kind(name)]
        for place in range(counts["shown"]):
            of_kind[place].shown += 1
        for rank in counts["kept"]:
            of_kind[rank - 1].kept += 1
        for rank in counts["dropped"]:
            of_kind[rank - 1].dropped += 1


def _pair(pairs: Mapping[tuple[str, str], Paired], acceptance: dict[str, Any]) -> None:
    """Compare the kinds that answered one photo."""
    kept = {
        _kind(name): len(counts["kept"]) / counts["shown"] for name, counts in acceptance.items() if counts["shown"]
    }
    for first, second in combinations(sorted(kept), 2):
        pairs[first, second].add(kept[first] - kept[second])


def _in_order(days: Iterable[Period], first: date, last: date, is_weekly: bool) -> list[Period]:
    """Join days to weeks from Monday on, or leave them, and fill the gaps between them."""
    step = WEEK if is_weekly else DAY

    def start(day: date) -> date:
        return day - timedelta(days=day.weekday()) if is_weekly else day

    last = max([last, *(period.start for period in days)])
    number = (start(last) - start(first)) // step + 1
    periods = {start(first) + step * place: Period(start(first) + step * place) for place in range(number)}
    for period in days:
        periods[start(period.start)].add(period)
    return list(periods.values())


def _kind(name: str) -> str:
    return name.partition(":")[0]
