"""Live quality: what counts, for which version, kind and rank, and in which day or week."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from corpus.models import Hashtag
from predictor import copying, live_quality
from predictor.contributions import contributing
from predictor.models import Contribution, ModelVersion, VersionHashtag
from predictor.shares import Share
from tests.contributions import MakeAnswered

Say = Callable[..., Contribution]


@pytest.fixture
def say(make_answered: MakeAnswered) -> Say:
    """Return a giver of contributions: of sea, sun, beach (als) and sea, sand, boat (w2v)."""

    def make(kept: str = "sea", dropped: str = "", added: str = "", days_ago: int = 0) -> Contribution:
        row = contributing.contribute(make_answered(), None, kept.split(), dropped.split(), added.split(), False)
        Contribution.objects.filter(pk=row.pk).update(created=timezone.now() - timedelta(days=days_ago))
        return row

    return make


def names(versions: dict[str, ModelVersion]) -> tuple[str, str]:
    return str(versions["als"]), str(versions["w2v"])


def test_it_works(say: Say, make_answered: MakeAnswered, versions: dict[str, ModelVersion]) -> None:
    als, w2v = names(versions)
    say("sea sun", "beach sand")
    say("sea boat", "sun")
    copying.note(make_answered(), "#sea #boat")
    found = live_quality.measure()
    assert (found.contributions, found.copyings) == (2, 1)
    tally = found.whole.versions[als]
    assert (tally.shown, tally.kept, tally.dropped, tally.offered, tally.copied) == (6, 3, 2, 3, 1)
    assert found.whole.versions[w2v].acceptance == Share(3, 4)
    assert found.whole.versions[w2v].copying == Share(2, 3)
    assert found.whole.kinds == {"als": tally, "w2v": found.whole.versions[w2v]}
    assert [period.kinds["als"].acceptance for period in found.periods] == [Share(3, 5)]


def test_by_rank(say: Say) -> None:
    say("sea sun", "beach")
    say("sea", "sun")
    by_rank = live_quality.measure().ranks["als"]
    assert [one.acceptance for one in by_rank[:4]] == [Share(2, 2), Share(1, 2), Share(0, 1), Share(0, 0)]
    assert [one.judged for one in by_rank[:4]] == [Share(2, 2), Share(2, 2), Share(1, 2), Share(0, 0)]


def test_versions_of_a_kind_are_told_apart(say: Say, versions: dict[str, ModelVersion]) -> None:
    first = versions["als"]
    say("sea")
    versions["als"] = ModelVersion.objects.create(kind="als", backbone="toy@0", manifest_sha256="a" * 64)
    say("sea", "sun")
    found = live_quality.measure().whole
    assert found.versions[str(first)].acceptance == Share(1, 1)
    assert found.versions[str(versions["als"])].acceptance == Share(1, 2)
    assert found.kinds["als"].acceptance == Share(2, 3)


def test_typed_hashtags_that_a_moderator_left_out_do_not_count(say: Say) -> None:
    row = say("sea", "", "heide dünen")
    Contribution.objects.filter(pk=row.pk).update(unseen=["heide", "dünen"])
    contributing.correct(row, ["sea", "heide"])
    novelty = live_quality.measure().whole.novelty
    assert novelty == Share(1, 2)


def test_kinds_are_compared_on_the_same_photos(say: Say) -> None:
    say("sun beach")  # two of three of als, none of w2v
    say("sea")  # one of each
    pairs = live_quality.measure().pairs
    assert list(pairs) == [("als", "w2v")]
    assert pairs["als", "w2v"].pairs == 2 and pairs["als", "w2v"].mean == pytest.approx(1 / 3)


def test_a_photo_that_one_kind_answered_is_no_pair(make_answered: MakeAnswered) -> None:
    upload = make_answered()
    upload.suggestions.filter(version__kind="w2v").delete()
    contributing.contribute(upload, None, ["sea"], [], [], False)
    found = live_quality.measure()
    assert not found.pairs and list(found.whole.kinds) == ["als"]


def test_what_was_rejected_or_withdrawn_does_not_count(say: Say, moderator: User) -> None:
    contributing.reject(say("sea"), moderator, "No.")
    contributing.withdraw(say("sea"))
    assert live_quality.measure().contributions == 0


def know(version: ModelVersion, *tags: str) -> None:
    VersionHashtag.objects.bulk_create(VersionHashtag(version=version, tag=tag) for tag in tags)


def test_unseen_hashtags(say: Say, versions: dict[str, ModelVersion]) -> None:
    know(versions["als"], "sea", "dune")
    know(versions["w2v"], "sea", "heath")
    dune = Hashtag.objects.create(key="dune", display="dune")
    Hashtag.objects.create(key="duenen", display="duenen", alias_of=dune)
    assert say("sea", added="dune heath duenen").unseen == []
    assert say("sea", added="dune moor fog").unseen == ["moor", "fog"]
    assert live_quality.measure().whole.novelty == Share(2, 8)


def test_pruned_versions_leave_unknown_what_was_unseen(say: Say, versions: dict[str, ModelVersion]) -> None:
    ModelVersion.objects.filter(pk=versions["als"].pk).update(state="pruned")
    assert say("sea", added="moor").unseen is None
    found = live_quality.measure()
    assert found.contributions == 1 and found.whole.novelty == Share(0, 0)


def test_few_weeks_are_shown_by_day(say: Say) -> None:
    today = timezone.localdate()
    say("sea", days_ago=3)
    say("sea", days_ago=1)
    found = live_quality.measure()
    assert not found.is_weekly
    assert [period.start for period in found.periods] == [today - timedelta(days=ago) for ago in (3, 2, 1, 0)]
    assert [period.kinds["als"].kept for period in found.periods] == [1, 0, 1, 0]


def test_many_are_shown_by_week_from_monday_on(say: Say) -> None:
    for ago in (40, 3, 0):
        say("sea", days_ago=ago)
    found = live_quality.measure()
    starts = [period.start for period in found.periods]
    assert found.is_weekly and {day.weekday() for day in starts} == {0}
    assert {later - earlier for earlier, later in zip(starts, starts[1:], strict=False)} == {timedelta(weeks=1)}
    assert starts[0] <= timezone.localdate() - timedelta(days=40) and timezone.localdate() - starts[-1] < timedelta(7)
    assert sum(period.kinds["als"].kept for period in found.periods) == 3


def test_old_rows_and_those_of_a_wild_clock_are_left_out(say: Say) -> None:
    for ago in (200, -30):
        say("sea", days_ago=ago)
    assert live_quality.measure().contributions == 0
    say("sea", days_ago=-1)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert [period.start for period in live_quality.measure().periods][-1] <= tomorrow


def test_nothing_yet(db: None) -> None:
    found = live_quality.measure()
    assert (found.contributions, found.whole.kinds, found.whole.novelty.value) == (0, {}, None)


def test_the_newest_count_where_there_are_too_many(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_quality, "MOST", 2)
    for ago in (2, 1, 0):
        say("sea", days_ago=ago)
    assert [period.kinds["als"].kept for period in live_quality.measure().periods] == [1, 1]


def test_counts_of_an_older_program_become_ranks(say: Say, versions: dict[str, ModelVersion]) -> None:
    als, w2v = names(versions)
    counts = {als: {"shown": 3, "kept": 2, "dropped": 1}, w2v: {"shown": 3, "kept": 1, "dropped": 0}}
    there, gone = say("sea sun", "beach"), say("sea")
    ranked = there.acceptance
    Contribution.objects.update(acceptance=counts)
    assert gone.upload is not None
    gone.upload.delete()
    move: Any = import_module("predictor.migrations.0010_ranks_of_acceptance")
    here = SimpleNamespace(connection=connection)
    move.rank(apps, here)
    there.refresh_from_db()
    gone.refresh_from_db()
    assert there.acceptance == ranked and gone.acceptance == {}
    move.count(apps, here)
    there.refresh_from_db()
    assert there.acceptance[als] == counts[als]
