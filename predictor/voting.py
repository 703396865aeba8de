"""Blind votes: two columns without names side by side, one vote for each photo, and what all votes say.

So that nobody decides alone, a visitor counts with at most a fifth of the votes that are counted together.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, groupby
from random import Random

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from corpus.models import Hashtag
from predictor.answers import answer_to
from predictor.models import ModelVersion, Upload, Vote
from predictor.people.visitors import Visitor
from predictor.shares import Share

SHOWN = 10  # hashtags of a column
MOST = 20_000  # votes that count: the newest
PERSON_SHARE = 5  # nobody counts with more than one of so many votes, nor with more than one where fewer people voted
WEEKS = 26  # that the curve shows


class VotingError(Exception):
    """A vote that cannot be taken; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two columns."""

    version: ModelVersion
    hashtags: list[str]  # as they are shown, without #, best first


@dataclass(frozen=True, slots=True)
class Ballot:
    """What is voted on."""

    left: Side
    right: Side


@dataclass(frozen=True, slots=True)
class Tally:
    """What counted votes on two kinds or versions say."""

    votes: int  # that there are
    voters: int
    wins: int  # of the first
    losses: int
    both: int
    neither: int

    @property
    def counted(self) -> int:
        return self.wins + self.losses + self.both + self.neither

    @property
    def rate(self) -> Share:
        """How often the first was found better, of the votes that decided for one; with Wilson's interval."""
        return Share(self.wins, self.wins + self.losses)


@dataclass(frozen=True, slots=True)
class Cast:
    """One vote, as it is counted."""

    day: date
    voter: Hashable
    versions: tuple[str, str]  # in alphabetical order: "als:1", "w2v:2"
    outcome: str  # the version that was found better, or "both" or "neither"
    blind: bool


def ballot(upload: Upload, muted: Collection[str] = ()) -> Ballot | None:
    """Return the columns of an answered upload in an order of chance, or None where no two models answered it.

    The order is drawn by the site's secret and the upload's id: the same whenever it is looked at, and nobody outside
    can compute it.
    """
    if upload.state != Upload.State.DONE:
        return None
    answer = answer_to(upload)
    rankings = answer.columns(without=muted)
    shown = {kind: [item.tag for item in rankings[kind][:SHOWN]] for kind in answer.versions if rankings[kind]}
    if len(shown) < 2:
        return None
    chance = Random(salted_hmac("predictor.voting", str(upload.pk)).digest())
    left, right = chance.sample(sorted(shown), 2)
    known = Hashtag.objects.filter(key__in=[*shown[left], *shown[right]])
    displays = dict(known.values_list("key", "display"))
    sides = (Side(answer.versions[kind], [displays.get(tag, tag) for tag in shown[kind]]) for kind in (left, right))
    return Ballot(*sides)


def vote(upload: Upload, sides: Ballot, visitor: Visitor, verdict: str) -> Vote:
    """Take the vote on an upload; the first one counts, however often its form is sent. Raises VotingError."""
    if verdict not in Vote.Verdict.values:
        raise VotingError(_("Choose one of the four answers."))
    try:
        with transaction.atomic():
            now = Upload.objects.select_for_update().filter(pk=upload.pk).first()
            if now is None:
                raise VotingError(_("The photo is not here any more. Please send it again."))
            return Vote.objects.create(
                owner=visitor.user,
                owner_token=visitor.token,
                upload=now,
                left=sides.left.version,
                right=sides.right.version,
                verdict=verdict,
                blind=not now.named,
            )
    except IntegrityError:
        return Vote.objects.select_related("left", "right").get(upload=upload)


def awaits_vote(upload: Upload) -> bool:
    """Whether a blind vote on an upload can still be given."""
    return (
        upload.state == Upload.State.DONE
        and not upload.named
        and len(upload.answered_by.split()) > 1
        and not upload.votes.exists()
    )


def cast() -> list[Cast]:
    """Return the newest votes, newest first, by one query. Those whose visitor is forgotten are one visitor's."""
    rows = Vote.objects.select_related("left", "right").only(
        "created", "owner", "owner_token", "verdict", "blind", "left__kind", "right__kind"
    )
    return [
        Cast(
            day=timezone.localdate(row.created),
            voter=row.owner_id or row.owner_token,
            versions=(min(str(row.left), str(row.right)), max(str(row.left), str(row.right))),
            outcome=str(row.winner or row.verdict),
            blind=row.blind,
        )
        for row in rows[:MOST]
    ]


def tally(votes: Sequence[Cast]) -> Tally:
    """Count votes on versions of the same two kinds, the first by name against the other."""
    counted = fair(votes)
    outcomes = Counter(
        "win" if one.outcome == one.versions[0] else "loss" if one.outcome == one.versions[1] else one.outcome
        for one in counted
    )
    voters = len({one.voter for one in votes})
    return Tally(len(votes), voters, outcomes["win"], outcomes["loss"], outcomes["both"], outcomes["neither"])


def fair(votes: Iterable[Cast]) -> list[Cast]:
    """Return the votes that count: of each visitor as many, the newest, as leave nobody with more than a fifth.

    Where fewer than five people voted, that is one of each.
    """
    by_voter: dict[Hashable, list[Cast]] = defaultdict(list)
    for one in votes:
        by_voter[one.voter].append(one)
    numbers = [len(own) for own in by_voter.values()]

    def is_too_many(most: int) -> bool:
        return PERSON_SHARE * most > sum(min(number, most) for number in numbers)

    most = max(1, bisect_left(range(1, max(numbers, default=0) + 1), True, key=is_too_many))
    return list(chain.from_iterable(own[:most] for own in by_voter.values()))


def by_kinds(votes: Iterable[Cast]) -> dict[tuple[str, str], list[Cast]]:
    """Sort votes by the two kinds that they are on, in alphabetical order."""
    found: dict[tuple[str, str], list[Cast]] = defaultdict(list)
    for one in votes:
        first, second = (name.partition(":")[0] for name in one.versions)
        found[first, second].append(one)
    return dict(sorted(found.items()))


def by_versions(votes: Iterable[Cast]) -> dict[tuple[str, str], list[Cast]]:
    """Sort votes by the two versions that they are on; the pair that was voted on last comes first."""
    found: dict[tuple[str, str], list[Cast]] = defaultdict(list)
    for one in votes:
        found[one.versions].append(one)
    return dict(found)


def by_week(votes: Sequence[Cast]) -> dict[date, list[Cast]]:
    """Sort votes by week, from the Monday of the first one that the curve shows to this week, without gaps."""
    this = _monday(timezone.localdate())
    weeks = {monday: list(own) for monday, own in groupby(votes, key=lambda one: _monday(one.day))}
    first = max(min(weeks, default=this), this - timedelta(weeks=WEEKS - 1))
    number = max(0, (this - first).days // 7) + 1
    mondays = [first + timedelta(weeks=place) for place in range(number)]
    return {monday: weeks.get(monday, []) for monday in mondays}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
