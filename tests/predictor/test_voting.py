"""Blind votes: the order of chance, what counts, and that nobody decides alone."""

import uuid
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from predictor import voting
from predictor.models import ModelVersion, Upload, Vote
from predictor.people.visitors import Visitor
from predictor.shares import Share
from predictor.voting import Cast, VotingError
from tests.contributions import MakeAnswered

ME = Visitor(None, "me")


def cast(voter: str, outcome: str = "als:1", day: date = date(2026, 5, 6), blind: bool = True) -> Cast:
    return Cast(day, voter, ("als:1", "w2v:2"), outcome, blind)


def test_it_works(make_answered: MakeAnswered) -> None:
    upload = make_answered()
    sides = voting.ballot(upload)
    assert sides is not None
    vote = voting.vote(upload, sides, ME, "left")
    assert (vote.winner, vote.blind, vote.owner_token) == (sides.left.version, True, "me")
    assert sorted([vote.left.kind, vote.right.kind]) == ["als", "w2v"]
    assert voting.cast() == [
        Cast(timezone.localdate(), "me", (f"als:{_id('als')}", f"w2v:{_id('w2v')}"), str(vote.left), True)
    ]


def _id(kind: str) -> int:
    return ModelVersion.objects.get(kind=kind).pk


def test_sides_are_of_chance_and_stay(make_answered: MakeAnswered) -> None:
    sides = Counter[str]()
    for _ in range(40):
        upload = make_answered()
        ballot = voting.ballot(upload)
        assert ballot is not None and ballot == voting.ballot(Upload.objects.get(pk=upload.pk))
        sides[ballot.left.version.kind] += 1
    assert set(sides) == {"als", "w2v"}


def test_muted_hashtags_are_left_out(make_answered: MakeAnswered) -> None:
    ballot = voting.ballot(make_answered(), {"sea"})
    assert ballot is not None
    assert sorted([ballot.left.hashtags, ballot.right.hashtags]) == [["sand", "boat"], ["sun", "beach"]]


def test_no_ballot_without_two_answers(make_answered: MakeAnswered) -> None:
    upload = make_answered()
    assert voting.ballot(upload, {"sea", "sun", "beach"}) is None
    upload.suggestions.filter(version__kind="als").delete()
    assert voting.ballot(upload) is None
    upload.state = Upload.State.NEW
    assert voting.ballot(upload) is None


def test_the_first_vote_counts(make_answered: MakeAnswered) -> None:
    upload = make_answered()
    sides = voting.ballot(upload)
    assert sides is not None
    voting.vote(upload, sides, ME, "left")
    assert voting.vote(upload, sides, ME, "right").verdict == "left"
    assert Vote.objects.count() == 1


def test_a_vote_after_the_names_is_not_blind(make_answered: MakeAnswered) -> None:
    upload = make_answered()
    sides = voting.ballot(upload)
    assert sides is not None and voting.awaits_vote(upload)
    Upload.objects.get(pk=upload.pk).note_named()  # in another tab, after this one was opened
    assert not voting.vote(upload, sides, ME, "both").blind
    assert not voting.awaits_vote(Upload.objects.get(pk=upload.pk))


@pytest.mark.parametrize("verdict", ["", "als", "LEFT"])
def test_other_answers(make_answered: MakeAnswered, verdict: str) -> None:
    upload = make_answered()
    sides = voting.ballot(upload)
    assert sides is not None
    with pytest.raises(VotingError):
        voting.vote(upload, sides, ME, verdict)


def test_a_vote_on_a_photo_that_has_just_gone(make_answered: MakeAnswered) -> None:
    upload = make_answered()
    sides = voting.ballot(upload)
    assert sides is not None
    Upload.objects.all().delete()
    with pytest.raises(VotingError):
        voting.vote(upload, sides, ME, "left")


def test_tally() -> None:
    outcomes = ["als:1", "als:1", "als:1", "w2v:2", "both", "neither", "neither"]
    found = voting.tally([cast(str(place), outcome) for place, outcome in enumerate(outcomes)])
    assert (found.wins, found.losses, found.both, found.neither, found.voters, found.counted) == (3, 1, 1, 2, 7, 7)
    assert found.rate == Share(3, 4)
    assert found.rate.interval == pytest.approx((0.3006, 0.9544), abs=1e-4)


@pytest.mark.parametrize(
    ("votes", "most"),
    [
        ([1, 1, 1, 1, 1], 1),
        ([50, 1, 1], 1),  # with few people, one each
        ([50, 1, 1, 1, 1], 1),
        ([50, 10, 10, 10, 10], 10),
        ([500, *[1] * 96], 24),
        ([3] * 20, 3),
    ],
)
def test_nobody_decides_alone(votes: list[int], most: int) -> None:
    rows = [cast(str(voter)) for voter, number in enumerate(votes) for _ in range(number)]
    counted = voting.fair(rows)
    by_voter = Counter(one.voter for one in counted)
    assert max(by_voter.values()) == most
    assert len(by_voter) == len(votes)
    assert len(votes) < 5 or max(by_voter.values()) <= len(counted) / 5


def test_the_newest_of_a_visitor_count() -> None:
    rows = [cast("ann", "w2v:2"), *[cast("ann")] * 9, cast("bob")]
    assert [one.outcome for one in voting.fair(rows)] == ["w2v:2", "als:1"]


def test_no_votes() -> None:
    assert voting.fair([]) == []
    assert voting.tally([]).rate.value is None


def test_votes_of_the_forgotten_are_one_visitors(make_answered: MakeAnswered) -> None:
    for _ in range(3):
        upload = make_answered()
        sides = voting.ballot(upload)
        assert sides is not None
        voting.vote(upload, sides, Visitor(None, uuid.uuid4().hex), "left")
    assert voting.tally(voting.cast()).voters == 3
    Vote.objects.update(owner_token="")
    assert voting.tally(voting.cast()).voters == 1


def test_by_week() -> None:
    this = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    rows = [
        cast("ann", day=this),
        cast("bob", day=this - timedelta(weeks=2)),
        cast("cid", day=this - timedelta(days=9)),
    ]
    found = voting.by_week(rows)
    assert list(found) == [this - timedelta(weeks=2), this - timedelta(weeks=1), this]
    assert [len(own) for own in found.values()] == [2, 0, 1]
    assert len(voting.by_week([cast("ann", day=this - timedelta(weeks=999))])) == voting.WEEKS
    assert list(voting.by_week([])) == [this]


def test_by_kinds_and_versions() -> None:
    newer: dict[str, Any] = {"day": date(2026, 5, 7), "voter": "ann", "outcome": "both", "blind": True}
    rows = [Cast(versions=("als:3", "w2v:2"), **newer), cast("bob")]
    assert {names: len(own) for names, own in voting.by_kinds(rows).items()} == {("als", "w2v"): 2}
    assert list(voting.by_versions(rows)) == [("als:3", "w2v:2"), ("als:1", "w2v:2")]
