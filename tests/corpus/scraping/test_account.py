"""Runs of one account: one at a time, and what stops one of them spares the others the same trouble."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from corpus.models import ScrapeRun
from corpus.scraping import runs
from tests.corpus.scraping.conftest import Scrape
from tests.corpus.scraping.instagram import Instagram
from tests.corpus.scraping.session_files import keep_session

FAIL = {"status": "fail"}


@pytest.fixture
def others(account: str, db: None) -> list[ScrapeRun]:
    """Two more runs of the account, one of them waiting for the net, and one of nobody."""
    waiting = runs.order("sun", "recent", 10, account)
    ScrapeRun.objects.filter(pk=waiting.pk).update(state="waiting", not_before=timezone.now(), reason="unreachable")
    return [runs.order("sun", "top", 10, account), waiting, runs.order("sun", "recent", 10)]


def states() -> list[tuple[str, str]]:
    return list(ScrapeRun.objects.order_by("pk").values_list("state", "reason"))


def test_it_works(account: str, others: list[ScrapeRun]) -> None:
    first, second, stranger = others
    assert first.claim()
    assert not second.claim(), "the account is at work"
    assert stranger.claim()
    assert list(ScrapeRun.objects.ready()) == []
    assert first.write(state="done")
    assert list(ScrapeRun.objects.ready()) == [second]
    assert second.claim()


def test_an_account_whose_worker_went_silent(others: list[ScrapeRun]) -> None:
    first, second, _ = others
    assert first.claim()
    ScrapeRun.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert first in ScrapeRun.objects.ready()
    assert not second.claim(), "the silent one is taken up first"
    assert first.claim()


@pytest.mark.parametrize("message", ["feedback_required", "checkpoint_required", "login_required"])
def test_what_a_person_must_clear_away_stops_the_account(
    scrape: Scrape, instagram: Instagram, others: list[ScrapeRun], message: str
) -> None:
    instagram.say("graphql/query", 400, {**FAIL, "message": message})
    assert scrape().state == "failed"
    assert states() == [("paused", message), ("paused", message), ("new", ""), ("failed", message)]
    others[0].refresh_from_db()
    assert others[0].message.startswith("Stopped with #sea: ")
    assert others[0].resume() and others[0].claim()


def test_a_wait_is_kept_by_the_whole_account(scrape: Scrape, instagram: Instagram, others: list[ScrapeRun]) -> None:
    instagram.say("graphql/query", 429, FAIL)
    run = scrape()
    told = ("waiting", "rate_limited")
    assert states() == [told, told, ("new", ""), told]
    others[0].refresh_from_db()
    assert others[0].not_before == run.not_before
    assert others[0].attempts == 0
    later = runs.order("sky", "recent", 10, "ann")
    assert (later.state, later.not_before) == ("waiting", run.not_before), "also by a run that is ordered then"
    assert later.message.startswith("Its account was told to wait. It goes on at ")


def test_a_run_that_is_resumed_keeps_its_accounts_wait(
    scrape: Scrape, instagram: Instagram, others: list[ScrapeRun]
) -> None:
    assert others[0].pause()
    instagram.say("graphql/query", 429, FAIL)
    run = scrape()
    assert others[0].resume()
    assert (others[0].state, others[0].reason, others[0].not_before) == ("waiting", "rate_limited", run.not_before)
    assert not others[0].claim()


@pytest.mark.parametrize("act", [ScrapeRun.pause, ScrapeRun.cancel])
def test_a_wait_outlives_what_becomes_of_its_run(
    scrape: Scrape, instagram: Instagram, act: Callable[[ScrapeRun], bool]
) -> None:
    instagram.say("graphql/query", 429, FAIL)
    run = scrape()
    until = run.not_before
    assert act(run)
    later = runs.order("sky", "recent", 10, "ann")
    assert (later.state, later.reason, later.not_before) == ("waiting", "rate_limited", until)
    assert not later.claim()


def test_a_run_that_gives_up_stops_its_account(scrape: Scrape, instagram: Instagram, others: list[ScrapeRun]) -> None:
    run = runs.order("sea", "recent", 100, "ann")
    ScrapeRun.objects.filter(pk=run.pk).update(attempts=6)
    instagram.say("graphql/query", 429, FAIL)
    run, before = scrape(run), timezone.now()
    assert (run.state, run.reason, run.stops_account) == ("failed", "rate_limited", True)
    assert " gave up. The account is left alone until " in run.message
    stopped = ("paused", "rate_limited")
    assert states() == [stopped, stopped, ("new", ""), ("failed", "rate_limited")]
    assert list(ScrapeRun.objects.ready()) == [others[2]]
    later = runs.order("sky", "recent", 10, "ann")
    assert later.state == "waiting" and not later.claim()
    assert run.resume() and others[0].resume()
    for one in (later, run, others[0]):
        assert one.not_before is not None and one.not_before - before > timedelta(hours=15)
        assert not one.claim(), "nobody asks before the account's time, whoever resumes it"


def test_a_wait_that_is_over_holds_nobody_back(scrape: Scrape, instagram: Instagram, others: list[ScrapeRun]) -> None:
    instagram.say("graphql/query", 429, FAIL)
    scrape()
    assert others[0].pause()
    ScrapeRun.objects.update(rests_until=timezone.now() - timedelta(seconds=1), not_before=None)
    assert others[0].resume() and others[0].state == "new"
    assert runs.order("sky", "recent", 10, "ann").state == "new"


def test_other_troubles_concern_one_run_alone(scrape: Scrape, instagram: Instagram, others: list[ScrapeRun]) -> None:
    instagram.say("graphql/query", 404)
    scrape()
    assert states()[:2] == [("waiting", "unreachable"), ("new", "")]


def test_another_account_is_not_stopped(scrape: Scrape, instagram: Instagram, home: Path) -> None:
    keep_session(home, "bob")
    bobs = runs.order("sea", "recent", 10, "bob")
    instagram.say("graphql/query", 400, {**FAIL, "message": "feedback_required"})
    scrape()
    bobs.refresh_from_db()
    assert bobs.state == "new"
